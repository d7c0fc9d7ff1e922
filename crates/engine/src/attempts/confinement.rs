//! What the kernel shall keep from a task's program, and where it may keep its own things all the same.
//!
//! A reader gets the whole tree read-only, Longhaul's own folders hidden, and one way to the daemon, whose rights the
//! server decides. A writer in a worktree of its own sees the workspace's own tree read-only. What is really reached is
//! the supervisor's word: see `enforcement`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use longhaul_model::{Access, Enforcement, Isolation, Task};
use longhaul_supervisor::{Level, Sandbox};
use longhaul_worktrees::Places;

use crate::executors::OwnFolders;
use crate::homes::Home;
use crate::installation::Installation;
use crate::private_files::create_private_folder;
use crate::workspace;

/// The word for a level.
pub(crate) fn enforcement(level: Level) -> Enforcement {
    match level {
        Level::Kernel => Enforcement::Kernel,
        Level::KernelPartial => Enforcement::KernelPartial,
        Level::Agent => Enforcement::Agent,
    }
}

/// The sandbox of a task's program; nothing if it is to run as in a shell. `cwd` is where it runs, `others` are the
/// other homes of this user.
pub(crate) fn sandbox(
    installation: &Installation,
    others: &[Home],
    task: &Task,
    cwd: &Path,
    own: &OwnFolders,
) -> Option<Sandbox> {
    match (task.spec.access, task.spec.isolation) {
        (Access::ReadOnly, _) => Some(reader(installation, others, task, cwd, own)),
        (Access::Write, Isolation::Worktree) => Some(worktree_writer(task, cwd, own)),
        (Access::Write, Isolation::InPlace) | (Access::Unmanaged, _) => None,
    }
}

fn reader(installation: &Installation, others: &[Home], task: &Task, cwd: &Path, own: &OwnFolders) -> Sandbox {
    let config = &installation.config;
    let workspace = PathBuf::from(&task.workspace);
    let mut sandbox = Sandbox::read_only();
    // Variables say where an agent keeps its things, and may say anything: never the whole tree, nor what holds our own.
    let is_sound = |path: &&PathBuf| path.parent().is_some() && !installation.state.starts_with(path);
    sandbox.writable = own.writable.iter().filter(is_sound).cloned().collect();
    sandbox.read_only_within.clone_from(&own.read_only);
    sandbox.hidden = vec![installation.state.clone()];
    sandbox.hidden.extend(config.private_files.iter().cloned());
    // The folder and not the socket: a daemon that comes back makes the socket anew.
    sandbox.visible.extend(installation.socket.parent().map(Path::to_owned));
    let is_allowed = |path: &Path| {
        let mut allowed = config.allowed_sockets.iter();
        allowed.any(|allowed| path.starts_with(allowed) || allowed.starts_with(path))
    };
    for home in others {
        sandbox.hidden.push(home.state.clone());
        for path in &home.beside {
            // A daemon makes its socket anew; where the folder is its own, what comes to lie there is hidden as well.
            let folder = path.parent().filter(|folder| folder.ends_with("run"));
            let hidden = folder.into_iter().chain([path.as_path()]);
            sandbox
                .hidden
                .extend(hidden.filter(|path| !is_allowed(path)).map(Path::to_owned));
        }
    }
    // Of all that lies in a state folder, worktrees are there to be read; a reader's folder is anybody's choice.
    let states = others
        .iter()
        .map(|home| home.state.as_path())
        .chain([installation.state.as_path()]);
    let worktrees: Vec<PathBuf> = states
        .filter_map(|state| Places::of(state).worktrees().canonicalize().ok())
        .collect();
    let in_worktree = |folder: &Path| {
        let mut inner = worktrees
            .iter()
            .filter_map(|worktrees| folder.strip_prefix(worktrees).ok());
        inner.any(|inner| inner.components().next().is_some())
    };
    let read = [workspace::of(cwd), cwd.to_owned(), workspace];
    // As they are, not as they are written: links and `..` could lead from a worktree to anything else.
    for folder in read.iter().filter_map(|folder| folder.canonicalize().ok()) {
        if in_worktree(&folder) {
            sandbox.visible.push(folder);
        } else if sandbox.writable.iter().any(|writable| folder.starts_with(writable)) {
            // What it is to read is not its own, even if it lies in the agent's folder.
            sandbox.protected.push(folder);
        }
    }
    sandbox.sockets_allowed = vec![installation.socket.clone()];
    sandbox.sockets_allowed.extend(config.allowed_sockets.iter().cloned());
    sandbox.require = if config.require_enforcement {
        Some(Level::Kernel)
    } else if task.spec.work.rules().guards_itself {
        // It was told to leave out its own guards as far as the kernel's hold: it must not start with less.
        Some(installation.machine.level)
    } else {
        None
    };
    sandbox
}

fn worktree_writer(task: &Task, cwd: &Path, own: &OwnFolders) -> Sandbox {
    let workspace = PathBuf::from(&task.workspace);
    let mut sandbox = Sandbox::protect();
    sandbox.writable = vec![workspace.join(".git"), cwd.to_owned()];
    sandbox
        .writable
        .extend(task.facts.worktree.iter().map(|worktree| PathBuf::from(&worktree.path)));
    sandbox.writable.extend(own.writable.iter().cloned());
    sandbox.protected = vec![workspace];
    sandbox
}

