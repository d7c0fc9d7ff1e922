//! The two descriptors we write to, and what they can show.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use super::colour;
use super::plain::{plain, plain_lines};
use crate::failure::Failure;

/// Standard output for data, standard error for talk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    colour_data: bool,
    colour_talk: bool,
    /// Whether a person watches standard output.
    is_data_watched: bool,
    /// Whether a person watches standard error.
    pub(crate) is_watched: bool,
    /// Columns of the terminal behind standard output; nothing if there is none.
    pub(crate) width: Option<usize>,
}

impl Screen {
    /// Looks at the descriptors.
    pub(crate) fn new(no_color: bool) -> Self {
        let (stdout, stderr) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let width = stdout
            .then(|| rustix::termios::tcgetwinsize(io::stdout()).ok())
            .flatten();
        Self {
            colour_data: stdout && !no_color,
            colour_talk: stderr && !no_color,
            is_data_watched: stdout,
            is_watched: stderr,
            width: width
                .map(|size| usize::from(size.ws_col))
                .filter(|columns| *columns >= 40),
        }
    }

    /// Writes bytes to standard output as they are.
    pub(crate) fn bytes(self, bytes: &[u8]) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        stdout
            .write_all(bytes)
            .and_then(|()| stdout.flush())
            .map_err(|error| unwritten(&error))
    }

    /// Writes what somebody else wrote: as it is for a program that reads it, without what could steer a terminal for a person.
    pub(crate) fn foreign(self, text: &str) -> Result<(), Failure> {
        if self.is_data_watched {
            self.bytes(plain_lines(text).as_bytes())
        } else {
            self.bytes(text.as_bytes())
        }
    }

    /// Writes bytes to standard error as they are; a reader that went away is no reason to stop.
    pub(crate) fn error_bytes(self, bytes: &[u8]) {
        drop(io::stderr().lock().write_all(bytes));
    }

    /// Writes a line of data.
    pub(crate) fn line(self, text: impl Display) -> Result<(), Failure> {
        self.bytes(format!("{text}\n").as_bytes())
    }

    /// Writes a value as one line of JSON.
    pub(crate) fn json(self, value: &impl Serialize) -> Result<(), Failure> {
        let mut line = serde_json::to_vec(value).expect("what we print has text keys and no failing serializer");
        line.push(b'\n');
        self.bytes(&line)
    }

    /// Says something to whoever watches, in one line. Whatever it quotes steers no terminal.
    pub(crate) fn talk(self, text: impl Display) {
        self.say("", "", text);
    }

    fn say(self, colour: &str, mark: &str, text: impl Display) {
        let text = plain(&text.to_string());
        let mark = match (mark, self.colour_talk) {
            ("", _) => String::new(),
            (mark, true) => format!("{colour}{mark}{} ", colour::END),
            (mark, false) => format!("{mark} "),
        };
        self.error_bytes(format!("{mark}{text}\n").as_bytes());
    }

    /// Takes away a moving line that stands where something is to be said; nothing if nobody watches.
    pub(crate) fn clear_line(self) {
        if self.is_watched {
            self.error_bytes(b"\r\x1b[2K");
        }
    }

    /// Says what to do next.
    pub(crate) fn hint(self, text: impl Display) {
        self.say(colour::DIM, "hint:", text);
    }

    /// Says why a command failed.
    pub(crate) fn failure(self, failure: &Failure) {
        if let Some(message) = &failure.message {
            self.say(colour::RED, "error:", message);
        }
        if let Some(hint) = &failure.hint {
            self.hint(hint);
        }
    }

    /// A state's word, coloured if data may be.
    pub(crate) fn state(self, word: &str) -> String {
        match colour::of_state(word).filter(|_| self.colour_data) {
            Some(start) => format!("{start}{word}{}", colour::END),
            None => word.to_owned(),
        }
    }

    /// What is less important, dim if data may be coloured.
    pub(crate) fn dim(self, text: &str) -> String {
        if self.colour_data {
            format!("{}{text}{}", colour::DIM, colour::END)
        } else {
            text.to_owned()
        }
    }

    /// A heading, bold if data may be.
    pub(crate) fn heading(self, text: &str) -> String {
        if self.colour_data {
            format!("{}{text}{}", colour::BOLD, colour::END)
        } else {
            text.to_owned()
        }
    }
}

/// A reader that has seen enough (`| head`) is not an error; a full disk is.
fn unwritten(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Failure::nobody_reads();
    }
    Failure::unwritten(error)
}
