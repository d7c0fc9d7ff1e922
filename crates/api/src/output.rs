//! A task's output in pieces that keep streams, order and times.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A range of a task's output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Output {
    /// Which attempt it is of.
    pub attempt: u32,
    /// The pieces, in order.
    pub pieces: Vec<OutputPiece>,
    /// The offset to ask for next.
    pub next_offset: u64,
    /// Whether nothing more will come after `next_offset`.
    pub complete: bool,
}

/// One piece of output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutputPiece {
    /// Where it begins: in all output, or in its stream if one stream was asked for.
    pub offset: u64,
    /// `stdout` or `stderr`.
    pub stream: String,
    /// When it was produced.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The bytes in base64; nothing where they were dropped.
    pub data_base64: Option<String>,
    /// How many bytes were dropped here.
    pub dropped_bytes: u64,
}
