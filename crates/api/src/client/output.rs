//! Reading output: as pieces with stream and time, or as bare bytes.

use std::time::Duration;

use bytes::Bytes;

use super::connection::{Ask, Client};
use super::error::ClientError;
use super::query::Query;
use crate::output::{Output, OutputPiece};

/// Which part of the output is asked for.
#[derive(Debug, Clone, Default)]
pub struct OutputQuery {
    /// Where to begin: in all output, or in the stream if one is named.
    pub offset: u64,
    /// `stdout` or `stderr`; nothing for both in order of arrival.
    pub stream: Option<&'static str>,
    /// Which attempt; nothing for the newest.
    pub attempt: Option<u32>,
    /// How many bytes at most; nothing for the daemon's choice.
    pub limit_bytes: Option<u64>,
    /// How long to wait for more if there is nothing yet.
    pub wait: Option<Duration>,
    /// Only the last lines, instead of beginning at `offset`.
    pub tail_lines: Option<u64>,
}

/// A range of output as bare bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputBytes {
    /// The bytes.
    pub bytes: Bytes,
    /// The offset to ask for next.
    pub next_offset: u64,
    /// Whether nothing more will come after `next_offset`.
    pub complete: bool,
    /// How many bytes of the range were not kept.
    pub dropped_bytes: u64,
}

impl OutputQuery {
    fn address(&self, id: u64) -> String {
        let wait_ms = self
            .wait
            .map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        Query::new(format!("/api/v1/tasks/{id}/output"))
            .with_some("offset", Some(self.offset).filter(|_| self.tail_lines.is_none()))
            .with_some("stream", self.stream)
            .with_some("attempt", self.attempt)
            .with_some("limit", self.limit_bytes)
            .with_some("wait_ms", wait_ms)
            .with_some("tail_lines", self.tail_lines)
            .finish()
    }
}

impl Client {
    /// A range of output in pieces.
    ///
    /// # Errors
    /// A `task-not-found` problem if there is no such task; a `not-found` problem if it has no such attempt.
    pub async fn output(&self, id: u64, query: &OutputQuery) -> Result<Output, ClientError> {
        self.ask(Ask::get(query.address(id))).await?.json()
    }

    /// A range of output as bare bytes.
    ///
    /// # Errors
    /// As [`Client::output`].
    pub async fn output_bytes(&self, id: u64, query: &OutputQuery) -> Result<OutputBytes, ClientError> {
        let answer = self
            .ask(Ask::get(query.address(id)).accept("application/octet-stream"))
            .await?;
        let missing = |name: &str| ClientError::Protocol {
            request: answer.request.clone(),
            reason: format!("header {name} is missing"),
        };
        Ok(OutputBytes {
            next_offset: answer
                .header("longhaul-next-offset")?
                .ok_or_else(|| missing("Longhaul-Next-Offset"))?,
            complete: answer
                .header("longhaul-output-complete")?
                .ok_or_else(|| missing("Longhaul-Output-Complete"))?,
            dropped_bytes: answer.header("longhaul-dropped-bytes")?.unwrap_or(0),
            bytes: answer.body,
        })
    }
}

impl OutputPiece {
    /// The bytes; nothing where they were not kept, or if a daemon sent what is not base64.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD
            .decode(self.data_base64.as_ref()?)
            .ok()
    }
}
