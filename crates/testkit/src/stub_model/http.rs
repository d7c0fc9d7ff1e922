//! The server's side of HTTP/1.1, as little of it as the agents need: one request, one answer, one connection.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// The longest silence of a client that still counts as alive.
const SILENCE: Duration = Duration::from_secs(60);
/// The largest body that is read, in bytes.
const LARGEST_BODY: u64 = 256 * 1024 * 1024;

/// A request.
#[derive(Debug)]
pub(crate) struct ModelRequest {
    pub(crate) method: String,
    /// Without the query.
    pub(crate) path: String,
    pub(crate) body: Vec<u8>,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct ModelAnswer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl ModelAnswer {
    /// An answer in JSON.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", "application/json".to_owned())],
            body: body.to_string().into_bytes(),
        }
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }
}

/// Reads a request.
///
/// # Errors
/// If the client goes away, or speaks something else.
pub(crate) fn read(stream: &TcpStream) -> io::Result<ModelRequest> {
    stream.set_read_timeout(Some(SILENCE))?;
    stream.set_write_timeout(Some(SILENCE))?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let mut request = ModelRequest {
        method: method.to_owned(),
        path: target.split('?').next().unwrap_or_default().to_owned(),
        body: Vec::new(),
    };
    let (mut length, mut is_chunked) = (0_u64, false);
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().map_err(|_| io::ErrorKind::InvalidData)?,
            "transfer-encoding" => is_chunked = value.contains("chunked"),
            "expect" => (&*stream).write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?,
            _ => {}
        }
    }
    if is_chunked {
        while crate::http::read_chunk(&mut reader, &mut request.body)? {}
    } else {
        reader.take(length.min(LARGEST_BODY)).read_to_end(&mut request.body)?;
    }
    Ok(request)
}

/// Writes a whole answer.
///
/// # Errors
/// If the client is gone.
pub(crate) fn write(mut stream: &TcpStream, answer: &ModelAnswer) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, phrase(answer.status));
    for (name, value) in &answer.headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("Content-Length: {}\r\nConnection: close\r\n\r\n", answer.body.len());
    stream.write_all(head.as_bytes())?;
    stream.write_all(&answer.body)
}

/// The head of an answer that is streamed as events.
///
/// # Errors
/// If the client is gone.
pub(crate) fn begin_stream(mut stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.write_all(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n\
          Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
    )
}

/// One chunk of a stream; an empty one ends it.
///
/// # Errors
/// If the client is gone.
pub(crate) fn write_chunk(mut stream: &TcpStream, bytes: &[u8]) -> io::Result<()> {
    let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
    chunk.extend_from_slice(bytes);
    chunk.extend_from_slice(b"\r\n");
    stream.write_all(&chunk)
}

fn phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad ModelRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        413 => "Payload Too Large",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        529 => "Overloaded",
        _ => "Stub",
    }
}
