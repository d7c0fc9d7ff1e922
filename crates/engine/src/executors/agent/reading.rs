//! From an attempt's output to its agent's parser, in pieces, without ever holding more than one of them.

use std::collections::VecDeque;

use super::known::activity_line;
use longhaul_agents::{Activity, Adapter, Parser, Reading};
use longhaul_supervisor::ReadError;
use longhaul_supervisor::output::{Body, Reader, Stream};

/// How much is read at once, in bytes.
const AT_ONCE: u64 = 1 << 20;
/// How much of the last of standard error is kept, in bytes.
const STDERR_KEPT: usize = 16 << 10;

/// A parser and how far it has read.
pub(crate) struct Feeder {
    parser: Box<dyn Parser>,
    /// Where to go on in all output.
    next: u64,
    /// Where stretches of standard output begin that may still be asked for, and when they came.
    stretches: VecDeque<(u64, i64)>,
    stderr: Vec<u8>,
}

/// How far a feeding came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fed {
    /// There may be more.
    Some,
    /// All that there is now was read.
    All,
}

impl Feeder {
    /// At the beginning of the output.
    pub(crate) fn new(adapter: &dyn Adapter) -> Self {
        Self {
            parser: adapter.parser(),
            next: 0,
            stretches: VecDeque::new(),
            stderr: Vec::new(),
        }
    }

    /// Reads the next piece of the output.
    pub(crate) fn feed(&mut self, output: &Reader) -> Result<Fed, ReadError> {
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

    /// Reads all of an output that is over. Gives the last line that tells what the agent did; nothing if none does.
    pub(crate) fn read_whole(&mut self, output: &Reader) -> (Option<String>, Result<(), ReadError>) {
        let mut last = None;
        let read = loop {
            let fed = self.feed(output);
            if !matches!(fed, Ok(Fed::Some)) {
                self.parser.finish();
            }
            // What was done is not kept: it would grow with the output.
            let done = self.parser.take_activity();
            last = done
                .iter()
                .rev()
                .find_map(|activity| activity_line(&activity.kind))
                .or(last);
            match fed {
                Ok(Fed::Some) => {}
                Ok(Fed::All) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        (last, read)
    }

    /// The output is over: what is left of a last line counts as a line.
    pub(crate) fn finish(&mut self) {
        self.parser.finish();
    }

    /// What is known so far.
    pub(crate) fn reading(&self) -> &Reading {
        self.parser.reading()
    }

    /// The last of standard error, as text.
    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// What the agent did since this was last asked, in order, with when it was told in microseconds since 1970.
    pub(crate) fn take_activity(&mut self) -> Vec<(Activity, Option<i64>)> {
        let done = self.parser.take_activity();
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
