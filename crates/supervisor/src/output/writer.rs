//! The supervisor's side of output: bytes in, runs noted, header published.
//!
//! What this is not: a reader of output. It never looks at a byte.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::BorrowedFd;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::header::{CaptureMode, ClosedHead, Geometry, Hole, IndexHeader};
use super::index::Record;
use super::transfer::{CHUNK_BYTES, Transfer};
use super::{HEAD, INDEX, Stream, TAIL};
use crate::clock;
use crate::document::ReadError;
use crate::spec::{Capture, OutputCap};

/// How long one run goes on before its time is noted again; a second once half of the head's records are used.
const RUN: Duration = Duration::from_millis(50);
const LONG_RUN: Duration = Duration::from_secs(1);
/// A hole is made larger in steps of this, or of a quarter of the tail if that is less.
const PUNCH_BYTES: u64 = 1 << 20;
const BLOCK_BYTES: u64 = 4096;

/// A descriptor that a program writes to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OutputDescriptor<'a> {
    pub(crate) descriptor: BorrowedFd<'a>,
    pub(crate) is_pipe: bool,
}

/// What came of one look at a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absorbed {
    /// So many bytes.
    Bytes(u64),
    /// None now.
    Nothing,
    /// There will be no more.
    Ended,
}

/// Writes one attempt's output. Files are made with the first byte.
#[derive(Debug)]
pub(crate) struct Writer {
    folder: PathBuf,
    header: IndexHeader,
    index: Option<File>,
    head: Option<File>,
    tail: Option<File>,
    run: Option<(Stream, Instant)>,
    transfers: [Transfer; 2],
    caps: [OutputCap; 2],
}

impl Writer {
    pub(crate) fn new(folder: &Path, capture: Capture, cap: OutputCap) -> Self {
        Self::with_geometry(folder, capture, cap, Geometry::default())
    }

    pub(super) fn with_geometry(folder: &Path, capture: Capture, cap: OutputCap, geometry: Geometry) -> Self {
        let header = match capture {
            Capture::Pipe | Capture::Pty => {
                IndexHeader::new(CaptureMode::Copied, cap.head_bytes, cap.tail_bytes, geometry)
            }
            Capture::File => IndexHeader::new(CaptureMode::Direct, u64::MAX, u64::MAX, geometry),
        };
        Self::on(folder, header, cap)
    }

