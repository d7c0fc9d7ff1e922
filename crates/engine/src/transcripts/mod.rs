//! Reading along with agents: the facts of a running one as they come, and what any of them did, page by page.
//!
//! All of it is derived from output and could be derived again.

mod cache;
mod follow;
mod transcript;

pub(crate) use cache::Transcripts;
pub(crate) use follow::follow;
pub use transcript::{ActivityEntry, ActivityPage, TranscriptError};
pub(crate) use transcript::{FILES, PageRequest};

/// The words for what an agent did.
pub mod activity {
    pub use longhaul_agents::{Activity, FileChange, Kind, PlanStep};
}
