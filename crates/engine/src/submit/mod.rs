//! The way of a task into the store: a draft, completed or refused step by step.
//!
//! `submit` is the list of steps; each has a file. What this is not: it parses no words, and starts nobody.

mod defaults;
mod draft;
mod environment;
mod error;
mod isolation;
mod landing;
mod refusals;
mod repeat;
mod rights;
mod session;
mod session_error;
#[expect(clippy::module_inception, reason = "the list of steps is what the room is about")]
mod submit;
mod submitter;
#[cfg(test)]
mod tests;

pub use draft::Submission;
pub use error::SubmitError;
pub(crate) use repeat::Again;
pub use repeat::RepeatError;
pub use rights::Rights;
pub use session_error::SessionError;
pub(crate) use submitter::Submitter;
