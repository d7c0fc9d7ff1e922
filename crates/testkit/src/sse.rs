//! A reader of the event stream (`text/event-stream`).

use std::io::{self, BufReader, Read};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::{Api, Connection, read_chunk, read_head};

/// One event of the stream; heartbeats (comments) are not events.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamEvent {
    /// What `Last-Event-ID` resumes after; empty if it had none.
    pub id: String,
    /// The event's name; empty if it had none.
    pub name: String,
    /// The data as JSON, null if it is none.
    pub data: Value,
}

impl StreamEvent {
    /// Its number in the gapless sequence; 0 if it has none.
    pub fn sequence(&self) -> u64 {
        self.data["seq"].as_u64().unwrap_or(0)
    }

    /// The task it is about; 0 if it is about none.
    pub fn task(&self) -> u64 {
        self.data["task"]
            .as_u64()
            .or_else(|| self.data["task"]["id"].as_u64())
            .unwrap_or(0)
    }
}

/// An open event stream.
#[derive(Debug)]
pub struct Events {
    reader: BufReader<Connection>,
    is_chunked: bool,
    pending: Vec<u8>,
    /// All bytes of events and heartbeats read so far.
    pub bytes_read: u64,
}

impl Api {
    /// Opens the event stream, after this id or, with none, from now on.
    ///
    /// # Panics
    /// If the daemon does not answer with an event stream.
    #[track_caller]
    pub fn events(&self, last_event_id: Option<&str>) -> Events {
        let mut request = self
            .request("GET", "/api/v1/events")
            .header("Accept", "text/event-stream");
        if let Some(id) = last_event_id {
            request = request.header("Last-Event-ID", id);
        }
        let mut reader = request.open().unwrap_or_else(|error| panic!("events: {error}"));
        let (status, headers) = read_head(&mut reader).unwrap_or_else(|error| panic!("events: {error}"));
        assert_eq!(status, 200, "events");
        let has = |name: &str, part: &str| {
            headers
                .iter()
                .any(|(known, value)| known == name && value.contains(part))
        };
        assert!(has("content-type", "text/event-stream"), "{headers:?}");
        let is_chunked = has("transfer-encoding", "chunked");
        Events {
            reader,
            is_chunked,
            pending: Vec::new(),
            bytes_read: 0,
        }
    }
}

impl Events {
    /// The next event; nothing at the end of the stream or when none came within `deadline`.
    pub fn next(&mut self, deadline: Duration) -> Option<StreamEvent> {
        let began = Instant::now();
        loop {
            while let Some(block) = self.take_block() {
                if let Some(event) = parse(&block) {
                    return Some(event);
                }
            }
            let left = deadline.checked_sub(began.elapsed()).filter(|left| !left.is_zero())?;
            self.reader.get_ref().set_read_timeout(Some(left)).ok()?;
            if !self.read_more().unwrap_or(false) {
                return None;
            }
        }
    }

    /// Reads on until an event satisfies `wanted`; gives all up to and with that one.
    ///
    /// # Panics
    /// If it does not come within `deadline`.
    #[track_caller]
    pub fn until(&mut self, deadline: Duration, mut wanted: impl FnMut(&StreamEvent) -> bool) -> Vec<StreamEvent> {
        let mut seen = Vec::new();
        while let Some(event) = self.next(deadline) {
            let is_wanted = wanted(&event);
            seen.push(event);
            if is_wanted {
                return seen;
            }
        }
        panic!("the event did not come; those that came: {seen:#?}");
    }

    fn read_more(&mut self) -> io::Result<bool> {
        let before = self.pending.len();
        let is_more = if self.is_chunked {
            read_chunk(&mut self.reader, &mut self.pending)?
        } else {
            let mut buffer = [0; 4096];
            let read = self.reader.read(&mut buffer)?;
            self.pending.extend_from_slice(&buffer[..read]);
            read > 0
        };
        self.bytes_read += (self.pending.len() - before) as u64;
        Ok(is_more)
    }

    fn take_block(&mut self) -> Option<String> {
        let end = self.pending.windows(2).position(|pair| pair == b"\n\n")? + 2;
        let block: Vec<u8> = self.pending.drain(..end).collect();
        Some(String::from_utf8_lossy(&block).into_owned())
    }
}

fn parse(block: &str) -> Option<StreamEvent> {
    let (mut id, mut name, mut data) = (String::new(), String::new(), String::new());
    for line in block.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => id = value.to_owned(),
            "event" => name = value.to_owned(),
            "data" => data += value,
            _ => {}
        }
    }
    if id.is_empty() && name.is_empty() && data.is_empty() {
        return None;
    }
    Some(StreamEvent {
        id,
        name,
        data: serde_json::from_str(&data).unwrap_or(Value::Null),
    })
}
