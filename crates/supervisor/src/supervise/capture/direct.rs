//! Output straight into files, followed by the supervisor for times and for the cap.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use super::watch::Watch;
use super::{ChildEnds, FeedError};
use crate::clock;
use crate::output::{Stream, Writer};

/// Between two looks while the files grow; while they grow fast, so that little more than the cap is on disk.
const LOOK: Duration = Duration::from_millis(100);
const FLOOD_LOOK: Duration = Duration::from_millis(10);
const FLOOD_BYTES: u64 = 4 << 20;

/// See the module.
#[derive(Debug)]
pub(in crate::supervise) struct Direct {
    files: [File; 2],
    watch: Watch,
    /// While set, nothing is waited for but this moment.
    next_look: Option<Instant>,
    trouble: Option<String>,
}

impl Direct {
    pub(super) fn open(folder: &Path) -> io::Result<(Self, ChildEnds)> {
        let file = |stream: Stream| {
            OpenOptions::new()
                .append(true)
                .create(true)
                .mode(0o600)
                .open(folder.join(stream.file_name()))
        };
        let files = [file(Stream::Stdout)?, file(Stream::Stderr)?];
        let ends = ChildEnds {
            stdout: files[0].try_clone()?.into(),
            stderr: files[1].try_clone()?.into(),
            on_terminal: false,
        };
        let watch = Watch::new(folder)?;
        watch.arm(&files)?;
        Ok((
            Self {
                files,
                watch,
                next_look: None,
                trouble: None,
            },
            ends,
        ))
    }

    pub(super) fn watched(&self) -> Vec<BorrowedFd<'_>> {
        match self.next_look {
            Some(_) => Vec::new(),
            None => vec![self.watch.as_fd()],
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.next_look
    }

    pub(super) fn trouble(&self) -> Option<String> {
        self.trouble.clone()
    }

    pub(super) fn absorb(&mut self, writer: &mut Writer) -> Result<u64, FeedError> {
        match self.next_look {
            Some(moment) if clock::now() < moment => return Ok(0),
            None if !self.watch.has_fired() => return Ok(0),
            _ => {}
        }
        // Armed before looking: what grows after the look is told.
        if self.watch.arm(&self.files).is_err() {
            self.next_look = Some(clock::now() + Duration::from_secs(1));
            return self.look(writer);
        }
        let grown = self.look(writer)?;
        let pause = if grown >= FLOOD_BYTES { FLOOD_LOOK } else { LOOK };
        self.next_look = (grown > 0).then(|| clock::now() + pause);
        Ok(grown)
    }

    /// Notes what the files have grown by, and keeps them to their cap.
    pub(super) fn look(&mut self, writer: &mut Writer) -> Result<u64, FeedError> {
        let mut grown = 0;
        self.trouble = None;
        for (stream, file) in Stream::ALL.into_iter().zip(&self.files) {
            let noted = file
                .metadata()
                .and_then(|metadata| writer.note_growth(stream, metadata.len()));
            match noted {
                Ok(count) => grown += count,
                // Noted with the next look: the bytes themselves are in the file.
                Err(error) => self.trouble = Some(error.to_string()),
            }
            if let Err(error) = writer.punch(stream, file) {
                return Err(FeedError::Overflow(format!(
                    "output has outgrown its cap and the file system cannot drop its middle: {error}"
                )));
            }
        }
        Ok(grown)
    }
}
