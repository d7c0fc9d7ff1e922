//! What agents did: the one reader of each one's output, for the facts of a running one and for pages of what any did.
//!
//! All of it is derived from output and could be derived again.

mod cache;
mod feeder;
mod files;
mod page;
mod transcript;

pub(crate) use cache::Transcripts;
pub(crate) use files::FILES;
pub(crate) use page::PageRequest;
pub use page::{ActivityEntry, ActivityPage, TranscriptError};
pub(crate) use transcript::{Glimpse, Transcript};

/// The words for what an agent did.
pub mod activity {
    pub use longhaul_agents::{Activity, FileChange, Kind, PlanStep};
}
