//! Performs the steps that are due, in the language of the one who asked.

use std::io;
use std::net::TcpStream;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::conversation::Conversation;
use super::http;
use super::journal::Journal;
use super::protocols::{Call, Event, NativeCall, Part, Protocol, unique};
use super::script::{Failure, Piece, Step, Stop};
use super::steering;

/// How long a piece of text in one event may be, in bytes.
const LONGEST_PIECE: usize = 64 * 1024;
/// What the model says when it wants a tool that it may not use.
const NO_TOOL: &str = "No tool for that is offered.";

/// Why an answer is not finished as usual.
enum Broken {
    /// The client is gone, or the server goes.
    Gone,
    /// By the script.
    Dropped,
}

impl From<io::Error> for Broken {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

impl From<super::gates::Over> for Broken {
    fn from(_: super::gates::Over) -> Self {
        Self::Gone
    }
}

/// One answer being given.
struct Performance<'a> {
    journal: &'a Journal,
    stream: &'a TcpStream,
    protocol: &'a mut dyn Protocol,
    conversation: &'a Conversation,
    has_begun: bool,
    may_be_structured: bool,
    parts: Vec<Part>,
}

/// Answers; the connection is to be closed afterwards.
pub(crate) fn perform(journal: &Journal, stream: &TcpStream, protocol: &mut dyn Protocol, conversation: &Conversation) {
    let steps = if conversation.is_aside {
        vec![Step::say(protocol.aside())]
    } else {
        steering::script_of(conversation.prompt())
    };
    let due = steering::due(&steps, conversation.results()).to_vec();
    let calls: usize = steps.iter().map(Step::calls).sum();
    let mut performance = Performance {
        journal,
        stream,
        protocol,
        conversation,
        has_begun: false,
        // What comes after every tool of the script is the answer itself, and what comes after that is not.
        may_be_structured: conversation.results() == calls,
        parts: Vec::new(),
    };
    // A client that left, or is to find the connection broken, gets nothing more.
    let _ = performance.all(&due);
}

