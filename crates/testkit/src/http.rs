//! A tiny blocking HTTP/1.1 client over the Unix socket or TCP: one request, one connection.
//!
//! Written apart from the product's client on purpose: the two must not share a misunderstanding.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

/// Longest silence of the server before a request counts as failed.
const SILENCE: Duration = Duration::from_secs(60);

/// The API of one daemon.
#[derive(Debug, Clone)]
pub struct Api {
    endpoint: Endpoint,
    headers: Vec<(String, String)>,
}

/// Where a daemon listens.
#[derive(Debug, Clone)]
enum Endpoint {
    Socket(PathBuf),
    Tcp(SocketAddr),
}

/// An open connection.
#[derive(Debug)]
pub(crate) enum Connection {
    Socket(UnixStream),
    Tcp(TcpStream),
}

/// A request being put together.
#[derive(Debug, Clone)]
pub struct Request {
    endpoint: Endpoint,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// What the server said.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Headers, names in lower case, in order.
    pub headers: Vec<(String, String)>,
    /// The body, de-chunked.
    pub body: Vec<u8>,
}

impl Api {
    /// The API behind this socket.
    pub fn new(socket: &Path) -> Self {
        Self {
            endpoint: Endpoint::Socket(socket.to_owned()),
            headers: vec![("Host".to_owned(), "localhost".to_owned())],
        }
    }

    /// The API at this address on TCP, as `daemon status` tells it; nothing is presented there yet.
    ///
    /// # Panics
    /// If it is no such address.
    #[track_caller]
    pub fn on_tcp(url: &str) -> Self {
        let host = url.strip_prefix("http://").expect("a plain http address");
        Self {
            endpoint: Endpoint::Tcp(host.parse().expect("an IP address and a port")),
            headers: vec![("Host".to_owned(), host.to_owned())],
        }
    }

    /// The same API, with this header in each request.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A request with any method.
    pub fn request(&self, method: &str, target: &str) -> Request {
        Request {
            endpoint: self.endpoint.clone(),
            method: method.to_owned(),
            target: target.to_owned(),
            headers: self.headers.clone(),
            body: Vec::new(),
        }
    }

    /// GET.
    #[track_caller]
    pub fn get(&self, target: &str) -> Answer {
        self.request("GET", target).send()
    }

    /// POST of JSON; `null` sends an empty body.
    #[track_caller]
    pub fn post(&self, target: &str, body: &Value) -> Answer {
        self.request("POST", target).json(body).send()
    }

    /// PATCH of JSON.
    #[track_caller]
    pub fn patch(&self, target: &str, body: &Value) -> Answer {
        self.request("PATCH", target).json(body).send()
    }
}

impl Request {
    /// Adds a header, or replaces the one of that name.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets a JSON body; `null` means none.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        if body.is_null() {
            return self;
        }
        self.header("Content-Type", "application/json")
            .body(body.to_string().into_bytes())
    }

    /// Sets a body as it is.
    #[must_use]
    pub fn body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    /// Sends it and reads the whole answer.
    ///
    /// # Panics
    /// If there is no answer.
    #[track_caller]
    pub fn send(&self) -> Answer {
        self.try_send()
            .unwrap_or_else(|error| panic!("{} {}: {error}", self.method, self.target))
    }

    /// Sends it and reads the whole answer.
    ///
    /// # Errors
    /// If the daemon is not there, or goes away before the answer is complete.
    pub fn try_send(&self) -> io::Result<Answer> {
        let mut reader = self.open()?;
        let (status, headers) = read_head(&mut reader)?;
        let is_chunked = headers
            .iter()
            .any(|(name, value)| name == "transfer-encoding" && value.contains("chunked"));
        let length = headers
            .iter()
            .find(|(name, _)| name == "content-length")
            .and_then(|(_, v)| v.parse().ok());
        let mut body = Vec::new();
        match length {
            _ if is_chunked => while read_chunk(&mut reader, &mut body)? {},
            Some(length) => {
                reader.take(length).read_to_end(&mut body)?;
                if body.len() as u64 != length {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            None => {
                reader.read_to_end(&mut body)?;
            }
        }
        Ok(Answer { status, headers, body })
    }

    /// Sends it and hands over the connection, the answer unread.
    pub(crate) fn open(&self) -> io::Result<BufReader<Connection>> {
        let mut stream = Connection::open(&self.endpoint)?;
        stream.set_read_timeout(Some(SILENCE))?;
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !self.body.is_empty() || self.method != "GET" {
            head += &format!("Content-Length: {}\r\n", self.body.len());
        }
        head += "Connection: close\r\n\r\n";
        // A server that refuses early may close before it has read all; its answer still counts.
        let sent = stream
            .write_all(head.as_bytes())
            .and_then(|()| stream.write_all(&self.body));
        match sent {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(BufReader::new(stream)),
        }
    }
}

impl Connection {
    fn open(endpoint: &Endpoint) -> io::Result<Self> {
        match endpoint {
            Endpoint::Socket(path) => UnixStream::connect(path).map(Self::Socket),
            Endpoint::Tcp(address) => TcpStream::connect(address).map(Self::Tcp),
        }
    }

    pub(crate) fn set_read_timeout(&self, limit: Option<Duration>) -> io::Result<()> {
        match self {
            Self::Socket(stream) => stream.set_read_timeout(limit),
            Self::Tcp(stream) => stream.set_read_timeout(limit),
        }
    }
}

impl Read for Connection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Socket(stream) => stream.read(buffer),
            Self::Tcp(stream) => stream.read(buffer),
        }
    }
}

impl Write for Connection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Socket(stream) => stream.write(bytes),
            Self::Tcp(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Socket(stream) => stream.flush(),
            Self::Tcp(stream) => stream.flush(),
        }
    }
}

/// Reads the status and the headers of an answer.
pub(crate) fn read_head(reader: &mut impl BufRead) -> io::Result<(u16, Vec<(String, String)>)> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|word| word.parse().ok());
    let status = status.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("no status in {line:?}")))?;
    let mut headers = Vec::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            return Ok((status, headers));
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
}

/// Appends one chunk to `body`; false after the last.
pub(crate) fn read_chunk(reader: &mut impl BufRead, body: &mut Vec<u8>) -> io::Result<bool> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let digits = line.trim().split(';').next().unwrap_or_default();
    let size = u64::from_str_radix(digits, 16).map_err(|_| io::Error::from(io::ErrorKind::UnexpectedEof))?;
    let read = reader.take(size).read_to_end(body)?;
    reader.read_line(&mut line)?;
    if read as u64 == size {
        Ok(size > 0)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

impl Answer {
    /// The value of a header; nothing if it is not there.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("not JSON ({error}): status {}, {}", self.status, self.text()))
    }

    /// Asserts the status and gives the JSON.
    ///
    /// # Panics
    /// If it is another status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// Asserts an error of this status as the contract shapes it, and gives its stable code.
    ///
    /// # Panics
    /// If it is another status, or not problem+json with code and detail.
    #[track_caller]
    pub fn expect_problem(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text());
        let kind = self.header("content-type").unwrap_or_default();
        assert!(
            kind.starts_with("application/problem+json"),
            "content type {kind:?}: {}",
            self.text()
        );
        let problem = self.json();
        assert_eq!(problem["status"], status, "{problem}");
        for field in ["type", "title", "code", "detail"] {
            assert!(
                problem[field].as_str().is_some_and(|text| !text.is_empty()),
                "no {field}: {problem}"
            );
        }
        assert!(problem.get("hint").is_some(), "no hint: {problem}");
        problem["code"].as_str().unwrap_or_default().to_owned()
    }
}
