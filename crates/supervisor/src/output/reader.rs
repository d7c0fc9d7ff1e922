//! Reads an attempt's output, while it is being written or after.

use std::cell::OnceCell;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::header::{CaptureMode, IndexHeader};
use super::index::Record;
use super::{HEAD, INDEX, Stream, TAIL};
use crate::document::ReadError;

/// A stretch of output of one stream that came at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Where it begins in all output.
    pub offset: u64,
    /// Its stream. Of a gap in both streams: that of the first byte kept after it.
    pub stream: Stream,
    /// Where it begins in its stream. Of a gap in both streams: where the first byte kept after it is.
    pub offset_in_stream: u64,
    /// When it came, in microseconds since 1970 UTC, about 50 ms exact. Of a gap: of the first byte kept after it.
    pub at_us: i64,
    /// Its bytes.
    pub body: Body,
}

/// What a piece holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// These bytes.
    Bytes(Vec<u8>),
    /// So many bytes were produced here and not kept; of the one stream, if only that was asked for.
    Gap(u64),
}

impl Body {
    /// How many bytes of output it stands for.
    pub fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Gap(count) => *count,
        }
    }
}

/// Reads one attempt's output. Cheap to make; a folder without output is an empty one.
#[derive(Debug)]
pub struct Reader {
    folder: PathBuf,
    index: OnceCell<File>,
}

/// How often a read that the writer's ring overtook is tried again before it settles for gaps.
const TRIES: u32 = 8;

impl Reader {
    /// A reader of the output in an attempt folder.
    pub fn open(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            index: OnceCell::new(),
        }
    }

    /// Bytes produced so far.
    pub fn produced(&self) -> Result<u64, ReadError> {
        Ok(self.view()?.map_or(0, |view| view.header.produced))
    }

    /// Bytes of one stream produced so far.
    pub fn produced_of(&self, stream: Stream) -> Result<u64, ReadError> {
        Ok(self.view()?.map_or(0, |view| view.header.length(stream)))
    }

    /// Bytes produced and no longer kept.
    pub fn dropped(&self) -> Result<u64, ReadError> {
        match self.view()? {
            Some(view) => view.header.dropped(view.index).map_err(|error| view.index_error(error)),
            None => Ok(0),
        }
    }

    /// Output from the offset `from` of all output on, of one stream or of both, at most `max_bytes` of it; empty at
    /// the end.
    pub fn read(&self, from: u64, stream: Option<Stream>, max_bytes: u64) -> Result<Vec<Piece>, ReadError> {
        self.read_on(from, stream, max_bytes).map(|(pieces, _)| pieces)
    }

    /// As [`Reader::read`], and the offset of all output at which to go on.
    pub fn read_on(&self, from: u64, stream: Option<Stream>, max_bytes: u64) -> Result<(Vec<Piece>, u64), ReadError> {
        self.retrying(|view, collected| view.collect(collected, from, stream, max_bytes))
            .map(|found| found.unwrap_or((Vec::new(), from)))
    }

    /// Output of one stream from the offset `from` of that stream on, at most `max_bytes` of it; empty at the end.
    pub fn read_stream(&self, stream: Stream, from: u64, max_bytes: u64) -> Result<Vec<Piece>, ReadError> {
        let found = self.retrying(|view, collected| match view.locate(stream, from)? {
            None => Ok(view.header.produced),
            Some(StreamPosition::Kept(combined)) => view.collect(collected, combined, Some(stream), max_bytes),
            Some(StreamPosition::Lost { combined, until }) => {
                let record = view.record(view.find(until)?)?;
                let resumed = record.stream_offset(until, stream);
                collected.push(Piece {
                    offset: combined,
                    stream,
                    offset_in_stream: from,
                    at_us: record.at_us,
                    body: Body::Gap(resumed - from),
                });
                view.collect(collected, until, Some(stream), max_bytes)
            }
        })?;
        Ok(found.map(|(pieces, _)| pieces).unwrap_or_default())
    }

    fn retrying(
        &self,
        read: impl Fn(&View<'_>, &mut Vec<Piece>) -> Result<u64, ReadError>,
    ) -> Result<Option<(Vec<Piece>, u64)>, ReadError> {
        for attempt in 0.. {
            let Some(view) = self.view()? else { return Ok(None) };
            let mut pieces = Vec::new();
            let outcome = read(&view, &mut pieces);
            let Some(after) = self.view()? else { return Ok(None) };
            // Records that were overwritten meanwhile may have said anything.
            let overtaken = view.header.tail_count() > 0
                && after.header.records - view.header.records > 0
                && after.header.records
                    > view.header.record_number(view.header.head_count()) + after.header.geometry.tail_records;
            if overtaken && attempt < TRIES * 8 {
                continue;
            }
            let next = outcome?;
            if pieces.iter().all(|piece| after.still_keeps(piece)) {
                return Ok(Some((pieces, next)));
            }
            if attempt >= TRIES {
                for piece in pieces.iter_mut().filter(|piece| !after.still_keeps(piece)) {
                    piece.body = Body::Gap(piece.body.length());
                }
                return Ok(Some((pieces, next)));
            }
        }
        Ok(None)
    }

    pub(super) fn view(&self) -> Result<Option<View<'_>>, ReadError> {
        let path = self.folder.join(INDEX);
        if self.index.get().is_none() {
            match File::open(&path) {
                Ok(file) => drop(self.index.set(file)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(ReadError::io(&path, error)),
            }
        }
        let Some(index) = self.index.get() else { return Ok(None) };
        let Some(header) = IndexHeader::read(index, &path)? else {
            return Ok(None);
        };
        let tail_from = header.tail_from(index).map_err(|error| ReadError::io(&path, error))?;
        Ok(Some(View {
            folder: &self.folder,
            index,
            header,
            tail_from,
        }))
    }
}

