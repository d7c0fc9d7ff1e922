//! The index's records: where a run of one stream begins, in all output and in that stream, and when.
//!
//! A run goes on to the next record. Records are kept as output is: the first ones in place, the last ones in a ring.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use super::Stream;
use super::header::{HEADER_BYTES, IndexHeader};

pub(super) const RECORD_BYTES: u64 = 24;
/// How many records more than are kept the ring has room for: as many as are written between two publications.
pub(super) const SLACK_RECORDS: u64 = 64;

/// Where a run begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    /// In all output.
    pub(super) combined: u64,
    pub(super) stream: Stream,
    /// In its stream.
    pub(super) offset: u64,
    /// Microseconds since 1970 UTC.
    pub(super) at_us: i64,
}

impl Record {
    /// How far `stream` had come where all output had come to `combined`, which is in this record's run.
    pub(super) fn stream_offset(&self, combined: u64, stream: Stream) -> u64 {
        if self.stream == stream {
            self.offset + combined.saturating_sub(self.combined)
        } else {
            // Two streams make the whole: what was not the one was the other.
            self.combined.saturating_sub(self.offset)
        }
    }

    pub(super) fn encode(&self) -> [u8; RECORD_BYTES as usize] {
        let mut bytes = [0; RECORD_BYTES as usize];
        bytes[..8].copy_from_slice(&self.combined.to_le_bytes());
        let tagged = self.offset << 1 | self.stream.slot() as u64;
        bytes[8..16].copy_from_slice(&tagged.to_le_bytes());
        bytes[16..].copy_from_slice(&self.at_us.to_le_bytes());
        bytes
    }

    fn decode(bytes: [u8; RECORD_BYTES as usize]) -> Self {
        let word = |at: usize| u64::from_le_bytes(std::array::from_fn(|byte| bytes[at + byte]));
        Self {
            combined: word(0),
            stream: if word(8) & 1 == 0 {
                Stream::Stdout
            } else {
                Stream::Stderr
            },
            offset: word(8) >> 1,
            at_us: word(16).cast_signed(),
        }
    }
}

impl IndexHeader {
    /// Where record `number` is in the file.
    pub(super) fn record_position(&self, number: u64) -> u64 {
        let slot = match self.head {
            Some(head) if number >= head.records => {
                self.geometry.head_records + (number - head.records) % (self.geometry.tail_records + SLACK_RECORDS)
            }
            _ => number,
        };
        HEADER_BYTES + slot * RECORD_BYTES
    }

    /// How many records of the head there are.
    pub(super) fn head_count(&self) -> u64 {
        self.head.map_or(self.records, |head| head.records)
    }

    /// How many records of the tail are kept.
    pub(super) fn tail_count(&self) -> u64 {
        (self.records - self.head_count()).min(self.geometry.tail_records)
    }

    /// The number of the `place`-th record kept, in order.
    pub(super) fn record_number(&self, place: u64) -> u64 {
        if place < self.head_count() {
            place
        } else {
            self.records - self.tail_count() + (place - self.head_count())
        }
    }

    /// Reads the `place`-th record kept.
    pub(super) fn record(&self, index: &File, place: u64) -> io::Result<Record> {
        let mut bytes = [0; RECORD_BYTES as usize];
        index.read_exact_at(&mut bytes, self.record_position(self.record_number(place)))?;
        Ok(Record::decode(bytes))
    }

    /// How many records are kept.
    pub(super) fn record_count(&self) -> u64 {
        self.head_count() + self.tail_count()
    }

    /// The first byte of the tail that is kept and known; all between the head's end and this is the gap. `None`
    /// while the head is open.
    pub(super) fn tail_from(&self, index: &File) -> io::Result<Option<u64>> {
        let Some(head) = self.head else { return Ok(None) };
        let first_known = match self.tail_count() {
            0 => self.produced,
            _ => self.record(index, self.head_count())?.combined,
        };
        Ok(Some(
            first_known
                .max(self.produced.saturating_sub(self.tail_limit))
                .max(head.bytes),
        ))
    }

    /// Bytes produced and not kept.
    pub(super) fn dropped(&self, index: &File) -> io::Result<u64> {
        let punched: u64 = self.holes.iter().map(|hole| hole.until - hole.from).sum();
        let gap = match (self.head, self.tail_from(index)?) {
            (Some(head), Some(from)) => from - head.bytes,
            _ => 0,
        };
        // In direct mode both can be there only when more runs came than the index keeps; then the larger counts.
        Ok(punched.max(gap))
    }
}
