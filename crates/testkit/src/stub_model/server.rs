//! The server: a port on loopback, a thread for each question, and what a test may ask and tell it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::http::{self, ModelAnswer, ModelRequest};
use super::journal::Journal;
use super::perform::perform;
use super::protocols;
use super::seen::Seen;
use crate::wait::wait_for;

/// A model that does as the prompt says. It ends when it is dropped, and every answer it still owes breaks off.
///
/// Over HTTP, for a test in another process: `GET /stub/requests`, `POST /stub/open/GATE`.
#[derive(Debug)]
#[must_use = "a model that is dropped answers no longer"]
pub struct StubModel {
    address: SocketAddr,
    journal: Arc<Journal>,
}

impl StubModel {
    /// Starts one on a free port of loopback.
    ///
    /// # Panics
    /// If there is none.
    pub fn start() -> Self {
        Self::start_on(0).expect("loopback has a free port")
    }

    /// Starts one on this port of loopback; 0 means any.
    ///
    /// # Errors
    /// If the port is taken.
    pub fn start_on(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let journal = Arc::new(Journal::default());
        let of_thread = Arc::clone(&journal);
        thread::spawn(move || listen(&listener, &of_thread));
        Ok(Self { address, journal })
    }

    /// Where it is: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request so far, in order.
    pub fn requests(&self) -> Vec<Seen> {
        self.journal.seen()
    }

    /// The requests that carried a user's prompt, in order: not those that an agent makes for itself.
    pub fn prompts(&self) -> Vec<Seen> {
        self.requests().into_iter().filter(|seen| !seen.is_aside).collect()
    }

    /// Waits until a request has a newest prompt that contains this, and gives the first.
    ///
    /// # Panics
    /// If there is none within `deadline`.
    #[track_caller]
    pub fn asked(&self, part_of_prompt: &str, deadline: Duration) -> Seen {
        let asked = wait_for(deadline, || {
            self.prompts()
                .into_iter()
                .find(|seen| seen.prompt.contains(part_of_prompt))
        });
        asked.unwrap_or_else(|| {
            panic!(
                "the model was not asked about {part_of_prompt:?} within {deadline:?}, but: {:#?}",
                self.requests()
            )
        })
    }

    /// Opens a gate; it stays open.
    pub fn open(&self, gate: &str) {
        self.journal.gates.open(gate);
    }
}

impl Drop for StubModel {
    fn drop(&mut self) {
        self.journal.gates.end();
        // Wakes the listener, which then sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

fn listen(listener: &TcpListener, journal: &Arc<Journal>) {
    for stream in listener.incoming() {
        if journal.gates.is_over() {
            return;
        }
        let Ok(stream) = stream else { continue };
        let journal = Arc::clone(journal);
        thread::spawn(move || {
            if let Ok(request) = http::read(&stream) {
                serve(&journal, &stream, &request);
            }
        });
    }
}

fn serve(journal: &Journal, stream: &TcpStream, request: &ModelRequest) {
    // A client that is gone gets no answer; nobody else is hurt.
    let answer = |answer: &ModelAnswer| {
        let _ = http::write(stream, answer);
    };
    if request.path.starts_with("/stub/") {
        return answer(&control(journal, request));
    }
    let mut protocol = protocols::of_path(&request.path).filter(|_| request.method == "POST");
    let Some(protocol) = protocol.as_deref_mut() else {
        journal.note(Seen::new(&request.method, &request.path, None));
        return answer(&match protocols::fixed(&request.path) {
            Some(body) => ModelAnswer::json(200, &body),
            None => ModelAnswer::json(404, &json!({"error": {"message": "the stub does not know this path"}})),
        });
    };
    match serde_json::from_slice::<Value>(&request.body) {
        Ok(body) => {
            let conversation = protocol.read(&body);
            journal.note(Seen::new(&request.method, &request.path, Some(&conversation)));
            perform(journal, stream, protocol, &conversation);
        }
        Err(error) => answer(&ModelAnswer::json(
            400,
            &json!({"error": {"message": error.to_string()}}),
        )),
    }
}

fn control(journal: &Journal, request: &ModelRequest) -> ModelAnswer {
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/stub/requests") => {
            let seen: Vec<Value> = journal.seen().iter().map(Seen::to_json).collect();
            ModelAnswer::json(200, &Value::Array(seen))
        }
        ("POST", path) if path.starts_with("/stub/open/") => {
            let gate = path.trim_start_matches("/stub/open/");
            journal.gates.open(gate);
            ModelAnswer::json(200, &json!({"open": gate}))
        }
        _ => ModelAnswer::json(
            404,
            &json!({"error": {"message": "GET /stub/requests, POST /stub/open/GATE"}}),
        ),
    }
}
