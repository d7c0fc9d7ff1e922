//! From an attempt's output to its agent's parser, in pieces, without ever holding more than one of them.

use std::collections::VecDeque;

use longhaul_agents::{Activity, Adapter, Parser, Reading};
use longhaul_supervisor::ReadError;
use longhaul_supervisor::output::{Body, Reader, Stream};

use crate::executors::Heard;
use crate::executors::agent::activity_line;

/// How much is read at once, in bytes.
const AT_ONCE: u64 = 1 << 20;
/// How much of the last of standard error is kept, in bytes.
const STDERR_KEPT: usize = 16 << 10;

/// A parser and how far it has read.
pub(super) struct Feeder {
    parser: Box<dyn Parser>,
    /// Where to go on in all output.
    next: u64,
    /// Where stretches of standard output begin that may still be asked for, and when they came.
    stretches: VecDeque<(u64, i64)>,
    stderr: Vec<u8>,
    /// The newest line that tells what was done.
    last_line: Option<String>,
}

/// How far a feeding came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fed {
    /// There may be more.
    Some,
    /// All that there is now was read.
    All,
}

impl Feeder {
    /// At the beginning of the output.
    pub(super) fn new(adapter: &dyn Adapter) -> Self {
        Self {
            parser: adapter.parser(),
            next: 0,
            stretches: VecDeque::new(),
            stderr: Vec::new(),
            last_line: None,
        }
    }

    /// Reads the next piece of the output.
    pub(super) fn feed(&mut self, output: &Reader) -> Result<Fed, ReadError> {
        let (pieces, next) = output.read_on(self.next, None, AT_ONCE)?;
        if next <= self.next {
            return Ok(Fed::All);
        }
        self.next = next;
        for piece in pieces {
            let Body::Bytes(bytes) = piece.body else { continue };
            match piece.stream {
                Stream::Stdout => {
                    self.stretches.push_back((piece.offset_in_stream, piece.at_us));
                    self.parser.read(piece.offset_in_stream, &bytes);
                }
                Stream::Stderr => {
                    self.parser.read_stderr(&bytes);
                    self.stderr.extend_from_slice(&bytes);
                    let surplus = self.stderr.len().saturating_sub(STDERR_KEPT);
                    self.stderr.drain(..surplus);
                }
            }
        }
        Ok(Fed::Some)
    }

    /// The output is over: what is left of a last line counts as a line.
    pub(super) fn finish(&mut self) {
        self.parser.finish();
    }

    /// What is known so far.
    pub(super) fn reading(&self) -> &Reading {
        self.parser.reading()
    }

    /// The newest line that tells what the agent did; nothing if none does yet.
    pub(super) fn last_line(&self) -> Option<&String> {
        self.last_line.as_ref()
    }

    /// What came of all that was read.
    pub(super) fn heard(self) -> Heard {
        Heard {
            reading: self.parser.reading().clone(),
            stderr: String::from_utf8_lossy(&self.stderr).into_owned(),
            last_line: self.last_line,
        }
    }

    /// What the agent did since this was last asked, in order, with when it was told in microseconds since 1970.
    pub(super) fn take_activity(&mut self) -> Vec<(Activity, Option<i64>)> {
        let done = self.parser.take_activity();
        let newest = done.iter().rev().find_map(|activity| activity_line(&activity.kind));
        self.last_line = newest.or(self.last_line.take());
        let timed = done.into_iter().map(|activity| {
            let at = self.came_at(activity.offset);
            (activity, at)
        });
        let timed = timed.collect();
        // The line that is not complete yet lies in one of the newest; older ones are not asked for again.
        let surplus = self.stretches.len().saturating_sub(KEPT_STRETCHES);
        self.stretches.drain(..surplus);
        timed
    }

    fn came_at(&self, offset: u64) -> Option<i64> {
        let after = self.stretches.partition_point(|(begins, _)| *begins <= offset);
        let (_, at_us) = self.stretches.get(after.checked_sub(1)?)?;
        Some(*at_us)
    }
}

/// How many stretches are remembered from one feeding to the next: a line longer than these has no time.
const KEPT_STRETCHES: usize = 256;