    /// Goes on where a writer left off, or starts; for direct mode.
    pub(super) fn reopen(folder: &Path, cap: OutputCap) -> Result<Self, ReadError> {
        let path = folder.join(INDEX);
        let index = match OpenOptions::new().read(true).write(true).open(&path) {
            Ok(index) => index,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::new(folder, Capture::File, cap)),
            Err(error) => return Err(ReadError::io(&path, error)),
        };
        match IndexHeader::read(&index, &path)? {
            Some(header) => Ok(Self {
                index: Some(index),
                ..Self::on(folder, header, cap)
            }),
            None => Ok(Self::new(folder, Capture::File, cap)),
        }
    }

    fn on(folder: &Path, header: IndexHeader, cap: OutputCap) -> Self {
        // Of both caps standard output gets three quarters: it is where the result is.
        let share = |bytes: u64| [bytes / 4 * 3 + bytes % 4, bytes / 4];
        let (heads, tails) = (share(cap.head_bytes), share(cap.tail_bytes));
        Self {
            folder: folder.to_owned(),
            header,
            index: None,
            head: None,
            tail: None,
            run: None,
            transfers: Default::default(),
            caps: [0, 1].map(|slot| OutputCap {
                head_bytes: heads[slot],
                tail_bytes: tails[slot],
            }),
        }
    }

    /// Bytes produced so far.
    pub(crate) fn produced(&self) -> u64 {
        self.header.produced
    }

    /// Bytes produced and not kept.
    pub(crate) fn dropped(&self) -> u64 {
        self.index
            .as_ref()
            .and_then(|index| self.header.dropped(index).ok())
            .unwrap_or(0)
    }

    /// How far a stream has been noted.
    pub(crate) fn length(&self, stream: Stream) -> u64 {
        self.header.length(stream)
    }

    /// Whether bytes of a stream have left the program but are not on disk.
    pub(crate) fn holds_bytes(&self, stream: Stream) -> bool {
        self.transfers[stream.slot()].holds_bytes()
    }

    /// Takes what a source has, at most one chunk.
    pub(crate) fn absorb(&mut self, stream: Stream, source: OutputDescriptor<'_>) -> io::Result<Absorbed> {
        if self.header.head.is_none() && self.header.produced >= self.header.head_limit {
            self.close_head();
        }
        let noted = self.note(stream)?;
        let ring_bytes = self.header.tail_limit + CHUNK_BYTES;
        let (file, position, room) = match self.header.head {
            None => {
                let file = open(&mut self.head, &self.folder, HEAD)?;
                (
                    file,
                    self.header.produced,
                    self.header.head_limit - self.header.produced,
                )
            }
            Some(head) => {
                let position = (self.header.produced - head.bytes) % ring_bytes;
                (
                    open(&mut self.tail, &self.folder, TAIL)?,
                    position,
                    ring_bytes - position,
                )
            }
        };
        let moved = self.transfers[stream.slot()].run(source.descriptor, source.is_pipe, file, position, room);
        match moved {
            Ok(0) => Ok(Absorbed::Ended),
            Ok(count) => {
                self.advance(stream, count, noted)?;
                Ok(Absorbed::Bytes(count))
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                Ok(Absorbed::Nothing)
            }
            Err(error) => Err(error),
        }
    }

    /// Notes that a stream's own file has grown to `length`; direct mode.
    pub(crate) fn note_growth(&mut self, stream: Stream, length: u64) -> io::Result<u64> {
        let grown = length.saturating_sub(self.length(stream));
        if grown > 0 {
            let noted = self.note(stream)?;
            self.advance(stream, grown, noted)?;
        }
        Ok(grown)
    }

    /// Punches the middle out of a stream's own file if it has outgrown its cap; direct mode.
    pub(crate) fn punch(&mut self, stream: Stream, file: &File) -> io::Result<()> {
        let cap = self.caps[stream.slot()];
        let from = cap.head_bytes.next_multiple_of(BLOCK_BYTES);
        let until = self.length(stream).saturating_sub(cap.tail_bytes) / BLOCK_BYTES * BLOCK_BYTES;
        let done = self.header.holes[stream.slot()].until.max(from);
        if until < done + PUNCH_BYTES.min((cap.tail_bytes / 4).max(BLOCK_BYTES)) {
            return Ok(());
        }
        // Published first: a reader must not take the zeros of a hole for output.
        let before = self.header.holes[stream.slot()];
        self.header.holes[stream.slot()] = Hole { from, until };
        self.publish()?;
        punch_hole(file, done, until - done).inspect_err(|_| {
            self.header.holes[stream.slot()] = before;
            let _ = self.publish();
        })
    }

    /// Puts everything on disk to stay.
    pub(crate) fn sync(&self) -> io::Result<()> {
        for file in [&self.head, &self.tail, &self.index].into_iter().flatten() {
            file.sync_data()?;
        }
        Ok(())
    }

    /// Writes the record of a new run into its slot if one begins here. It counts once bytes have come.
    fn note(&mut self, stream: Stream) -> io::Result<Option<Instant>> {
        let now = clock::now();
        let long = self.header.records > self.header.geometry.head_records / 2;
        if let Some((running, since)) = self.run
            && running == stream
            && now.duration_since(since) < if long { LONG_RUN } else { RUN }
        {
            return Ok(None);
        }
        if self.header.head.is_none() && self.header.records >= self.header.geometry.head_records {
            self.close_head();
        }
        let record = Record {
            combined: self.header.produced,
            stream,
            offset: self.header.length(stream),
            at_us: clock::wall_us(),
        };
        let position = self.header.record_position(self.header.records);
        if self.index.is_none() {
            // A reader that finds the file must find its header.
            let index = open(&mut self.index, &self.folder, INDEX)?;
            self.header.write(index)?;
        }
        open(&mut self.index, &self.folder, INDEX)?.write_all_at(&record.encode(), position)?;
        Ok(Some(now))
    }

    fn advance(&mut self, stream: Stream, count: u64, noted: Option<Instant>) -> io::Result<()> {
        if let Some(since) = noted {
            self.header.records += 1;
            self.run = Some((stream, since));
        }
        self.header.produced += count;
        self.header.lengths[stream.slot()] += count;
        self.publish()
    }

    fn close_head(&mut self) {
        self.header.head = Some(ClosedHead {
            bytes: self.header.produced,
            records: self.header.records,
        });
        self.run = None;
    }

    fn publish(&mut self) -> io::Result<()> {
        self.header.write(open(&mut self.index, &self.folder, INDEX)?)
    }
}

fn open<'a>(slot: &'a mut Option<File>, folder: &Path, name: &str) -> io::Result<&'a File> {
    match slot {
        Some(file) => Ok(file),
        None => {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false).mode(0o600);
            Ok(slot.insert(options.open(folder.join(name))?))
        }
    }
}

#[cfg(target_os = "linux")]
fn punch_hole(file: &File, from: u64, length: u64) -> io::Result<()> {
    use rustix::fs::FallocateFlags;
    Ok(rustix::fs::fallocate(
        file,
        FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE,
        from,
        length,
    )?)
}

