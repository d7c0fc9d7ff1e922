//! The last lines of output, found from its end.

use super::Stream;
use super::reader::{Body, Piece, Reader};
use crate::document::ReadError;

/// How far back one look goes, and all of them together: a line longer than that is cut.
const LOOK_BYTES: u64 = 64 << 10;
const LIMIT_BYTES: u64 = 4 << 20;

impl Reader {
    /// The last `count` lines, of one stream or of both. At most 4 MiB; less where less is kept.
    pub fn tail_lines(&self, count: usize, stream: Option<Stream>) -> Result<Vec<Piece>, ReadError> {
        let end = match stream {
            Some(stream) => self.produced_of(stream)?,
            None => self.produced()?,
        };
        if count == 0 || end == 0 {
            return Ok(Vec::new());
        }
        let read = |from: u64, length: u64| match stream {
            Some(stream) => self.read_stream(stream, from, length),
            None => self.read(from, None, length),
        };
        let start_of = |piece: &Piece| {
            if stream.is_some() {
                piece.offset_in_stream
            } else {
                piece.offset
            }
        };
        let lowest = end.saturating_sub(LIMIT_BYTES);
        let (mut wanted, mut from) = (count, end);
        let start = 'found: loop {
            if from <= lowest {
                break lowest;
            }
            let until = from;
            from = until.saturating_sub(LOOK_BYTES).max(lowest);
            for piece in read(from, until - from)?.iter().rev() {
                let Body::Bytes(bytes) = &piece.body else {
                    break 'found start_of(piece) + piece.body.length();
                };
                for (place, _) in bytes.iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n') {
                    let at = start_of(piece) + place as u64;
                    // The newline that ends the last line does not begin one.
                    if at + 1 == end || at >= until {
                        continue;
                    }
                    wanted -= 1;
                    if wanted == 0 {
                        break 'found at + 1;
                    }
                }
            }
        };
        read(start, end.saturating_sub(start))
    }
}
