//! Some of what an agent did, as it is asked for and answered.

use std::io;
use std::path::PathBuf;

use jiff::Timestamp;
use longhaul_agents::Activity;
use longhaul_supervisor::ReadError;

/// One thing an agent did.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityEntry {
    /// Its place among all, from 1.
    pub number: u64,
    /// When it was told; nothing if that is not known.
    pub at: Option<Timestamp>,
    /// What it is.
    pub activity: Activity,
}

/// Some of what an agent did.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ActivityPage {
    /// The entries, in order.
    pub entries: Vec<ActivityEntry>,
    /// The number to ask on from.
    pub next: u64,
    /// Whether nothing more will come after `next`.
    pub is_final: bool,
    /// Bytes of output there were when it was read.
    pub produced_bytes: u64,
}

/// Which part of a transcript is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageRequest {
    /// What comes after the entry with this number.
    pub(crate) after: u64,
    /// How many entries at most.
    pub(crate) limit: usize,
    /// Whether nothing more will come.
    pub(crate) is_over: bool,
}

/// Why a transcript cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TranscriptError {
    /// The output it is made from.
    #[error(transparent)]
    Output(#[from] ReadError),
    /// The files it is kept in.
    #[error("keeping what an agent did in {}", path.display())]
    Files {
        /// Where.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}
