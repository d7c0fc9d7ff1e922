//! Where the attacks take place: a world whose owner is root, or an ordinary user without control groups of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use longhaul_testkit::{Invocation, PATIENCE, World, intruder, processes, wait_until};
use serde_json::Value;

/// Ordinary users of the tests are numbered from here on: each test has one of its own, since what one's readers may not
/// do depends on what else runs as that user.
const FIRST_USER: u32 = 1_000_000;

/// A world whose owner is root or somebody ordinary.
pub(crate) struct Ground {
    pub(crate) world: World,
    pub(crate) owner: Option<u32>,
}

/// The test's own user, and where that is root an ordinary one.
pub(crate) fn grounds() -> Vec<Ground> {
    let mut grounds = vec![Ground::of(None)];
    if rustix::process::geteuid().is_root() {
        grounds.push(Ground::of(Some(FIRST_USER + std::process::id())));
    } else {
        eprintln!("SKIPPED: another user's daemon, which only root can arrange");
    }
    grounds
}

impl Ground {
    pub(crate) fn of(owner: Option<u32>) -> Self {
        let world = World::new();
        for (program, name) in [(world.binary().to_owned(), "longhaul"), (intruder(), "intruder")] {
            let copy = world.root().join(name);
            fs::copy(program, &copy).expect("the world is ours");
            fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).expect("ours");
        }
        // What is outside of every task's own folders.
        fs::create_dir(world.root().join("outside")).expect("the world is ours");
        let ground = Self { world, owner };
        ground.give(ground.world.root());
        ground
    }

    /// Whether all is done as root.
    pub(crate) fn is_roots(&self) -> bool {
        self.owner.is_none() && rustix::process::geteuid().is_root()
    }

    pub(crate) fn give(&self, path: &Path) {
        let Some(owner) = self.owner else { return };
        std::os::unix::fs::lchown(path, Some(owner), Some(owner)).expect("we are root");
        if path.is_dir() && !path.is_symlink() {
            for entry in fs::read_dir(path).expect("it can be read").flatten() {
                self.give(&entry.path());
            }
        }
    }

    pub(crate) fn configure(&self, text: &str) {
        let path = self.world.home().join("config.toml");
        fs::create_dir_all(self.world.home()).expect("the world is ours");
        fs::write(&path, text).expect("the world is ours");
        self.give(&self.world.home());
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.world.root().join(name).display().to_string()
    }

    /// Any program of the world, as its owner.
    pub(crate) fn program(&self, name: &str) -> Invocation {
        let words = self.words(name);
        self.world.program(&words[0]).args(&words[1..])
    }

    /// The words by which a program of the world is called as its owner.
    pub(crate) fn words(&self, name: &str) -> Vec<String> {
        let program = self.path(name);
        match self.owner {
            None => vec![program],
            Some(owner) => vec![
                "/usr/bin/setpriv".to_owned(),
                format!("--reuid={owner}"),
                format!("--regid={owner}"),
                "--clear-groups".to_owned(),
                "--".to_owned(),
                program,
            ],
        }
    }

    pub(crate) fn longhaul(&self, words: &[&str]) -> Invocation {
        self.program("longhaul").args(words)
    }

    pub(crate) fn submit(&self, options: &[&str], script: &str) -> u64 {
        let words = [&["run", "-d"], options, &["--", "sh", "-c", script]].concat();
        self.longhaul(&words).run().id()
    }

    pub(crate) fn task(&self, id: u64) -> Value {
        self.longhaul(&["status", &id.to_string(), "--json"]).run().ok().json()
    }

    pub(crate) fn tasks(&self) -> Vec<Value> {
        let list = self.longhaul(&["list", "--all", "--json"]).run().ok().json();
        list["tasks"].as_array().cloned().unwrap_or_default()
    }

    pub(crate) fn finish(&self, id: u64) -> Value {
        self.longhaul(&["await", &id.to_string()]).run();
        self.task(id)
    }

    pub(crate) fn output(&self, id: u64) -> String {
        self.longhaul(&["logs", &id.to_string()]).run().text()
    }

    pub(crate) fn is_running(&self, id: u64) -> bool {
        self.task(id)["state"] == "running"
    }

    /// A command that would write outside, and where.
    pub(crate) fn outside(&self) -> (String, PathBuf) {
        let file = self.world.root().join("outside/file");
        (format!("touch {}", file.display()), file)
    }

    /// The two looks, once nobody is left who tries.
    pub(crate) fn holds(&self, tasks: usize) {
        wait_until("nobody tries any more", PATIENCE, || {
            let tries = |one: &processes::Process| {
                one.arguments
                    .iter()
                    .any(|text| text.contains("-ask") || text.contains("ask-"))
            };
            !processes::within(self.world.root()).iter().any(tries)
        });
        let (_, file) = self.outside();
        assert!(!file.exists(), "something was written outside: {:#?}", self.tasks());
        assert_eq!(self.tasks().len(), tasks, "{:#?}", self.tasks());
        self.longhaul(&["ack", "--all"]).run();
    }

    /// Where the daemon listens on TCP, and its token.
    pub(crate) fn tcp(&self) -> (String, String) {
        self.longhaul(&["list"]).run().ok();
        let status = self.longhaul(&["daemon", "status", "--json"]).run().ok().json();
        let http = status["http"].as_str().expect("it listens on TCP").to_owned();
        let token = self.longhaul(&["token", "show"]).run().ok().text().trim().to_owned();
        (http.trim_start_matches("http://").to_owned(), token)
    }

    /// A task that waits at a gate until the test opens it.
    pub(crate) fn waiting(&self, options: &[&str]) -> u64 {
        let gate = self.path("outside/gate");
        let id = self.submit(options, &format!("until test -e {gate}; do sleep 0.05; done"));
        wait_until("it runs", PATIENCE, || self.is_running(id));
        id
    }

    pub(crate) fn open_gate(&self) {
        fs::write(self.path("outside/gate"), "").expect("the world is ours");
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if let Some(owner) = self.owner {
            let _ = fs::remove_dir_all(format!("/tmp/longhaul-{owner}"));
        }
    }
}