/// Where an offset of a stream is in all output.
enum StreamPosition {
    Kept(u64),
    Lost { combined: u64, until: u64 },
}

/// The output as one header tells of it.
pub(super) struct View<'a> {
    folder: &'a Path,
    index: &'a File,
    pub(super) header: IndexHeader,
    tail_from: Option<u64>,
}

impl View<'_> {
    fn index_error(&self, error: io::Error) -> ReadError {
        let path = self.folder.join(INDEX);
        match error.kind() {
            io::ErrorKind::UnexpectedEof => ReadError::damaged(&path, "a record is cut off"),
            _ => ReadError::io(&path, error),
        }
    }

    fn record(&self, place: u64) -> Result<Record, ReadError> {
        self.header
            .record(self.index, place)
            .map_err(|error| self.index_error(error))
    }

    /// The place of the last record for which `is_before` holds; it must hold for the first.
    fn find_by(&self, is_before: impl Fn(&Record) -> bool) -> Result<u64, ReadError> {
        let (mut low, mut high) = (0, self.header.record_count());
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if is_before(&self.record(middle)?) {
                low = middle
            } else {
                high = middle
            }
        }
        Ok(low)
    }

    fn find(&self, combined: u64) -> Result<u64, ReadError> {
        self.find_by(|record| record.combined <= combined)
    }

    /// Where the run of the record at `place` ends in all output.
    fn run_end(&self, place: u64) -> Result<u64, ReadError> {
        match self.header.head {
            Some(head) if place + 1 == self.header.head_count() => Ok(head.bytes),
            _ if place + 1 == self.header.record_count() => Ok(self.header.produced),
            _ => Ok(self.record(place + 1)?.combined),
        }
    }

    /// The gap between head and tail; empty if there is none.
    fn gap(&self) -> std::ops::Range<u64> {
        match (self.header.head, self.tail_from) {
            (Some(head), Some(until)) => head.bytes..until,
            _ => 0..0,
        }
    }

    fn locate(&self, stream: Stream, from: u64) -> Result<Option<StreamPosition>, ReadError> {
        if from >= self.header.length(stream) || self.header.record_count() == 0 {
            return Ok(None);
        }
        let place = self.find_by(|record| record.stream_offset(record.combined, stream) <= from)?;
        let record = self.record(place)?;
        let combined = if record.stream == stream {
            record.combined + from.saturating_sub(record.offset)
        } else {
            self.run_end(place)?
        };
        let combined = combined.min(self.run_end(place)?);
        let gap = self.gap();
        Ok(Some(match gap.contains(&combined) {
            true => StreamPosition::Lost {
                combined,
                until: gap.end,
            },
            false => StreamPosition::Kept(combined),
        }))
    }

    fn collect(
        &self,
        pieces: &mut Vec<Piece>,
        from: u64,
        only: Option<Stream>,
        max_bytes: u64,
    ) -> Result<u64, ReadError> {
        let (mut position, mut room) = (from, max_bytes);
        let mut place = if self.header.record_count() > 0 {
            self.find(from)?
        } else {
            0
        };
        while position < self.header.produced && room > 0 {
            let gap = self.gap();
            if gap.contains(&position) {
                pieces.extend(self.gap_piece(position, only, place)?);
                position = gap.end;
                place = self.find(position)?;
                continue;
            }
            let end = self.run_end(place)?;
            if position >= end {
                place += 1;
                if place >= self.header.record_count() {
                    break;
                }
                continue;
            }
            let record = self.record(place)?;
            if only.is_none_or(|only| only == record.stream) {
                let length = room.min(end - position);
                let piece = self.piece(&record, position, length)?;
                let taken = piece.body.length();
                if matches!(piece.body, Body::Bytes(_)) {
                    room -= taken;
                }
                position += taken;
                pieces.push(piece);
            } else {
                position = end;
            }
        }
        Ok(position)
    }

    fn gap_piece(&self, position: u64, only: Option<Stream>, place: u64) -> Result<Option<Piece>, ReadError> {
        let gap = self.gap();
        if gap.end >= self.header.produced {
            // Nothing at all is kept after it (a tail of no bytes).
            let stream = only.unwrap_or(Stream::Stdout);
            let length = match only {
                Some(only) => self.header.length(only) - self.record(place)?.stream_offset(gap.start, only),
                None => gap.end - position,
            };
            let offset_in_stream = self.header.length(stream);
            let piece = Piece {
                offset: position,
                stream,
                offset_in_stream,
                at_us: 0,
                body: Body::Gap(length),
            };
            return Ok((length > 0).then_some(piece));
        }
        let after = self.record(self.find(gap.end)?)?;
        let Some(only) = only else {
            return Ok(Some(Piece {
                offset: position,
                stream: after.stream,
                offset_in_stream: after.stream_offset(gap.end, after.stream),
                at_us: after.at_us,
                body: Body::Gap(gap.end - position),
            }));
        };
        // Where in the gap the stream stood is known at its start only; from inside it this is an upper bound.
        let before = self
            .record(self.header.head_count().saturating_sub(1))?
            .stream_offset(gap.start, only);
        let length = (after.stream_offset(gap.end, only) - before).min(gap.end - position);
        Ok((length > 0).then_some(Piece {
            offset: position,
            stream: only,
            offset_in_stream: after.stream_offset(gap.end, only) - length,
            at_us: after.at_us,
            body: Body::Gap(length),
        }))
    }

    /// A piece of at most `length` bytes inside one run.
    fn piece(&self, record: &Record, position: u64, length: u64) -> Result<Piece, ReadError> {
        let offset_in_stream = record.stream_offset(position, record.stream);
        let body = match self.header.mode {
            CaptureMode::Copied => self.copied(position, length)?,
            CaptureMode::Direct => self.direct(record.stream, offset_in_stream, length)?,
        };
        Ok(Piece {
            offset: position,
            stream: record.stream,
            offset_in_stream,
            at_us: record.at_us,
            body,
        })
    }

    fn copied(&self, position: u64, length: u64) -> Result<Body, ReadError> {
        let (name, at, length) = match self.header.head {
            Some(head) if position >= head.bytes => {
                let ring_bytes = self.header.tail_limit + super::transfer::CHUNK_BYTES;
                let at = (position - head.bytes) % ring_bytes;
                (TAIL, at, length.min(ring_bytes - at))
            }
            _ => (HEAD, position, length),
        };
        self.bytes(name, at, length)
    }

    fn direct(&self, stream: Stream, offset: u64, length: u64) -> Result<Body, ReadError> {
        let hole = self.header.holes[stream.slot()];
        if offset >= hole.from && offset < hole.until {
            return Ok(Body::Gap(length.min(hole.until - offset)));
        }
        let length = if offset < hole.from && hole.until > hole.from {
            length.min(hole.from - offset)
        } else {
            length
        };
        self.bytes(stream.file_name(), offset, length)
    }

    /// Bytes of a file; a gap for what the file does not have (a program may have cut its own output off).
    fn bytes(&self, name: &str, at: u64, length: u64) -> Result<Body, ReadError> {
        let path = self.folder.join(name);
        let file = File::open(&path).map_err(|error| ReadError::io(&path, error))?;
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        let mut filled = 0;
        while filled < bytes.len() {
            match file.read_at(&mut bytes[filled..], at + filled as u64) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ReadError::io(&path, error)),
            }
        }
        bytes.truncate(filled);
        Ok(if bytes.is_empty() {
            Body::Gap(length)
        } else {
            Body::Bytes(bytes)
        })
    }

    /// Whether the bytes of a piece that was read before this view cannot have been overwritten.
    fn still_keeps(&self, piece: &Piece) -> bool {
        let Body::Bytes(bytes) = &piece.body else { return true };
        let end = |start: u64| start + bytes.len() as u64;
        match self.header.mode {
            CaptureMode::Copied => {
                let gap = self.gap();
                piece.offset >= gap.end || end(piece.offset) <= gap.start
            }
            CaptureMode::Direct => {
                let hole = self.header.holes[piece.stream.slot()];
                piece.offset_in_stream >= hole.until || end(piece.offset_in_stream) <= hole.from
            }
        }
    }
}
