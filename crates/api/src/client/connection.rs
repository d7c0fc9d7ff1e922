//! Connections to the socket: opened when needed, kept for the next request, read to the end.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST, HeaderMap};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::UnixStream;

use super::error::ClientError;
use crate::problem::Problem;

type Sender = SendRequest<Full<Bytes>>;

/// The bits of a mode that let others make and remove entries.
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// A client of the daemon behind one socket. Requests may run side by side; each takes a connection of its own.
#[derive(Debug)]
pub struct Client {
    socket: PathBuf,
    idle: Mutex<Vec<Sender>>,
}

/// A request before it is sent.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) address: String,
    pub(crate) accept: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Bytes>,
}

/// A complete answer that is not an error.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Method and path, for error messages.
    pub(crate) request: String,
}

impl Ask {
    pub(crate) fn get(address: impl Into<String>) -> Self {
        Self::new(Method::GET, address)
    }

    pub(crate) fn post(address: impl Into<String>) -> Self {
        Self::new(Method::POST, address)
    }

    pub(crate) fn patch(address: impl Into<String>) -> Self {
        Self::new(Method::PATCH, address)
    }

    fn new(method: Method, address: impl Into<String>) -> Self {
        Self {
            method,
            address: address.into(),
            accept: "application/json",
            headers: Vec::new(),
            body: None,
        }
    }

    pub(crate) fn json(mut self, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("wire types have text keys and no failing serializer");
        self.body = Some(Bytes::from(body));
        self
    }

    pub(crate) fn accept(mut self, accept: &'static str) -> Self {
        self.accept = accept;
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: Option<&str>) -> Self {
        self.headers.extend(value.map(|value| (name, value.to_owned())));
        self
    }

    fn name(&self) -> String {
        format!("{} {}", self.method, self.address)
    }

    fn build(&self) -> Result<Request<Full<Bytes>>, ClientError> {
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(&self.address)
            .header(HOST, "localhost")
            .header(ACCEPT, self.accept);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if self.body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        request
            .body(Full::new(self.body.clone().unwrap_or_default()))
            .map_err(|error| ClientError::Protocol {
                request: self.name(),
                reason: error.to_string(),
            })
    }
}

impl Client {
    /// A client of the daemon on this socket. Nothing is opened yet.
    pub fn new(socket: impl Into<PathBuf>) -> Self {
        Self {
            socket: socket.into(),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// The socket it talks to.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Opens a connection and keeps it for the next request: tells whether anybody is there.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`] if nobody listens.
    pub async fn connect(&self) -> Result<(), ClientError> {
        let sender = self.open().await?;
        self.keep(sender);
        Ok(())
    }

    /// Sends and reads the whole answer; an answer with an error status becomes [`ClientError::Problem`].
    pub(crate) async fn ask(&self, ask: Ask) -> Result<Answer, ClientError> {
        let (response, sender) = self.send(&ask).await?;
        let (head, body) = response.into_parts();
        let body = body
            .collect()
            .await
            .map_err(|source| ClientError::Lost { source })?
            .to_bytes();
        self.keep(sender);
        if head.status.is_success() {
            return Ok(Answer {
                status: head.status,
                headers: head.headers,
                body,
                request: ask.name(),
            });
        }
        Err(refusal(&ask, head.status, &body))
    }

    /// Sends and hands back the answer's body unread, with the connection it comes on.
    pub(crate) async fn stream(&self, ask: Ask) -> Result<(Incoming, Sender), ClientError> {
        let (response, sender) = self.send(&ask).await?;
        if response.status().is_success() {
            return Ok((response.into_body(), sender));
        }
        let (head, body) = response.into_parts();
        let body = body
            .collect()
            .await
            .map_err(|source| ClientError::Lost { source })?
            .to_bytes();
        Err(refusal(&ask, head.status, &body))
    }

    async fn send(&self, ask: &Ask) -> Result<(Response<Incoming>, Sender), ClientError> {
        while let Some(mut sender) = self.take_idle() {
            if sender.ready().await.is_err() {
                continue;
            }
            match sender.send_request(ask.build()?).await {
                Ok(response) => return Ok((response, sender)),
                // A kept connection may have been closed meanwhile. What was never sent, or only reads, is asked again.
                Err(error) if error.is_canceled() || ask.method == Method::GET => {}
                Err(source) => return Err(ClientError::Lost { source }),
            }
        }
        let mut sender = self.open().await?;
        let response = sender
            .send_request(ask.build()?)
            .await
            .map_err(|source| ClientError::Lost { source })?;
        Ok((response, sender))
    }

    async fn open(&self) -> Result<Sender, ClientError> {
        let unreachable = |source| ClientError::Unreachable {
            socket: self.socket.clone(),
            source,
        };
        let stream = UnixStream::connect(&self.socket).await.map_err(unreachable)?;
        self.recognise(&stream)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|source| ClientError::Lost { source })?;
        // Its errors reach the request that waits on the sender; the task ends with the sender.
        tokio::spawn(connection);
        Ok(sender)
    }

    /// Makes sure, before a byte is sent, that whoever listens is our own user, in a folder in which nobody else could put
    /// another socket: a submit carries its submitter's whole environment.
    fn recognise(&self, stream: &UnixStream) -> Result<(), ClientError> {
        let own = rustix::process::geteuid().as_raw();
        let foreign = |reason: &str| {
            Err(ClientError::Foreign {
                socket: self.socket.clone(),
                reason: reason.to_owned(),
            })
        };
        match stream.peer_cred() {
            Ok(peer) if peer.uid() == own => {}
            Ok(_) => return foreign("another user listens there"),
            Err(_) => return foreign("the system does not tell who listens there"),
        }
        let folder = self.socket.parent().unwrap_or(Path::new("/"));
        match std::fs::metadata(folder) {
            Ok(facts) if facts.uid() != own => foreign("its folder belongs to somebody else"),
            Ok(facts) if facts.mode() & WRITABLE_BY_OTHERS != 0 => foreign("others may write in its folder"),
            Ok(_) => Ok(()),
            Err(_) => foreign("its folder cannot be looked at"),
        }
    }

    fn take_idle(&self) -> Option<Sender> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, sender: Sender) {
        if !sender.is_closed() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
        }
    }
}

fn refusal(ask: &Ask, status: StatusCode, body: &[u8]) -> ClientError {
    match serde_json::from_slice::<Problem>(body) {
        Ok(problem) => ClientError::Problem(Box::new(problem)),
        Err(_) => ClientError::Protocol {
            request: ask.name(),
            reason: format!("status {status} without a reason"),
        },
    }
}

impl Answer {
    /// The body as the type it must be.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ClientError> {
        serde_json::from_slice(&self.body).map_err(|error| ClientError::Protocol {
            request: self.request.clone(),
            reason: error.to_string(),
        })
    }

    /// A header as the type it must be; nothing if it is not there.
    pub(crate) fn header<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, ClientError> {
        let Some(value) = self.headers.get(name) else {
            return Ok(None);
        };
        let read = value.to_str().ok().and_then(|text| text.parse().ok());
        read.map(Some).ok_or_else(|| ClientError::Protocol {
            request: self.request.clone(),
            reason: format!("header {name} is {value:?}"),
        })
    }
}
