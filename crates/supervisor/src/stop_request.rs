//! The file that asks an attempt to end: who asks, why, and in which steps.
//!
//! What this is not: the asking. [`crate::stop`] writes it and wakes the supervisor.

use serde::{Deserialize, Serialize};

use crate::document::VERSION;
use crate::spec::Rung;

/// A request that an attempt end. The first one for an attempt counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopRequest {
    /// The file's version; [`StopRequest::new`] sets it.
    pub version: u32,
    /// Who asks.
    pub by: String,
    /// Why, in their words.
    pub reason: Option<String>,
    /// How to end it, if not as the spec says; empty kills at once.
    pub ladder: Option<Vec<Rung>>,
    /// When it was asked, in microseconds since 1970 UTC.
    pub at_us: i64,
}

impl StopRequest {
    /// A request that ends the attempt as its spec says.
    pub fn new(by: impl Into<String>, reason: Option<String>, at_us: i64) -> Self {
        Self {
            version: VERSION,
            by: by.into(),
            reason,
            ladder: None,
            at_us,
        }
    }
}
