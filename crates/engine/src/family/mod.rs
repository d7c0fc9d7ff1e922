//! Tasks inside tasks: whose process is asking, who cancels whom, and who lends a slot while it waits.

mod belonging;
mod children;
mod loans;
mod restricted;
mod token;
mod unseen;

pub use belonging::Belonging;
pub(crate) use belonging::belonging;
pub(crate) use children::{cancel_children, cancel_children_of_canceled};
pub(crate) use loans::Loans;
pub(crate) use token::task_of_token;
pub(crate) use unseen::belonging_of_unseen;
