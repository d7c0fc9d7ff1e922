//! Git repositories in a world, and writers in them.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::world::World;

impl World {
    /// A repository `project` with some files on the branch `main`; its folder.
    pub fn repository(&self) -> PathBuf {
        let folder = self.path("project");
        std::fs::create_dir(&folder).expect("the world's folder can be written");
        self.git(&folder, &["init", "-q", "-b", "main"]);
        self.git(&folder, &["config", "user.name", "Ada"]);
        self.git(&folder, &["config", "user.email", "ada@example.org"]);
        for number in 0..4 {
            let text: String = (0..20).map(|line| format!("file {number} line {line}\n")).collect();
            std::fs::write(folder.join(format!("file{number}")), text).expect("it is ours");
        }
        std::fs::create_dir(folder.join("sub")).expect("it is ours");
        std::fs::write(folder.join("sub/inner"), "inner\n").expect("it is ours");
        self.git(&folder, &["add", "-A"]);
        self.git(&folder, &["commit", "-qm", "first"]);
        folder
    }

    /// What git says in a folder, without the line feed at its end.
    ///
    /// # Panics
    /// If it does not exit 0.
    #[track_caller]
    pub fn git(&self, folder: &Path, words: &[&str]) -> String {
        let ran = self.program("git").args(words).cwd(folder).run();
        ran.ok().text().trim_end().to_owned()
    }

    /// Submits a script as a writer in a worktree of this repository; its id.
    #[track_caller]
    pub fn submit_writer(&self, folder: &Path, options: &[&str], script: &str) -> u64 {
        let folder = folder.to_string_lossy().into_owned();
        let options = [&["--worktree", "-C", &folder], options].concat();
        self.submit_script(&options, script)
    }
}

/// The content of a file.
///
/// # Panics
/// If it cannot be read.
#[track_caller]
pub fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The worktree of a task.
///
/// # Panics
/// If it has none.
#[track_caller]
pub fn worktree(task: &Value) -> PathBuf {
    task["worktree"]["path"].as_str().expect("it has a worktree").into()
}
