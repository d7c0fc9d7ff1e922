//! Getting a program's output, in the three ways a spec may ask for.

mod copied;
mod direct;
mod pty;
mod watch;

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::Path;
use std::time::Instant;

pub(super) use copied::Copied;
pub(super) use direct::Direct;

use crate::output::Writer;
use crate::spec::Capture;

/// The supervisor's end of a running program's output.
#[derive(Debug)]
pub(super) enum Feed {
    /// Pipes or a terminal, which we empty.
    Copied(Copied),
    /// Files, which we follow.
    Direct(Direct),
}

/// The program's end.
#[derive(Debug)]
pub(super) struct ChildEnds {
    pub(super) stdout: OwnedFd,
    pub(super) stderr: OwnedFd,
    pub(super) on_terminal: bool,
}

/// Why output could not be kept.
#[derive(Debug)]
pub(super) enum FeedError {
    /// The file system cannot drop the middle of a file that has outgrown its cap.
    Overflow(String),
}

impl Feed {
    pub(super) fn open(capture: Capture, folder: &Path) -> io::Result<(Self, ChildEnds)> {
        match capture {
            Capture::Pipe => Copied::pipes().map(|(feed, ends)| (Self::Copied(feed), ends)),
            Capture::Pty => pty::open().map(|(feed, ends)| (Self::Copied(feed), ends)),
            Capture::File => Direct::open(folder).map(|(feed, ends)| (Self::Direct(feed), ends)),
        }
    }

    /// What becomes readable when there is something to do.
    pub(super) fn watched(&self) -> Vec<BorrowedFd<'_>> {
        match self {
            Self::Copied(feed) => feed.watched(),
            Self::Direct(feed) => feed.watched(),
        }
    }

    /// When there is something to do even if nothing becomes readable.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Copied(feed) => feed.deadline(),
            Self::Direct(feed) => feed.deadline(),
        }
    }

    /// Takes what there is, a few megabytes at most; returns how much.
    pub(super) fn absorb(&mut self, writer: &mut Writer) -> Result<u64, FeedError> {
        match self {
            Self::Copied(feed) => Ok(feed.absorb(writer)),
            Self::Direct(feed) => feed.absorb(writer),
        }
    }

    /// Takes what there is once the leader is over, up to the present end.
    pub(super) fn settle(&mut self, writer: &mut Writer) -> Result<u64, FeedError> {
        match self {
            Self::Copied(feed) => Ok(feed.absorb(writer)),
            Self::Direct(feed) => feed.look(writer),
        }
    }

    /// Whether no more can come.
    pub(super) fn has_ended(&self) -> bool {
        match self {
            Self::Copied(feed) => feed.has_ended(),
            // A file has no end; what a leftover still writes is taken when it is gone.
            Self::Direct(_) => true,
        }
    }

    /// What went wrong while writing, if it still does.
    pub(super) fn trouble(&self) -> Option<String> {
        match self {
            Self::Copied(feed) => feed.trouble(),
            Self::Direct(feed) => feed.trouble(),
        }
    }
}
