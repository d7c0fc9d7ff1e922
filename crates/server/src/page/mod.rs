//! The page: files that are embedded in the binary, and how they are given out.
//!
//! What this is not: the page's own source, which is in `web/`; and no way to any other file.

mod encoding;
mod file;
mod media_type;
mod policy;

pub(crate) use file::page_or_nothing;
