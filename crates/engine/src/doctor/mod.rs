//! What works on this machine and what does not.

mod examine;

pub(crate) use examine::examine;
