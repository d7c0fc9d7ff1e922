//! What one attempt of an agent did, numbered from 1, derived from its output and kept in two files beside it.
//!
//! `activity.jsonl` has an entry on each line, `activity.index` a head and then eight bytes for each entry: where its line
//! ends. They are written only when somebody asks, grow with the output, and are made anew whenever they cannot be used:
//! the output is the truth. Once the head says that all of it is there, nobody reads the output again.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use longhaul_agents::{Activity, Adapter};
use longhaul_supervisor::ReadError;
use longhaul_supervisor::output::Reader;
use serde::{Deserialize, Serialize};

use crate::executors::agent::{Fed, Feeder};

/// The names of the files in the attempt's folder.
pub(crate) const FILES: [&str; 2] = ["activity.jsonl", "activity.index"];
/// The head of the index: what it is, and whether all is there. Changes when what is derived changes.
const OPEN: [u8; 8] = *b"lhact1 o";
const WHOLE: [u8; 8] = *b"lhact1 w";
const HEAD_BYTES: u64 = 8;
/// How much one page carries, in bytes, unless a single entry is longer.
const PAGE_BYTES: u64 = 4 << 20;

/// One thing an agent did.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityEntry {
    /// Its place among all, from 1.
    pub number: u64,
    /// When it was told; nothing if that is not known.
    pub at: Option<Timestamp>,
    /// What it is.
    pub activity: Activity,
}

/// Some of what an agent did.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ActivityPage {
    /// The entries, in order.
    pub entries: Vec<ActivityEntry>,
    /// The number to ask on from.
    pub next: u64,
    /// Whether nothing more will come after `next`.
    pub is_final: bool,
    /// Bytes of output there were when it was read.
    pub produced_bytes: u64,
}

/// Which part of a transcript is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageRequest {
    /// What comes after the entry with this number.
    pub(crate) after: u64,
    /// How many entries at most.
    pub(crate) limit: usize,
    /// Whether nothing more will come.
    pub(crate) is_over: bool,
}