/// `F_PUNCHHOLE` of fcntl(2); not yet run on a Mac.
#[cfg(target_os = "macos")]
fn punch_hole(file: &File, from: u64, length: u64) -> io::Result<()> {
    use std::os::fd::AsRawFd;
    let hole = libc::fpunchhole_t {
        fp_flags: 0,
        reserved: 0,
        fp_offset: from.cast_signed(),
        fp_length: length.cast_signed(),
    };
    // SAFETY: the descriptor is open and the argument is of the type that the request wants.
    match unsafe { libc::fcntl(file.as_raw_fd(), libc::F_PUNCHHOLE, &raw const hole) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::fd::AsFd;

    use super::super::{Body, Reader};
    use super::*;

    /// Feeds one byte at a time, so that every byte of the other stream begins a run.
    fn feed(writer: &mut Writer, pattern: &[(Stream, u8)]) {
        let (source, mut sink) = std::io::pipe().expect("a pipe");
        for (stream, byte) in pattern {
            sink.write_all(&[*byte]).expect("a byte");
            let taken = writer
                .absorb(
                    *stream,
                    OutputDescriptor {
                        descriptor: source.as_fd(),
                        is_pipe: true,
                    },
                )
                .expect("space");
            assert_eq!(taken, Absorbed::Bytes(1));
        }
    }

    fn alternating(count: usize) -> Vec<(Stream, u8)> {
        (0..count)
            .map(|number| (Stream::ALL[number % 2], u8::try_from(number % 251).expect("a byte")))
            .collect()
    }

    #[test]
    fn a_full_index_closes_the_head_early_and_counts_what_it_forgets_as_dropped() {
        let folder = tempfile::tempdir().expect("a folder");
        let cap = OutputCap {
            head_bytes: 1000,
            tail_bytes: 1000,
        };
        let geometry = Geometry {
            head_records: 10,
            tail_records: 20,
        };
        let mut writer = Writer::with_geometry(folder.path(), Capture::Pipe, cap, geometry);
        let pattern = alternating(300);
        feed(&mut writer, &pattern);
        assert_eq!((writer.produced(), writer.dropped()), (300, 270));
        let pieces = Reader::open(folder.path()).read(0, None, u64::MAX).expect("output");
        let mut position = 0;
        for piece in &pieces {
            assert_eq!(piece.offset, position);
            position += piece.body.length();
            match &piece.body {
                Body::Gap(count) => assert_eq!((piece.offset, *count), (10, 270)),
                Body::Bytes(bytes) => {
                    let (stream, byte) = pattern[usize::try_from(piece.offset).expect("small")];
                    assert_eq!((piece.stream, bytes.as_slice()), (stream, [byte].as_slice()));
                    assert_eq!(piece.offset_in_stream, piece.offset / 2);
                }
            }
        }
        assert_eq!(position, 300);
        for stream in Stream::ALL {
            let pieces = Reader::open(folder.path())
                .read_stream(stream, 7, u64::MAX)
                .expect("output");
            assert_eq!(pieces[0].body, Body::Gap(133));
            assert_eq!(pieces.iter().map(|piece| piece.body.length()).sum::<u64>(), 143);
        }
        assert!(std::fs::metadata(folder.path().join(INDEX)).expect("the index").len() < 8192);
    }

    #[test]
    fn a_tail_of_no_bytes_keeps_the_head_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let cap = OutputCap {
            head_bytes: 5,
            tail_bytes: 0,
        };
        let mut writer = Writer::new(folder.path(), Capture::Pipe, cap);
        feed(&mut writer, &alternating(12));
        let reader = Reader::open(folder.path());
        let lengths =
            |pieces: Vec<super::super::Piece>| pieces.iter().map(|piece| piece.body.length()).collect::<Vec<_>>();
        assert_eq!(lengths(reader.read(0, None, 100).expect("output")), [1, 1, 1, 1, 1, 7]);
        assert_eq!(
            lengths(reader.read(0, Some(Stream::Stderr), 100).expect("output")),
            [1, 1, 4]
        );
        assert_eq!(reader.dropped().expect("a count"), 7);
    }

    #[test]
    fn a_record_that_was_noted_without_bytes_does_not_count() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut writer = Writer::new(folder.path(), Capture::Pipe, OutputCap::default());
        let (source, sink) = rustix::pipe::pipe().expect("a pipe");
        rustix::io::ioctl_fionbio(&source, true).expect("a flag");
        let tap = OutputDescriptor {
            descriptor: source.as_fd(),
            is_pipe: true,
        };
        assert_eq!(writer.absorb(Stream::Stderr, tap).expect("space"), Absorbed::Nothing);
        feed(&mut writer, &[(Stream::Stdout, b'x')]);
        drop(sink);
        assert_eq!(writer.absorb(Stream::Stderr, tap).expect("space"), Absorbed::Ended);
        let pieces = Reader::open(folder.path()).read(0, None, 100).expect("output");
        assert_eq!((pieces.len(), pieces[0].stream), (1, Stream::Stdout));
    }
}
