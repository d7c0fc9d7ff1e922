//! Reading along with agents: the facts of a running one as they come, and what any of them did, page by page.
//!
//! All of it is derived from output and could be derived again.

mod follow;

pub(crate) use follow::follow;
