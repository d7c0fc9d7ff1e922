//! Reads output files off the async threads.

use longhaul_engine::output::{Body, Piece, Reader, Stream};
use longhaul_engine::{OutputOf, OutputReadError};

use crate::problem::Answer;
use crate::refusal;

/// The most of a tail that is given, in bytes.
const TAIL_LIMIT: usize = 64 << 10;

/// What part of the output is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) start: Start,
    /// Of one stream; then offsets count within it.
    pub(crate) stream: Option<Stream>,
    pub(crate) limit_bytes: u64,
}

/// Where to begin.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Start {
    Offset(u64),
    LastLines(usize),
}

/// What was read.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) attempt: u32,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) is_of_one_stream: bool,
    pub(crate) next_offset: u64,
    /// Bytes of all output that were there when it was read.
    pub(crate) produced_bytes: u64,
    /// Whether nothing produced so far comes after it.
    pub(crate) is_at_end: bool,
    /// Whether nothing will ever come after it.
    pub(crate) is_complete: bool,
}

/// Reads a page.
pub(crate) async fn read_page(found: OutputOf, wanted: Wanted) -> Answer<Page> {
    let OutputOf {
        attempt,
        reader,
        is_over,
    } = found;
    off_thread(move || {
        // Taken before reading: what comes meanwhile makes the next look worth while.
        let produced_bytes = reader.produced()?;
        let end = match wanted.stream {
            Some(stream) => reader.produced_of(stream)?,
            None => produced_bytes,
        };
        let from = match wanted.start {
            Start::Offset(offset) => offset,
            Start::LastLines(count) => tail_start(&reader, count, wanted.stream, end)?,
        };
        let (pieces, next_offset) = match wanted.stream {
            Some(stream) => {
                let pieces = reader.read_stream(stream, from, wanted.limit_bytes)?;
                let next = pieces
                    .last()
                    .map_or(from, |last| last.offset_in_stream + last.body.length());
                (pieces, next)
            }
            None => reader.read_on(from, None, wanted.limit_bytes)?,
        };
        let next_offset = next_offset.max(from);
        let is_at_end = next_offset >= end;
        let is_of_one_stream = wanted.stream.is_some();
        let is_complete = is_over && is_at_end;
        Ok(Page {
            attempt,
            pieces,
            is_of_one_stream,
            next_offset,
            produced_bytes,
            is_at_end,
            is_complete,
        })
    })
    .await
}

fn tail_start(reader: &Reader, count: usize, stream: Option<Stream>, end: u64) -> Result<u64, OutputReadError> {
    if count == 0 {
        return Ok(end);
    }
    let first = reader.tail_lines(count, stream)?.into_iter().next();
    Ok(first.map_or(end, |piece| {
        if stream.is_some() {
            piece.offset_in_stream
        } else {
            piece.offset
        }
    }))
}

/// The last lines of one stream as text, at most 64 KiB of them.
pub(crate) async fn last_lines(found: OutputOf, stream: Stream, count: usize) -> Answer<String> {
    let pieces = off_thread(move || found.reader.tail_lines(count, Some(stream))).await?;
    let bytes = bytes_of(&pieces);
    let kept = &bytes[bytes.len().saturating_sub(TAIL_LIMIT)..];
    Ok(String::from_utf8_lossy(kept).into_owned())
}

/// The bytes of the pieces, one after the other, without what was dropped.
pub(crate) fn bytes_of(pieces: &[Piece]) -> Vec<u8> {
    let bodies = pieces.iter().filter_map(|piece| match &piece.body {
        Body::Bytes(bytes) => Some(bytes.as_slice()),
        Body::Gap(_) => None,
    });
    bodies.collect::<Vec<_>>().concat()
}

async fn off_thread<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, OutputReadError> + Send + 'static,
) -> Answer<T> {
    let joined = tokio::task::spawn_blocking(read).await;
    joined
        .expect("invariant: reading does not panic and is not aborted")
        .map_err(refusal::output)
}
