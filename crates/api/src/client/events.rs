//! The event stream: every change, from where the last reading ended.

use std::collections::VecDeque;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::SendRequest;

use super::connection::{Ask, Client};
use super::error::ClientError;
use crate::overview::EventMessage;

/// One message of the stream.
#[derive(Debug, Clone, PartialEq)]
pub enum StreamedEvent {
    /// A task changed.
    Changed {
        /// Where to go on from later.
        id: String,
        /// What happened.
        message: Box<EventMessage>,
    },
    /// Some of what was asked for is gone: read everything anew, and go on from here.
    Reset {
        /// Where to go on from later; nothing if the daemon does not say.
        id: Option<String>,
    },
}

/// An open event stream.
#[derive(Debug)]
pub struct EventStream {
    body: Incoming,
    parser: Parser,
    ready: VecDeque<Message>,
    /// The connection lives as long as its sender.
    _sender: SendRequest<Full<Bytes>>,
}

impl Client {
    /// Every change after the one with this id; without an id every change from now on.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn events(&self, last_event_id: Option<&str>) -> Result<EventStream, ClientError> {
        let ask = Ask::get("/api/v1/events")
            .accept("text/event-stream")
            .header("last-event-id", last_event_id);
        let (body, sender) = self.stream(ask).await?;
        Ok(EventStream {
            body,
            parser: Parser::default(),
            ready: VecDeque::new(),
            _sender: sender,
        })
    }
}

impl EventStream {
    /// The next message; nothing when the daemon ended the stream.
    ///
    /// # Errors
    /// [`ClientError::Lost`] if the connection broke, [`ClientError::Protocol`] if a message cannot be read.
    pub async fn next(&mut self) -> Result<Option<StreamedEvent>, ClientError> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return understood(message).map(Some);
            }
            let Some(frame) = self.body.frame().await else {
                return Ok(None);
            };
            let frame = frame.map_err(|source| ClientError::Lost { source })?;
            if let Some(bytes) = frame.data_ref() {
                self.parser.feed(bytes, &mut self.ready);
            }
        }
    }
}

fn understood(message: Message) -> Result<StreamedEvent, ClientError> {
    if message.event == "reset" {
        return Ok(StreamedEvent::Reset { id: message.id });
    }
    let body = serde_json::from_str(&message.data).map_err(|error| ClientError::Protocol {
        request: "GET /api/v1/events".to_owned(),
        reason: error.to_string(),
    })?;
    Ok(StreamedEvent::Changed {
        id: message.id.unwrap_or_default(),
        message: Box::new(body),
    })
}

#[derive(Debug, Default, PartialEq)]
struct Message {
    id: Option<String>,
    event: String,
    data: String,
}

/// Reads `text/event-stream`, fed in pieces of any size.
#[derive(Debug, Default)]
struct Parser {
    line: Vec<u8>,
    message: Message,
    has_data: bool,
}

impl Parser {
    fn feed(&mut self, bytes: &[u8], ready: &mut VecDeque<Message>) {
        for &byte in bytes {
            if byte != b'\n' {
                self.line.push(byte);
                continue;
            }
            let line = std::mem::take(&mut self.line);
            let line = String::from_utf8_lossy(&line);
            self.take_line(line.trim_end_matches('\r'), ready);
        }
    }

    fn take_line(&mut self, line: &str, ready: &mut VecDeque<Message>) {
        if line.is_empty() {
            let message = std::mem::take(&mut self.message);
            if std::mem::take(&mut self.has_data) || message.event == "reset" {
                ready.push_back(message);
            }
            return;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => self.message.id = Some(value.to_owned()),
            "event" => value.clone_into(&mut self.message.event),
            "data" => {
                if self.has_data {
                    self.message.data.push('\n');
                }
                self.has_data = true;
                self.message.data.push_str(value);
            }
            // A line that begins with a colon is a heartbeat.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_cut_anywhere_gives_the_same_messages() {
        let text = b": heartbeat\n\nid: u:7\nevent: queued\ndata: {\"a\":\ndata: 1}\n\nevent: reset\n\n";
        let message = |id: Option<&str>, event: &str, data: &str| Message {
            id: id.map(Into::into),
            event: event.into(),
            data: data.into(),
        };
        for cut in 0..text.len() {
            let (mut parser, mut ready) = (Parser::default(), VecDeque::new());
            parser.feed(&text[..cut], &mut ready);
            parser.feed(&text[cut..], &mut ready);
            assert_eq!(
                ready,
                [
                    message(Some("u:7"), "queued", "{\"a\":\n1}"),
                    message(None, "reset", "")
                ],
                "{cut}"
            );
        }
    }
}
