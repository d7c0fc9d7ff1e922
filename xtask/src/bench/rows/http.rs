//! The smallest HTTP client that keeps its connection: what a fair measurement of the socket needs, and no more.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// One kept connection.
#[derive(Debug)]
pub(crate) struct Client(BufReader<UnixStream>);

impl Client {
    pub(crate) fn connect(socket: &Path) -> Result<Self> {
        let stream = UnixStream::connect(socket).with_context(|| format!("connecting to {}", socket.display()))?;
        // A daemon that never answers must not hang the benchmark.
        stream.set_read_timeout(Some(Duration::from_secs(120)))?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a request and reads its answer: status and body.
    pub(crate) fn request(&mut self, method: &str, path: &str, body: &str) -> Result<(u16, Vec<u8>)> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.0
            .get_mut()
            .write_all(request.as_bytes())
            .context("sending a request")?;
        let status_line = self.line()?;
        let status = status_line.split(' ').nth(1).and_then(|word| word.parse().ok());
        let Some(status) = status else {
            bail!("the answer begins with {status_line:?}")
        };
        let (mut length, mut is_chunked) = (0, false);
        loop {
            let line = self.line()?.to_ascii_lowercase();
            match line.split_once(": ") {
                None if line.is_empty() => break,
                Some(("content-length", value)) => length = value.parse().context("reading the answer's length")?,
                Some(("transfer-encoding", value)) => is_chunked = value == "chunked",
                _ => {}
            }
        }
        let mut body = Vec::new();
        if is_chunked {
            loop {
                let size = usize::from_str_radix(&self.line()?, 16).context("reading a chunk's size")?;
                let start = body.len();
                body.resize(start + size, 0);
                self.0.read_exact(&mut body[start..])?;
                self.line()?;
                if size == 0 {
                    break;
                }
            }
        } else {
            body.resize(length, 0);
            self.0.read_exact(&mut body)?;
        }
        Ok((status, body))
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        ensure!(
            self.0.read_line(&mut line).context("reading an answer")? > 0,
            "the connection was closed"
        );
        line.truncate(line.trim_end().len());
        Ok(line)
    }

    /// The same, with its body as JSON; a status of 400 or more is an error.
    pub(crate) fn json(&mut self, method: &str, path: &str, body: &str) -> Result<Value> {
        let (status, body) = self.request(method, path, body)?;
        ensure!(
            status < 400,
            "{method} {path}: {status} {}",
            String::from_utf8_lossy(&body).trim()
        );
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&body).with_context(|| format!("reading the JSON of {method} {path}"))
    }

    /// Submits a spec; the new task's id.
    pub(crate) fn submit(&mut self, spec: &Value) -> Result<u64> {
        let task = self.json("POST", "/api/v1/tasks", &spec.to_string())?;
        task.get("id")
            .and_then(Value::as_u64)
            .context("a submitted task has no id")
    }

    /// Waits until the task has ended; its JSON.
    pub(crate) fn wait_for(&mut self, id: u64) -> Result<Value> {
        loop {
            let task = self.json("GET", &format!("/api/v1/tasks/{id}/await?timeout_ms=60000"), "")?;
            if task.get("ended_at").is_some_and(|time| !time.is_null()) {
                return Ok(task);
            }
        }
    }

    /// Changes the default queue.
    pub(crate) fn set_queue(&mut self, change: &Value) -> Result<()> {
        self.json("PATCH", "/api/v1/queues/default", &change.to_string())
            .map(drop)
    }

    /// How many tasks are in the state, counted page by page.
    pub(crate) fn count(&mut self, state: &str) -> Result<usize> {
        let (mut count, mut cursor) = (0, String::new());
        loop {
            let page = self.json("GET", &format!("/api/v1/tasks?state={state}&limit=200{cursor}"), "")?;
            count += page.get("tasks").and_then(Value::as_array).map_or(0, Vec::len);
            cursor = match page.get("next") {
                Some(Value::String(next)) => format!("&cursor={next}"),
                Some(Value::Number(next)) => format!("&cursor={next}"),
                _ => return Ok(count),
            };
        }
    }
}
