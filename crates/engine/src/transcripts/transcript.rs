//! What one attempt of an agent did, numbered from 1: the one who reads its output and has it parsed, while it runs and
//! after.
//!
//! What it did is kept in two files beside the output (`files`), but not before somebody asks: then it is read once from
//! the start, and the files grow with the output from there on. They are made anew whenever they cannot be used: the output
//! is the truth. Once their head says that all of it is there, nobody reads the output again.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use jiff::Timestamp;
use longhaul_agents::{Adapter, Reading};
use longhaul_supervisor::output::Reader;

use super::feeder::{Fed, Feeder};
use super::files::{FILES, Files, HEAD_BYTES, Line, WHOLE};
use super::page::{ActivityEntry, ActivityPage, PageRequest, TranscriptError};
use crate::executors::Heard;

/// How much one page carries, in bytes, unless a single entry is longer.
const PAGE_BYTES: u64 = 4 << 20;

/// One attempt's transcript.
pub(crate) struct Transcript {
    folder: PathBuf,
    adapter: &'static dyn Adapter,
    /// Reads on where it stopped; nothing before the first time, and once all was read.
    feeder: Option<Feeder>,
    /// Whether what it reads is kept in files, as far as it has read.
    is_kept: bool,
    /// How many entries are in the files.
    count: u64,
    /// How long the lines are together.
    length: u64,
    /// Whether the files have all of it.
    is_whole: bool,
}

/// What is known of an agent that runs.
pub(crate) struct Glimpse {
    /// What its parser made of it so far.
    pub(crate) reading: Reading,
    /// The newest line that tells what it did; nothing if none does yet.
    pub(crate) last_line: Option<String>,
    /// Bytes of output produced.
    pub(crate) output_bytes: u64,
}

impl Transcript {
    pub(super) fn new(folder: PathBuf, adapter: &'static dyn Adapter) -> Self {
        Self {
            folder,
            adapter,
            feeder: None,
            is_kept: false,
            count: 0,
            length: 0,
            is_whole: false,
        }
    }

    /// Reads on, at most so many pieces, while the agent runs; nothing if it was read to its end already. Blocks.
    ///
    /// What cannot be read now is read at the end, where it is told of.
    pub(crate) fn glimpse(&mut self, most_pieces: usize) -> Option<Glimpse> {
        if self.is_whole {
            return None;
        }
        let output = Reader::open(&self.folder);
        for _ in 0..most_pieces {
            if !matches!(self.read_on(&output, false), Ok(Fed::Some)) {
                break;
            }
        }
        let feeder = self.feeder.as_ref()?;
        Some(Glimpse {
            reading: feeder.reading().clone(),
            last_line: feeder.last_line().cloned(),
            output_bytes: output.produced().unwrap_or(0),
        })
    }

    /// Reads what is left of an output that is over, and says what came of all of it. Blocks.
    pub(crate) fn conclude(&mut self) -> (Heard, Result<(), TranscriptError>) {
        let output = Reader::open(&self.folder);
        if self.is_whole {
            // Somebody asked for all of it in the very moment of its end, and had it read.
            (self.feeder, self.is_kept) = (None, false);
        }
        let read = loop {
            match self.read_on(&output, true) {
                Ok(Fed::Some) => {}
                Ok(Fed::All) => break Ok(()),
                Err(error) => {
                    if let Some(feeder) = &mut self.feeder {
                        feeder.finish();
                    }
                    break Err(error);
                }
            }
        };
        if read.is_ok() && self.is_kept {
            // What cannot be noted is derived again from the output.
            self.is_whole = self.close().is_ok();
        }
        self.is_kept = false;
        let heard = self.feeder.take().map(Feeder::heard).unwrap_or_default();
        (heard, read)
    }

    /// A page, after reading what there is to read. Blocks.
    pub(crate) fn page(&mut self, asked: PageRequest) -> Result<ActivityPage, TranscriptError> {
        if !self.folder.exists() {
            // It is about to start, or its folder is gone with its history.
            return Ok(ActivityPage {
                next: asked.after,
                is_final: asked.is_over,
                ..ActivityPage::default()
            });
        }
        let produced_bytes = Reader::open(&self.folder).produced()?;
        self.keep_all(asked.is_over)?;
        let page = match self.read(asked) {
            Ok(page) => page,
            // Somebody took the files away, or a crash left half of them: they are made again.
            Err(_) => {
                self.begin()?;
                self.keep_all(asked.is_over)?;
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

    /// Feeds the parser a piece, and keeps what was done if that is kept. With `is_over` the last of it is finished.
    fn read_on(&mut self, output: &Reader, is_over: bool) -> Result<Fed, TranscriptError> {
        let feeder = self.feeder.get_or_insert_with(|| Feeder::new(self.adapter));
        let fed = feeder.feed(output)?;
        if fed == Fed::All && is_over {
            feeder.finish();
        }
        let done = feeder.take_activity();
        if self.is_kept && !done.is_empty() {
            let kept = Files::open(&self.folder).and_then(|files| files.add(&done, &mut self.count, &mut self.length));
            if let Err(source) = kept {
                // The next who asks has them made anew.
                self.is_kept = false;
                return Err(self.of_files(source));
            }
        }
        Ok(fed)
    }

    /// Has all that there is in the files.
    fn keep_all(&mut self, is_over: bool) -> Result<(), TranscriptError> {
        if self.is_whole {
            return Ok(());
        }
        if !self.is_kept || self.feeder.is_none() {
            if self.find_whole() {
                return Ok(());
            }
            self.begin()?;
        }
        let output = Reader::open(&self.folder);
        while self.read_on(&output, is_over)? == Fed::Some {}
        if is_over {
            self.close().map_err(|source| self.of_files(source))?;
            self.is_whole = true;
            self.feeder = None;
        }
        Ok(())
    }

    fn close(&self) -> io::Result<()> {
        Files::open(&self.folder)?.close()
    }

    /// Whether the files of an earlier time have all of it.
    fn find_whole(&mut self) -> bool {
        let Ok(index) = File::open(self.folder.join(FILES[1])) else {
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

    /// Begins again at the start of the output, with empty files.
    fn begin(&mut self) -> Result<(), TranscriptError> {
        self.feeder = Some(Feeder::new(self.adapter));
        (self.count, self.length, self.is_whole, self.is_kept) = (0, 0, false, false);
        Files::create(&self.folder).map_err(|source| self.of_files(source))?;
        self.is_kept = true;
        Ok(())
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
        let index = File::open(self.folder.join(FILES[1]))?;
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
        let lines = File::open(self.folder.join(FILES[0]))?;
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