/// Makes the folders that a program is to write to, so that there is something to be writable, and the files without
/// which it would not start. What has an extension is taken for a file, and left to the program.
pub(crate) fn make_ready(own: &OwnFolders) {
    for folder in own.writable.iter().filter(|path| path.extension().is_none()) {
        // Where it cannot be made, the program cannot write either, and says so.
        let _ = create_private_folder(folder);
    }
    for (path, content) in &own.first_files {
        // What is there already is the user's, whatever it holds.
        if let Some(folder) = path.parent()
            && create_private_folder(folder).is_ok()
            && let Ok(mut file) = std::fs::File::create_new(path)
        {
            let _ = std::io::Write::write_all(&mut file, content.as_bytes());
        }
    }
}

/// Variables that send what tools write beside their work into the private temporary folder of a reader.
pub(crate) fn redirections(task: &Task, tmp: &Path) -> Vec<(&'static str, OsString)> {
    if task.spec.access != Access::ReadOnly {
        return Vec::new();
    }
    let mut redirected = vec![
        ("CARGO_TARGET_DIR", tmp.join("cargo-target").into()),
        ("npm_config_cache", tmp.join("npm-cache").into()),
        ("PYTHONPYCACHEPREFIX", tmp.join("python-cache").into()),
        ("GOCACHE", tmp.join("go-cache").into()),
        // Looking at a repository would otherwise try to refresh its index.
        ("GIT_OPTIONAL_LOCKS", "0".into()),
    ];
    // An agent finds its own cache, which stays writable for it, by this one.
    if !task.spec.work.rules().keeps_own_cache {
        redirected.push(("XDG_CACHE_HOME", tmp.join("cache").into()));
    }
    redirected
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed, and says where")]

    use super::*;
    use crate::config::Config;
    use crate::samples;

    struct Ground {
        root: tempfile::TempDir,
        config: Config,
    }

    impl Ground {
        fn new() -> Self {
            let ground = Self {
                root: tempfile::tempdir().unwrap(),
                config: Config::default(),
            };
            for folder in [
                "state/worktrees/7/src",
                "state/attempts/8/1",
                "other/state/worktrees/9",
                "other/run",
                "run",
                "work/.git",
                "user/agent/trees/a",
            ] {
                std::fs::create_dir_all(ground.path(folder)).unwrap();
            }
            ground
        }

        fn path(&self, name: &str) -> PathBuf {
            self.root.path().canonicalize().unwrap().join(name)
        }

        fn reader(&self, cwd: &Path, own: &OwnFolders) -> Sandbox {
            let installation = Installation {
                socket: self.path("run/longhaul.sock"),
                ..samples::installation(&self.path("state"), self.config.clone())
            };
            let mut task = samples::task(1, "default", 0);
            task.spec.access = Access::ReadOnly;
            task.workspace = workspace::of(cwd).display().to_string();
            let other = Home {
                state: self.path("other/state"),
                beside: vec![self.path("other/run/longhaul.sock"), self.path("other/config.toml")],
            };
            sandbox(&installation, &[other], &task, cwd, own).unwrap()
        }
    }

    #[test]
    fn of_the_state_folder_a_reader_sees_its_worktree_and_nothing_else_whatever_its_folder_is_called() {
        let ground = Ground::new();
        let own = OwnFolders::default();
        let seen = |cwd: &str| ground.reader(&ground.path(cwd), &own).visible;
        assert!(seen("state/worktrees/7/src").contains(&ground.path("state/worktrees/7/src")));
        std::os::unix::fs::symlink(ground.path("state/attempts"), ground.path("state/worktrees/7/link")).unwrap();
        for sly in [
            "state",
            "state/attempts",
            "state/attempts/8/1",
            "state/worktrees",
            "state/worktrees/../attempts",
            "state/worktrees/7/link",
        ] {
            assert_eq!(seen(sly), [ground.path("run")], "{sly}");
        }
        let hidden = ground.reader(&ground.path("work"), &own).hidden;
        assert_eq!(hidden[0], ground.path("state"));
        assert!(hidden.contains(&ground.path("other/state")) && hidden.contains(&ground.path("other/run")));
        assert!(seen("other/state/worktrees/9").contains(&ground.path("other/state/worktrees/9")));
        assert_eq!(seen("other/state/worktrees"), [ground.path("run")]);
    }

    #[test]
    fn a_variable_cannot_make_everything_an_agents_own() {
        let ground = Ground::new();
        let own = OwnFolders {
            writable: vec!["/".into(), ground.path(""), ground.path("user/agent")],
            ..OwnFolders::default()
        };
        let sandbox = ground.reader(&ground.path("user/agent/trees/a"), &own);
        assert_eq!(sandbox.writable, [ground.path("user/agent")]);
        assert!(sandbox.protected.contains(&ground.path("user/agent/trees/a")));
    }

    #[test]
    fn whoever_requires_enforcement_gets_both_layers_or_nothing() {
        let mut ground = Ground::new();
        let own = OwnFolders::default();
        assert_eq!(ground.reader(&ground.path("work"), &own).require, None);
        ground.config.require_enforcement = true;
        assert_eq!(ground.reader(&ground.path("work"), &own).require, Some(Level::Kernel));
    }
}
