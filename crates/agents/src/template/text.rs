//! Reads an agent of the user's own that writes its answer as it is, and nothing else.

use crate::activity::{Activity, Kind};
use crate::adapter::Parser;
use crate::reading::{Reading, Stated};
use crate::text::beginning;

/// An answer that is longer is cut off, and told to be.
const LONGEST_ANSWER_BYTES: usize = 16 << 20;

/// Reads one run.
#[derive(Debug, Default)]
pub(super) struct Text {
    reading: Reading,
    /// Bytes of a character that was cut in two.
    torn: Vec<u8>,
    /// How many bytes were read.
    read_bytes: u64,
    /// Whether something of it is missing.
    is_incomplete: bool,
    activity: Vec<Activity>,
}

impl Text {
    fn grow(&mut self, text: &str) {
        let message = self.reading.message.get_or_insert_default();
        let room = LONGEST_ANSWER_BYTES.saturating_sub(message.len());
        if text.len() > room {
            self.is_incomplete = true;
        }
        message.push_str(beginning(text, room));
    }
}

impl Parser for Text {
    fn read(&mut self, offset: u64, bytes: &[u8]) {
        let again = usize::try_from(self.read_bytes.saturating_sub(offset)).unwrap_or(usize::MAX);
        let bytes = bytes.get(again..).unwrap_or(&[]);
        if bytes.is_empty() {
            return;
        }
        if offset > self.read_bytes {
            self.is_incomplete = true;
            self.torn.clear();
            self.read_bytes = offset;
        }
        self.read_bytes += bytes.len() as u64;
        self.reading.phase = Some("answering".to_owned());
        self.torn.extend_from_slice(bytes);
        let torn = std::mem::take(&mut self.torn);
        let mut rest = torn.as_slice();
        while !rest.is_empty() {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.grow(text);
                    rest = &[];
                }
                Err(error) => {
                    let (text, behind) = rest.split_at(error.valid_up_to());
                    self.grow(&String::from_utf8_lossy(text));
                    let Some(bad) = error.error_len() else {
                        // The rest of this character may come yet.
                        self.torn = behind.to_vec();
                        return;
                    };
                    self.grow("\u{FFFD}");
                    rest = &behind[bad..];
                }
            }
        }
    }

    fn read_stderr(&mut self, _bytes: &[u8]) {}

    fn finish(&mut self) {
        if !std::mem::take(&mut self.torn).is_empty() {
            self.grow("\u{FFFD}");
        }
        if let Some(text) = self.reading.message.clone() {
            self.activity.push(Activity {
                offset: 0,
                is_of_helper: false,
                kind: Kind::Message { text },
            });
            self.reading.stated = Some(if self.is_incomplete {
                Stated::Incomplete {
                    detail: "a part of its answer was not kept: it is too long".to_owned(),
                }
            } else {
                Stated::Success
            });
        }
    }

    fn reading(&self) -> &Reading {
        &self.reading
    }

    fn take_activity(&mut self) -> Vec<Activity> {
        std::mem::take(&mut self.activity)
    }
}
