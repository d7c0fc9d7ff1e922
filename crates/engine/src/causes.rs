//! An error with its causes, in one line.

pub(crate) use longhaul_model::with_causes as chain;
