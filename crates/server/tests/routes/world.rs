//! A daemon of its own for each test.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use longhaul_server::{DaemonSettings, EngineConfig, RunError, Stopped, run};
use longhaul_testkit::{Answer, Api};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long anything in a test may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A running daemon in a folder of its own. Dropping it cancels what still runs and stops it.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) api: Api,
    daemon: Option<JoinHandle<Result<Stopped, RunError>>>,
}

impl World {
    /// A fresh folder, and a daemon in it that answers.
    pub(crate) fn new() -> Self {
        let mut world = Self::without_daemon();
        world.start();
        world
    }

    /// A fresh folder, and nothing in it.
    pub(crate) fn without_daemon() -> Self {
        let folder = tempfile::Builder::new().prefix("lh-").tempdir().expect("a folder");
        Self {
            api: Api::new(&socket(folder.path())),
            folder,
            daemon: None,
        }
    }

    /// A connection on which somebody waits for a task; the daemon has heard it.
    pub(crate) fn waiter(&self, id: u64) -> BufReader<UnixStream> {
        let mut stream = UnixStream::connect(socket(self.folder.path())).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
        // Both requests arrive in one piece, so the answer to the first says that the second was heard.
        let head = "HTTP/1.1\r\nHost: localhost\r\n\r\n";
        write!(stream, "GET /healthz {head}GET /api/v1/tasks/{id}/await {head}").expect("a request");
        let mut reader = BufReader::new(stream);
        let mut heard = String::new();
        while !heard.ends_with("ok\n") {
            assert_ne!(reader.read_line(&mut heard).expect("an answer"), 0, "{heard}");
        }
        reader
    }

    /// Starts a daemon in the folder and waits until it is ready.
    pub(crate) fn start(&mut self) {
        let settings = settings(self.folder.path());
        self.daemon = Some(std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build();
            runtime.expect("a runtime").block_on(run(settings))
        }));
        until("the daemon is ready", || {
            self.api
                .request("GET", "/readyz")
                .try_send()
                .is_ok_and(|answer| answer.status == 200)
        });
    }

    /// What the daemon said when it ended.
    pub(crate) fn ended(&mut self) -> Stopped {
        let daemon = self.daemon.take().expect("a daemon runs");
        daemon.join().expect("it does not panic").expect("it ends well")
    }

    /// The folder tasks work in.
    pub(crate) fn cwd(&self) -> String {
        self.folder.path().to_str().expect("a plain path").to_owned()
    }

    /// The path of a file that makes [`World::waiting`] tasks end.
    pub(crate) fn go(&self) -> PathBuf {
        self.folder.path().join("go")
    }

    /// The body of a command.
    pub(crate) fn command(&self, words: &[&str]) -> Value {
        json!({ "kind": "command", "command": words, "cwd": self.cwd() })
    }

    /// The body of a shell script.
    pub(crate) fn script(&self, script: &str) -> Value {
        self.command(&["sh", "-c", script])
    }

    /// The body of a task that runs until the file `go` is there.
    pub(crate) fn until_go(&self) -> Value {
        self.script("while ! test -e go; do sleep 0.02; done")
    }

    /// The body of a task that is held from the start.
    pub(crate) fn held(&self) -> Value {
        let mut body = self.script("exit 0");
        body["hold"] = true.into();
        body
    }

    /// Submits, and gives the id.
    #[track_caller]
    pub(crate) fn submit(&self, body: &Value) -> u64 {
        let answer = self.api.post("/api/v1/tasks", body);
        assert_eq!(answer.status, 201, "{}", text(&answer));
        json_of(&answer)["id"].as_u64().expect("an id")
    }

    /// Submits, waits for the end, and gives the task.
    #[track_caller]
    pub(crate) fn done(&self, body: &Value) -> Value {
        let id = self.submit(body);
        self.end_of(id)
    }

    /// Waits for the end of a task, and gives it.
    #[track_caller]
    pub(crate) fn end_of(&self, id: u64) -> Value {
        let answer = self
            .api
            .get(&format!("/api/v1/tasks/{id}/await?timeout_ms={}", PATIENCE.as_millis()));
        assert_eq!(answer.status, 200, "{}", text(&answer));
        json_of(&answer)
    }

    /// The task as it is.
    #[track_caller]
    pub(crate) fn task(&self, id: u64) -> Value {
        let answer = self.api.get(&format!("/api/v1/tasks/{id}"));
        assert_eq!(answer.status, 200, "{}", text(&answer));
        json_of(&answer)
    }

    /// Waits until the task is in a state.
    #[track_caller]
    pub(crate) fn becomes(&self, id: u64, state: &str) {
        until(&format!("task {id} is {state}"), || self.task(id)["state"] == state);
    }

    /// POSTs an act on a task, with an empty body.
    #[track_caller]
    pub(crate) fn act(&self, id: u64, act: &str) -> Answer {
        self.api.post(&format!("/api/v1/tasks/{id}/{act}"), &Value::Null)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if self.daemon.is_none() {
            return;
        }
        if let Ok(answer) = self
            .api
            .request("GET", "/api/v1/tasks?state=waiting,queued,running&limit=1000")
            .try_send()
        {
            let open: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            for task in open["tasks"].as_array().into_iter().flatten() {
                let _ = self
                    .api
                    .request("POST", &format!("/api/v1/tasks/{}/cancel", task["id"]))
                    .try_send();
                let _ = self
                    .api
                    .request("GET", &format!("/api/v1/tasks/{}/await?timeout_ms=15000", task["id"]))
                    .try_send();
            }
        }
        // A daemon that cannot be told to stop would be waited for in vain; it ends with the test's process.
        let is_told = self.api.request("POST", "/api/v1/daemon/stop").try_send().is_ok();
        if let Some(daemon) = self.daemon.take().filter(|_| is_told) {
            let _ = daemon.join();
        }
    }
}

/// Where the daemon in this folder listens.
pub(crate) fn socket(folder: &Path) -> PathBuf {
    folder.join("run/longhaul.sock")
}

/// The settings of a daemon in this folder.
pub(crate) fn settings(folder: &Path) -> DaemonSettings {
    let program = std::env::current_exe().expect("the test's own path");
    let target = program
        .parent()
        .and_then(Path::parent)
        .expect("tests are built into target/…/deps");
    DaemonSettings {
        state: folder.join("state"),
        socket: socket(folder),
        listen: longhaul_server::Listen::default(),
        version: "0.0.0-test".to_owned(),
        supervisor_program: target.join("examples/supervise"),
        fallback_environment: BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())]),
        engine: EngineConfig::default(),
    }
}

/// Waits until the condition holds.
#[track_caller]
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "it never came to be that {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The answer's body as text.
pub(crate) fn text(answer: &Answer) -> String {
    format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body))
}

/// The answer's body as JSON.
#[track_caller]
pub(crate) fn json_of(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", text(answer)))
}

/// A header of the answer.
pub(crate) fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer
        .headers
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

/// Asserts that the answer is a problem of this status and code, and gives it.
#[track_caller]
pub(crate) fn problem(answer: &Answer, status: u16, code: &str) -> Value {
    assert_eq!(answer.status, status, "{}", text(answer));
    assert_eq!(header(answer, "content-type"), Some("application/problem+json"));
    let problem = json_of(answer);
    assert_eq!(problem["code"], code, "{problem}");
    assert_eq!(problem["status"], status);
    assert!(
        problem["detail"].is_string() && problem["title"].is_string() && problem["type"].is_string(),
        "{problem}"
    );
    problem
}
