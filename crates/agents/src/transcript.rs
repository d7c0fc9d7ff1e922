//! What the readers of all agents share: lines out of bytes, objects out of lines, and what is known so far.
//!
//! An agent's own part is its [`Dialect`]: what one line means.

use serde_json::Value;

use crate::activity::{Activity, Kind};
use crate::adapter::Parser;
use crate::json;
use crate::lines::{FramedLine, LONGEST_LINE_BYTES, Lines};
use crate::reading::Reading;
use crate::text::{UNKNOWN_LINE_BYTES, cut};
use crate::trouble::Trouble;

/// A line of standard error that is longer is not looked into.
const LONGEST_STDERR_LINE_BYTES: usize = 64 << 10;

/// What one agent means with its lines.
pub(crate) trait Dialect: Send {
    /// Takes one line of standard output, an object. Whether it is understood: if not, it is kept as it is.
    fn line(&mut self, line: &Value, told: &mut Told) -> bool;

    /// Takes one line of standard output that is no JSON object. Whether it is understood.
    fn words(&mut self, _line: &str, _told: &mut Told) -> bool {
        false
    }

    /// Takes one line of standard error.
    fn stderr_line(&mut self, _line: &str, _told: &mut Told) {}

    /// The output is over.
    fn finish(&mut self, _told: &mut Told) {}
}

/// What an agent has told so far.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// What is known.
    pub(crate) reading: Reading,
    /// What was not yet taken.
    activity: Vec<Activity>,
    /// Where the current line begins.
    offset: u64,
    /// Whether the current line is about one of the agent's own helpers.
    pub(crate) is_of_helper: bool,
}

impl Told {
    /// The agent said or did this.
    pub(crate) fn did(&mut self, kind: Kind) {
        self.activity.push(Activity {
            offset: self.offset,
            is_of_helper: self.is_of_helper,
            kind,
        });
    }

    /// It works in this session. Told again for the same session, nothing is added to the activity.
    pub(crate) fn session(&mut self, id: &str, model: Option<&str>) {
        let is_new = self.reading.session.as_deref() != Some(id);
        self.reading.session = Some(id.to_owned());
        if let Some(model) = model {
            self.reading.model = Some(model.to_owned());
        }
        if is_new {
            self.did(Kind::Session {
                id: id.to_owned(),
                model: model.map(str::to_owned),
            });
        }
    }

    /// It said this to its user, whole.
    pub(crate) fn message(&mut self, text: &str) {
        if !self.is_of_helper {
            self.reading.message = Some(text.to_owned());
            self.phase("answering");
        }
        self.did(Kind::Message { text: text.to_owned() });
    }

    /// It does this now.
    pub(crate) fn phase(&mut self, phase: &str) {
        if self.reading.phase.as_deref() != Some(phase) {
            self.reading.phase = Some(phase.to_owned());
        }
    }

    /// It told of this trouble: the newest one is what explains a bad end.
    pub(crate) fn trouble(&mut self, trouble: Trouble) {
        self.reading.trouble = Some(trouble);
    }

    fn unknown(&mut self, line: &str) {
        self.reading.unknown_lines += 1;
        self.did(Kind::Unknown {
            line: cut(line, UNKNOWN_LINE_BYTES),
        });
    }
}

/// Reads one run of an agent that writes one JSON object on each line.
#[derive(Debug)]
pub(crate) struct Transcript<D> {
    dialect: D,
    told: Told,
    lines: Lines,
    stderr: Lines,
    stderr_offset: u64,
}

impl<D: Dialect> Transcript<D> {
    /// At the beginning of a run.
    pub(crate) fn new(dialect: D) -> Self {
        Self {
            dialect,
            told: Told::default(),
            lines: Lines::new(LONGEST_LINE_BYTES),
            stderr: Lines::new(LONGEST_STDERR_LINE_BYTES),
            stderr_offset: 0,
        }
    }
}

impl<D: Dialect> Parser for Transcript<D> {
    fn read(&mut self, offset: u64, bytes: &[u8]) {
        let Self {
            dialect, told, lines, ..
        } = self;
        lines.feed(offset, bytes, |found| take(dialect, told, found));
    }

    fn read_stderr(&mut self, bytes: &[u8]) {
        let Self {
            dialect,
            told,
            stderr,
            stderr_offset,
            ..
        } = self;
        stderr.feed(*stderr_offset, bytes, |found| take_stderr(dialect, told, &found));
        *stderr_offset += bytes.len() as u64;
    }

    fn finish(&mut self) {
        let Self {
            dialect,
            told,
            lines,
            stderr,
            ..
        } = self;
        lines.finish(|found| take(dialect, told, found));
        stderr.finish(|found| take_stderr(dialect, told, &found));
        told.is_of_helper = false;
        dialect.finish(told);
    }

    fn reading(&self) -> &Reading {
        &self.told.reading
    }

    fn take_activity(&mut self) -> Vec<Activity> {
        std::mem::take(&mut self.told.activity)
    }
}

fn take(dialect: &mut impl Dialect, told: &mut Told, found: FramedLine<'_>) {
    told.is_of_helper = false;
    match found {
        FramedLine::Line { offset, bytes } => {
            told.offset = offset;
            if let Some(object) = json::object(bytes) {
                if !dialect.line(&object, told) {
                    told.is_of_helper = false;
                    told.unknown(&String::from_utf8_lossy(
                        &bytes[..bytes.len().min(2 * UNKNOWN_LINE_BYTES)],
                    ));
                }
            } else {
                let words = String::from_utf8_lossy(bytes);
                if !words.trim().is_empty() && !dialect.words(&words, told) {
                    told.unknown(&words);
                }
            }
        }
        FramedLine::Broken {
            offset,
            size_bytes,
            head,
        } => {
            told.offset = offset;
            let head = cut(&String::from_utf8_lossy(head), UNKNOWN_LINE_BYTES / 4);
            told.unknown(&format!(
                "{head} [a line of {size_bytes} bytes that was not looked into]"
            ));
        }
        FramedLine::Gap { offset, size_bytes } => {
            told.offset = offset;
            told.did(Kind::Notice {
                text: format!("{size_bytes} bytes of output are not kept here"),
            });
        }
    }
}

fn take_stderr(dialect: &mut impl Dialect, told: &mut Told, found: &FramedLine<'_>) {
    told.is_of_helper = false;
    if let FramedLine::Line { bytes, .. } = found {
        dialect.stderr_line(&String::from_utf8_lossy(bytes), told);
    }
}