/// Why a transcript cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TranscriptError {
    /// The output it is made from.
    #[error(transparent)]
    Output(#[from] ReadError),
    /// The files it is kept in.
    #[error("keeping what an agent did in {}", path.display())]
    Files {
        /// Where.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
struct Line {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at_us: Option<i64>,
    #[serde(flatten)]
    activity: Activity,
}

/// One attempt's transcript.
pub(super) struct Transcript {
    folder: PathBuf,
    adapter: &'static dyn Adapter,
    /// Reads on where it stopped; nothing before the first time, and once all is there.
    feeder: Option<Feeder>,
    /// How many entries are in the files.
    count: u64,
    /// How long the lines are together.
    length: u64,
    is_whole: bool,
}

impl Transcript {
    pub(super) fn new(folder: PathBuf, adapter: &'static dyn Adapter) -> Self {
        Self {
            folder,
            adapter,
            feeder: None,
            count: 0,
            length: 0,
            is_whole: false,
        }
    }

    /// A page, after reading what there is to read.
    pub(super) fn page(&mut self, asked: PageRequest) -> Result<ActivityPage, TranscriptError> {
        if !self.folder.exists() {
            // It is about to start, or its folder is gone with its history.
            return Ok(ActivityPage {
                next: asked.after,
                is_final: asked.is_over,
                ..ActivityPage::default()
            });
        }
        let produced_bytes = Reader::open(&self.folder).produced()?;
        self.advance(asked.is_over)?;
        let page = match self.read(asked) {
            Ok(page) => page,
            // Somebody took the files away, or a crash left half of them: they are made again.
            Err(_) => {
                *self = Self::new(self.folder.clone(), self.adapter);
                self.begin()?;
                self.advance(asked.is_over)?;
                self.read(asked).map_err(|source| self.of_files(source))?
            }
        };
        Ok(ActivityPage {
            produced_bytes,
            is_final: self.is_whole && page.next >= self.count,
            ..page
        })
    }

    fn of_files(&self, source: io::Error) -> TranscriptError {
        TranscriptError::Files {
            path: self.folder.clone(),
            source,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn advance(&mut self, is_over: bool) -> Result<(), TranscriptError> {
        if self.is_whole {
            return Ok(());
        }
        if self.feeder.is_none() {
            if self.find_whole() {
                return Ok(());
            }
            self.begin()?;
        }
        let reader = Reader::open(&self.folder);
        let Some(feeder) = &mut self.feeder else { return Ok(()) };
        let files = Files::open(&self.folder).map_err(|source| TranscriptError::Files {
            path: self.folder.clone(),
            source,
        })?;
        loop {
            let fed = feeder.feed(&reader)?;
            if fed == Fed::All && is_over {
                feeder.finish();
            }
            let done = feeder.take_activity();
            let written = files.add(&done, &mut self.count, &mut self.length);
            written.map_err(|source| TranscriptError::Files {
                path: self.folder.clone(),
                source,
            })?;
            if fed == Fed::All {
                break;
            }
        }
        if is_over {
            files.close().map_err(|source| self.of_files(source))?;
            self.is_whole = true;
            self.feeder = None;
        }
        Ok(())
    }

    /// Whether the files of an earlier time have all of it.
    fn find_whole(&mut self) -> bool {
        let Ok(index) = File::open(self.path(FILES[1])) else {
            return false;
        };
        let mut head = [0; 8];
        let is_whole = index.read_exact_at(&mut head, 0).is_ok() && head == WHOLE;
        let Some(entries) = index
            .metadata()
            .ok()
            .and_then(|data| data.len().checked_sub(HEAD_BYTES))
        else {
            return false;
        };
        if !is_whole || entries % 8 != 0 {
            return false;
        }
        self.count = entries / 8;
        self.is_whole = true;
        true
    }

    fn begin(&mut self) -> Result<(), TranscriptError> {
        self.feeder = Some(Feeder::new(self.adapter));
        (self.count, self.length, self.is_whole) = (0, 0, false);
        Files::create(&self.folder).map_err(|source| self.of_files(source))
    }

    fn read(&self, asked: PageRequest) -> io::Result<ActivityPage> {
        let first = asked.after.min(self.count);
        let last = first.saturating_add(asked.limit as u64).min(self.count);
        if first == last {
            return Ok(ActivityPage {
                next: first,
                ..ActivityPage::default()
            });
        }
        let index = File::open(self.path(FILES[1]))?;
        let mut ends = vec![0; usize::try_from((last - first) * 8).unwrap_or(0)];
        index.read_exact_at(&mut ends, HEAD_BYTES + first * 8)?;
        let ends: Vec<u64> = ends
            .chunks_exact(8)
            .map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap_or_default()))
            .collect();
        let start = match first {
            0 => 0,
            first => {
                let mut before = [0; 8];
                index.read_exact_at(&mut before, first * 8)?;
                u64::from_le_bytes(before)
            }
        };
        let fitting = ends
            .iter()
            .take_while(|end| end.saturating_sub(start) <= PAGE_BYTES)
            .count()
            .max(1);
        let lines = File::open(self.path(FILES[0]))?;
        let mut entries = Vec::with_capacity(fitting);
        let mut from = start;
        for (number, until) in (first + 1..).zip(&ends[..fitting]) {
            let length = until.checked_sub(from).ok_or(io::ErrorKind::InvalidData)?;
            let mut line = vec![0; usize::try_from(length).map_err(|_| io::ErrorKind::InvalidData)?];
            lines.read_exact_at(&mut line, from)?;
            let line: Line = serde_json::from_slice(&line)?;
            entries.push(ActivityEntry {
                number,
                at: line.at_us.and_then(|at_us| Timestamp::from_microsecond(at_us).ok()),
                activity: line.activity,
            });
            from = *until;
        }
        Ok(ActivityPage {
            next: first + entries.len() as u64,
            entries,
            ..ActivityPage::default()
        })
    }
}

/// The two files, to be added to.
struct Files {
    lines: File,
    index: File,
}

impl Files {
    /// Empty ones; what was there is gone.
    fn create(folder: &Path) -> io::Result<()> {
        for (name, content) in FILES.iter().zip([&b""[..], &OPEN]) {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true).mode(0o600);
            options.open(folder.join(name))?.write_all(content)?;
        }
        Ok(())
    }

    fn open(folder: &Path) -> io::Result<Self> {
        let open = |name: &str| OpenOptions::new().write(true).open(folder.join(name));
        Ok(Self {
            lines: open(FILES[0])?,
            index: open(FILES[1])?,
        })
    }

    fn add(&self, done: &[(Activity, Option<i64>)], count: &mut u64, length: &mut u64) -> io::Result<()> {
        let (mut lines, mut ends) = (Vec::new(), Vec::new());
        for (activity, at_us) in done {
            let line = Line {
                at_us: *at_us,
                activity: activity.clone(),
            };
            serde_json::to_writer(&mut lines, &line)?;
            lines.push(b'\n');
            ends.extend((*length + lines.len() as u64).to_le_bytes());
        }
        self.lines.write_all_at(&lines, *length)?;
        self.index.write_all_at(&ends, HEAD_BYTES + *count * 8)?;
        *count += done.len() as u64;
        *length += lines.len() as u64;
        Ok(())
    }

    /// Notes that all is there, once it is.
    fn close(self) -> io::Result<()> {
        self.lines.sync_data()?;
        self.index.sync_data()?;
        self.index.write_all_at(&WHOLE, 0)
    }
}