impl Performance<'_> {
    fn all(&mut self, steps: &[Step]) -> Result<(), Broken> {
        let mut stop = Stop::Done;
        for (index, step) in steps.iter().enumerate() {
            match step {
                Step::Say(pieces) => self.say(pieces)?,
                Step::SayResult => {
                    let said = format!("Done. Last tool result was: {}", self.conversation.result());
                    self.say(&[Piece::Text(said)])?;
                }
                Step::SayPrompts => {
                    let prompts: Vec<String> = self.conversation.prompts();
                    let said = format!("PROMPTS:\n{}", prompts.join("\n"));
                    self.say(&[Piece::Text(said)])?;
                }
                Step::Think(text) => {
                    self.begin()?;
                    self.parts.push(Part::Think(text.clone()));
                    let events = self.protocol.think(text);
                    self.send(&events)?;
                }
                Step::Run(commands) => {
                    for command in commands {
                        self.call(&Call::Shell(command.clone()))?;
                    }
                }
                Step::Write { path, content } => self.call(&Call::Write(path.clone(), content.clone()))?,
                Step::Plan(plan) => self.call(&Call::Plan(plan.clone()))?,
                Step::Wait(gate) => self.journal.gates.wait(gate)?,
                Step::Pause { ms } => self.journal.gates.pause(Duration::from_millis(*ms))?,
                Step::Fail { failure, times } => {
                    if self.is_due(index, *times) {
                        return self.refuse(failure);
                    }
                }
                Step::Hang => {
                    self.journal.gates.hang();
                    return Err(Broken::Gone);
                }
                Step::Drop => return Err(Broken::Dropped),
                Step::Stop(reason) => stop = *reason,
            }
        }
        self.end(stop)
    }

    fn say(&mut self, pieces: &[Piece]) -> Result<(), Broken> {
        if let [Piece::Text(text)] = pieces
            && self.may_be_structured
            && let Some(name) = self.protocol.structured(self.conversation)
            && let Ok(input @ Value::Object(_)) = serde_json::from_str(text)
        {
            return self.native(name, input);
        }
        self.begin()?;
        let mut whole = String::new();
        let events = self.protocol.text_begins();
        self.send(&events)?;
        for piece in pieces {
            match piece {
                Piece::Wait(gate) => self.journal.gates.wait(gate)?,
                Piece::Pause(ms) => self.journal.gates.pause(Duration::from_millis(*ms))?,
                Piece::Text(text) => {
                    let mut rest = text.as_str();
                    while !rest.is_empty() {
                        let (part, left) = rest.split_at(boundary(rest));
                        let events = self.protocol.text(part);
                        self.send(&events)?;
                        rest = left;
                    }
                    whole += text;
                }
            }
        }
        let events = self.protocol.text_ends(&whole);
        self.parts.push(Part::Text(whole));
        self.send(&events)
    }

    fn call(&mut self, call: &Call) -> Result<(), Broken> {
        match self.protocol.native(self.conversation, call) {
            Some((name, input)) => self.native(name, input),
            None => self.say(&[Piece::Text(NO_TOOL.to_owned())]),
        }
    }

    fn native(&mut self, name: &str, input: Value) -> Result<(), Broken> {
        self.begin()?;
        let call = NativeCall {
            id: unique("call"),
            name: name.to_owned(),
            input,
        };
        let events = self.protocol.call(&call);
        self.parts.push(Part::Call(call));
        self.send(&events)
    }

    /// Whether this failure still happens, counted for each prompt by itself.
    fn is_due(&self, index: usize, times: Option<u64>) -> bool {
        let key = format!("{index} {}", self.conversation.prompt());
        times.is_none_or(|times| self.journal.count(key) <= times)
    }

    fn refuse(&mut self, failure: &Failure) -> Result<(), Broken> {
        if self.has_begun {
            return Err(Broken::Dropped);
        }
        #[expect(clippy::disallowed_methods, reason = "reset times are told by the wall clock")]
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(http::write(self.stream, &self.protocol.refuse(failure, now.as_secs()))?)
    }

    fn begin(&mut self) -> Result<(), Broken> {
        if !self.has_begun {
            self.has_begun = true;
            let events = self.protocol.begin(self.conversation);
            if self.conversation.is_streamed {
                http::begin_stream(self.stream)?;
            }
            self.send(&events)?;
        }
        Ok(())
    }

    fn send(&self, events: &[Event]) -> Result<(), Broken> {
        if !self.conversation.is_streamed {
            return Ok(());
        }
        for (name, data) in events {
            let name = name.map_or(String::new(), |name| format!("event: {name}\n"));
            // Some agents take these two for the end of a line; the true servers escape them as well.
            let data = data
                .to_string()
                .replace('\u{2028}', "\\u2028")
                .replace('\u{2029}', "\\u2029");
            http::write_chunk(self.stream, format!("{name}data: {data}\n\n").as_bytes())?;
        }
        Ok(())
    }

    fn end(&mut self, stop: Stop) -> Result<(), Broken> {
        if !self.conversation.is_streamed {
            let whole = self.protocol.whole(self.conversation, &self.parts, stop);
            return Ok(http::write(self.stream, &http::ModelAnswer::json(200, &whole))?);
        }
        self.begin()?;
        let has_called = self.parts.iter().any(|part| matches!(part, Part::Call(_)));
        let events = self.protocol.end(stop, has_called);
        self.send(&events)?;
        let last = self.protocol.last_line();
        if !last.is_empty() {
            http::write_chunk(self.stream, last.as_bytes())?;
        }
        Ok(http::write_chunk(self.stream, b"")?)
    }
}

/// Where to cut a text that is longer than a piece may be: never within a character.
fn boundary(text: &str) -> usize {
    let longest = LONGEST_PIECE.min(text.len());
    (0..=longest)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or_default()
}
