//! A private world for one attempt.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use longhaul_supervisor::output::{Body, Piece, Reader, Stream};
use longhaul_supervisor::{
    Environment, Found, KillMode, Receipt, Spec, Step, StopRequest, Supervised, inspect, launch, stop,
};

pub(crate) const SUPERVISOR: &str = env!("CARGO_BIN_EXE_longhaul-supervise");

/// Waits until `condition` gives something; panics after 20 s.
pub(crate) fn eventually<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = condition() {
            return found;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub(crate) struct World {
    root: tempfile::TempDir,
    pub(crate) spec: Spec,
    pub(crate) environment: Environment,
    pub(crate) pass: Vec<(OsString, OsString)>,
    /// What is started as supervisor.
    pub(crate) supervisor: PathBuf,
}

impl World {
    /// A world whose program is this shell script.
    pub(crate) fn script(script: &str) -> Self {
        Self::program(["/bin/sh", "-c", script])
    }

    pub(crate) fn program<const N: usize>(argv: [&str; N]) -> Self {
        let root = tempfile::Builder::new()
            .prefix("longhaul-test-")
            .tempdir()
            .expect("a folder for the test");
        let marker = format!("LONGHAUL_TOKEN={}", root.path().display());
        let spec = Spec::new(7, 1, 3, marker, root.path().to_owned(), vec![Step::program(argv)]);
        let environment = [("PATH", "/usr/local/bin:/usr/bin:/bin"), ("HOME", "/")]
            .into_iter()
            .collect();
        Self {
            root,
            spec,
            environment,
            pass: Vec::new(),
            supervisor: SUPERVISOR.into(),
        }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Spec)) -> Self {
        change(&mut self.spec);
        self
    }

    pub(crate) fn sweeping(self) -> Self {
        self.with(|spec| spec.kill_mode = KillMode::Sweep)
    }

    /// The supervisor is started by a shell that does something to itself first; `done` ends with what starts it.
    pub(crate) fn started_after(mut self, done: &str) -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        let script = format!("#!/bin/sh\n{done} {SUPERVISOR} \"$@\"\n");
        self.supervisor = self.write("starter", &script);
        fs::set_permissions(&self.supervisor, fs::Permissions::from_mode(0o755)).expect("a file of the test");
        self
    }

    pub(crate) fn failing_at(mut self, point: &str) -> Self {
        self.pass.push(("LONGHAUL_FAILPOINT".into(), point.into()));
        self
    }

    /// The attempt's folder belongs to whom the world belongs to.
    fn belongs_to(&self, attempt: &launch::Sealed) {
        let facts = fs::metadata(self.root.path()).expect("the world's folder");
        let give = |path: &Path| std::os::unix::fs::chown(path, Some(facts.uid()), Some(facts.gid())).expect("ours");
        give(attempt.path());
        for entry in fs::read_dir(attempt.path()).expect("its files").flatten() {
            give(&entry.path());
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.path("attempt")
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).expect("a file of the test");
        path
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.path(name)).ok()
    }

    pub(crate) fn create(&self) -> launch::Sealed {
        launch::create(&self.folder(), &self.spec, &self.environment).expect("an attempt folder")
    }

    pub(crate) fn start(&self) -> Running<'_> {
        let attempt = self.create();
        self.belongs_to(&attempt);
        let supervised = launch::start_with(&attempt, &self.supervisor, &self.pass).expect("a supervisor");
        Running {
            world: self,
            supervised,
        }
    }

    /// Runs the attempt to its receipt.
    pub(crate) fn run(&self) -> Receipt {
        self.start().receipt()
    }

    pub(crate) fn found(&self) -> Found {
        inspect(&self.folder()).expect("a look at the folder")
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader::open(self.folder())
    }

    pub(crate) fn all(&self) -> Vec<Piece> {
        self.reader().read(0, None, u64::MAX).expect("output")
    }

    pub(crate) fn stream(&self, stream: Stream) -> Vec<u8> {
        bytes(&self.reader().read_stream(stream, 0, u64::MAX).expect("output"))
    }

    pub(crate) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.stream(Stream::Stdout)).into_owned()
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stream(Stream::Stderr)).into_owned()
    }

    /// Living processes that carry this attempt's marker.
    pub(crate) fn processes(&self) -> Vec<i32> {
        let carries = |pid: &i32| {
            fs::read(format!("/proc/{pid}/environ")).is_ok_and(|all| {
                all.split(|byte| *byte == 0)
                    .any(|one| one == self.spec.marker.as_bytes())
            })
        };
        let pids = fs::read_dir("/proc").expect("/proc").flatten();
        pids.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(carries)
            .collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let left = self.processes();
        for pid in &left {
            kill(*pid, "KILL");
        }
        if !std::thread::panicking() {
            assert_eq!(left, Vec::<i32>::new(), "processes left behind");
        }
    }
}

pub(crate) struct Running<'a> {
    world: &'a World,
    pub(crate) supervised: Supervised,
}

impl Running<'_> {
    /// Waits until the supervisor has ended, and takes its exit code.
    pub(crate) fn ended(&self) -> i32 {
        eventually("the supervisor's end", || {
            self.supervised.reap().expect("its exit code")
        })
    }

    pub(crate) fn receipt(&self) -> Receipt {
        let code = self.ended();
        match self.world.found() {
            Found::Finished(receipt) => *receipt,
            other => {
                let log = fs::read_to_string(self.world.folder().join("supervisor.log")).unwrap_or_default();
                panic!("no receipt but {other:?}; exit code {code}; log: {log}")
            }
        }
    }

    /// Waits until the program has made a file.
    pub(crate) fn made(&self, name: &str) {
        eventually(name, || self.world.path(name).exists().then_some(()));
    }

    pub(crate) fn stop(&self) -> stop::Poked {
        stop::request(&self.world.folder(), &StopRequest::new("test", None, 1)).expect("a request to stop")
    }

    pub(crate) fn stop_with(&self, change: impl FnOnce(&mut StopRequest)) -> stop::Poked {
        let mut request = StopRequest::new("test", Some("because".to_owned()), 1);
        change(&mut request);
        stop::request(&self.world.folder(), &request).expect("a request to stop")
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            kill(self.supervised.pid(), "KILL");
        }
    }
}

pub(crate) fn kill(pid: i32, signal: &str) {
    #[expect(clippy::disallowed_methods, reason = "a test ends what it started")]
    let _ = Command::new("kill").args(["-s", signal, &pid.to_string()]).status();
}

pub(crate) fn is_alive(pid: i32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit(')').next().unwrap_or_default().starts_with(" Z"))
}

pub(crate) fn bytes(pieces: &[Piece]) -> Vec<u8> {
    pieces
        .iter()
        .flat_map(|piece| match &piece.body {
            Body::Bytes(bytes) => bytes.clone(),
            Body::Gap(_) => Vec::new(),
        })
        .collect()
}
