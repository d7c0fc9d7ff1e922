//! Output on disk: written by the supervisor while the program runs, read along by anyone who may read the folder.
//!
//! Output is one sequence of bytes, both streams in order of arrival, counted from 0. `output.index` says which
//! stretch belongs to which stream and when it came ([`index`]); its head ([`header`]) says how much there is. The
//! bytes are in `output.head` and, as a ring, in `output.tail`; or, where the program writes for itself, in the plain
//! files `stdout` and `stderr`, whose middle is punched out.
//!
//! The writer publishes by rewriting the header after the bytes, and both rings are a little larger than what counts
//! as kept. So a reader that looks at the header before and after never takes a byte for another, and a writer that
//! is killed leaves a whole, slightly shorter output.

mod header;
mod index;
mod lines;
mod reader;
mod seal;
mod transfer;
mod writer;

pub use reader::{Body, Piece, Reader};
pub(crate) use seal::seal;
pub(crate) use writer::{Absorbed, OutputDescriptor, Writer};

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::document::ReadError;

pub(crate) const INDEX: &str = "output.index";
pub(crate) const HEAD: &str = "output.head";
pub(crate) const TAIL: &str = "output.tail";

/// One of a program's two output streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stream {
    /// Standard output, and all that comes through a terminal.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Stream {
    /// Both streams.
    pub const ALL: [Self; 2] = [Self::Stdout, Self::Stderr];

    pub(crate) const fn slot(self) -> usize {
        match self {
            Self::Stdout => 0,
            Self::Stderr => 1,
        }
    }

    /// Its file's name where the program writes for itself.
    pub(crate) const fn file_name(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }
}

/// How many bytes of output the attempt in `folder` has produced so far; 0 if there is none yet.
pub fn produced(folder: &Path) -> Result<u64, ReadError> {
    Reader::open(folder).produced()
}

/// The names of the files that hold output in an attempt folder, those of every way of capturing it.
pub const FILES: [&str; 5] = [
    INDEX,
    HEAD,
    TAIL,
    Stream::Stdout.file_name(),
    Stream::Stderr.file_name(),
];
