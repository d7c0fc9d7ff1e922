//! Tasks inside tasks: whose process is asking, who cancels whom, and who lends a slot while it waits.

mod children;
mod loans;
mod process_owner;
mod restricted;
mod token;
mod unseen;

pub(crate) use children::{cancel_children, cancel_children_of_canceled};
pub(crate) use loans::Loans;
pub use process_owner::ProcessOwner;
pub(crate) use process_owner::process_owner;
pub(crate) use token::task_of_token;
pub(crate) use unseen::owner_of_unseen_process;
