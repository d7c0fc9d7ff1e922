//! What the supervisor writes once it has begun, and again for each program it starts.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::identity::Identity;
use crate::raw_text;
use crate::sandbox::Reached;

/// `started.json`: from here on the attempt counts as started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// The file's version.
    pub version: u32,
    /// Who the supervisor is.
    pub identity: Identity,
    /// The path with which the control groups of this attempt begin; absent where there are none.
    #[serde(with = "raw_text::optional")]
    pub cgroup_prefix: Option<PathBuf>,
    /// When it began, in microseconds since 1970 UTC.
    pub started_at_us: i64,
}

/// `leader.json`: the program that runs now, or ran last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leader {
    /// The file's version.
    pub version: u32,
    /// Its number, which is also its process group.
    pub pid: i32,
    /// When it was started, in the system's own unit (see [`Identity::start_time`]).
    pub start_time: u64,
    /// The step's name.
    pub step: String,
    /// Where its output goes, as the system names it: whoever writes there belongs to it.
    pub channels: Vec<String>,
    /// What keeps it from what it may not do; absent if nothing should.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<Reached>,
}
