//! A repository, a state folder, and what a daemon would do with them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use longhaul_model::LandManner;
use longhaul_worktrees::{
    Direct, Git, LandOrder, Place, Places, Preparing, Program, Record, Report, Runner, TreeError, TreeStatus, prepare,
};

pub(crate) struct World {
    _folder: tempfile::TempDir,
    pub(crate) root: PathBuf,
}

impl World {
    /// A repository with a few files on the branch `main`.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().canonicalize().expect("it exists");
        let world = Self { _folder: folder, root };
        fs::create_dir(world.repository()).expect("it is ours");
        world.git(&["init", "-q", "-b", "main"]);
        for (name, value) in [("user.name", "Ada"), ("user.email", "ada@example.org")] {
            world.git(&["config", name, value]);
        }
        world.write("kept", "kept\n");
        world.write("changed", "one\ntwo\nthree\n");
        world.write("gone", "gone\n");
        world.write("folder/inner", "inner\n");
        world.write("becomes-folder", "a file\n");
        world.write("own", "own\n");
        world.write(".gitignore", "ignored*\n");
        world.commit("first");
        world
    }

    pub(crate) fn repository(&self) -> PathBuf {
        self.root.join("repository")
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.root.join("state")
    }

    pub(crate) fn places(&self) -> Places {
        Places::of(self.state())
    }

    pub(crate) fn worktree(&self) -> PathBuf {
        self.places().worktree(1)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        write(&self.repository().join(name), text);
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }

    pub(crate) fn git(&self, words: &[&str]) -> String {
        git(&self.repository(), words)
    }

    /// The record that the daemon writes before anything is made.
    pub(crate) fn record(&self) -> Record {
        let record = Record {
            version: Record::VERSION,
            tree: 1,
            task: 1,
            slug: "work".to_owned(),
            workspace: self.repository(),
            standing: TreeStatus::Preparing,
            place: Some(Place {
                path: self.worktree(),
                branch: "longhaul/1-work".to_owned(),
                target: Some("main".to_owned()),
            }),
            base: self.git(&["rev-parse", "HEAD"]),
            is_left: false,
            salvaged: None,
            made_at_us: 0,
        };
        record.write(&self.places()).expect("it is ours");
        record
    }

    pub(crate) fn order(&self) -> Preparing {
        Preparing {
            state: self.state(),
            tree: 1,
            task: 1,
            report: self.root.join("report"),
            start: self.git(&["rev-parse", "HEAD"]),
            is_fresh: false,
            goes_on: false,
            with_changes: false,
            onto_target: false,
            subfolder: PathBuf::new(),
        }
    }

    /// A worktree that is ready.
    pub(crate) fn prepared(&self) {
        self.record();
        let mut report = Report::default();
        prepare(&Direct, &self.order(), &mut report).expect("it can be made");
        assert_eq!(report, Report::default());
    }

    pub(crate) fn known(&self) -> Record {
        Record::read(&self.places(), 1)
            .expect("it can be read")
            .expect("it is there")
    }

    pub(crate) fn land_order(&self, manner: LandManner) -> LandOrder {
        LandOrder {
            state: self.state(),
            tree: 1,
            task: 2,
            report: self.root.join("report"),
            manner,
            message: "land it".to_owned(),
            is_checked: false,
        }
    }

    /// Everything about a checkout that a person could see: what is checked out, staged, changed, and every file.
    pub(crate) fn seen(&self) -> (String, String, BTreeMap<PathBuf, String>) {
        let folder = self.repository();
        (
            self.git(&["rev-parse", "HEAD"]),
            self.git(&["status", "--porcelain=v1", "-uall"]),
            files(&folder),
        )
    }

    pub(crate) fn check_repository(&self) {
        let told = self.git(&["fsck", "--full", "--no-dangling"]);
        assert!(!told.contains("error") && !told.contains("missing"), "{told}");
        assert!(
            !self.repository().join(".git/index.lock").exists(),
            "a lock was left behind"
        );
    }
}

pub(crate) fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("it is ours");
    fs::write(path, text).expect("it is ours");
}

pub(crate) fn git(folder: &Path, words: &[&str]) -> String {
    let program = Program {
        words: std::iter::once("git")
            .chain(words.iter().copied())
            .map(Into::into)
            .collect(),
        folder: folder.to_owned(),
        ..Program::default()
    };
    let ended = Direct.run(&program).expect("git is there");
    let told = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.code, 0, "git {words:?} in {}: {told}", folder.display());
    String::from_utf8_lossy(&ended.stdout).trim_end().to_owned()
}

/// Every file below a folder but git's own, with its content.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut look = vec![folder.to_owned()];
    while let Some(next) = look.pop() {
        for entry in fs::read_dir(&next).expect("it can be read") {
            let path = entry.expect("it can be read").path();
            if path.file_name().is_some_and(|name| name == ".git") {
                continue;
            }
            if path.is_dir() && !path.is_symlink() {
                look.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("it lies there").to_owned();
                found.insert(
                    name,
                    String::from_utf8_lossy(&fs::read(&path).expect("it can be read")).into_owned(),
                );
            }
        }
    }
    found
}

/// What a task might do to the worktree: change, add, remove, rename, turn a file into a folder and a folder into a file.
pub(crate) fn work_in(worktree: &Path) {
    write(&worktree.join("changed"), "one\nTWO\nthree\n");
    write(&worktree.join("new/deep/file"), &"a long new file\n".repeat(1_000));
    fs::remove_file(worktree.join("gone")).expect("it is there");
    fs::remove_file(worktree.join("becomes-folder")).expect("it is there");
    write(&worktree.join("becomes-folder/inside"), "now a folder\n");
    fs::remove_dir_all(worktree.join("folder")).expect("it is there");
    write(&worktree.join("folder"), "now a file\n");
    std::os::unix::fs::symlink("kept", worktree.join("link")).expect("it is ours");
}

pub(crate) fn refusal(error: TreeError) -> String {
    match error {
        TreeError::Refused { message, .. } => message,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn at<'a>(folder: &Path) -> Git<'a> {
    Git::at(&Direct, folder)
}
