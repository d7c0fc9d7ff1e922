//! Starting a daemon from a client: a process of its own session, told nothing but the environment.
//!
//! Many clients may do so at once: the store's lock picks one winner, the others' daemons leave quietly.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::Instant;

use crate::descriptors;
use crate::exit;
use crate::failure::Failure;
use crate::settings::{Folders, OwnRights, load_config};

/// The log is set aside once when it is larger than this at the start of a daemon.
const LOG_LIMIT_BYTES: u64 = 10 << 20;
/// How much of the log's end is read for the reason of a failure.
const LOG_TAIL_BYTES: u64 = 16 << 10;

/// A daemon on its way.
#[derive(Debug)]
pub(crate) struct Starting(Progress);

#[derive(Debug)]
enum Progress {
    Running {
        ended: Receiver<io::Result<ExitStatus>>,
        log: PathBuf,
        log_before_bytes: u64,
    },
    LostToAnother {
        since: Instant,
    },
}

/// What became of it so far.
#[derive(Debug)]
pub(crate) enum Attempted {
    /// The daemon is still on its way.
    Running(Starting),
    /// It left, because another daemon holds the store.
    LostToAnother {
        /// When that was seen.
        since: Instant,
    },
    /// The daemon could not start.
    Failed(Failure),
}

impl Starting {
    /// Starts a daemon. A configuration that cannot be used is told here, before anything is started.
    pub(crate) fn begin(folders: &Folders) -> Result<Self, Failure> {
        load_config(&folders.config_file).map_err(|error| Failure::ours(&error).hint(error.hint()))?;
        let _own_rights = OwnRights::keep();
        folders
            .make()
            .map_err(|error| Failure::ours(&error).hint(error.hint()))?;
        let log = folders.log();
        set_aside_if_large(&log);
        let cannot = |error: io::Error| {
            Failure::new(exit::OURS, format!("cannot start the daemon: {error}"))
                .hint("`longhaul doctor` looks for the cause")
        };
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&log)
            .map_err(cannot)?;
        let log_before_bytes = file.metadata().map_err(cannot)?.len();
        let mut child = command(folders, &file)
            .and_then(|mut command| command.spawn())
            .map_err(cannot)?;
        let (sender, ended) = channel();
        // Somebody must wait for it: a waiter lives for hours, and its dead daemon would stay as a zombie.
        std::thread::spawn(move || drop(sender.send(child.wait())));
        Ok(Self(Progress::Running {
            ended,
            log,
            log_before_bytes,
        }))
    }

    /// A start that is known to be lost.
    pub(crate) fn lost(since: Instant) -> Self {
        Self(Progress::LostToAnother { since })
    }

    /// Looks what became of it.
    pub(crate) fn look(self) -> Attempted {
        let (ended, log, log_before_bytes) = match self.0 {
            Progress::Running {
                ended,
                log,
                log_before_bytes,
            } => (ended, log, log_before_bytes),
            Progress::LostToAnother { since } => return Attempted::LostToAnother { since },
        };
        match ended.try_recv() {
            Err(TryRecvError::Empty) => Attempted::Running(Self(Progress::Running {
                ended,
                log,
                log_before_bytes,
            })),
            Ok(Ok(status)) if [Some(0), Some(i32::from(exit::ANOTHER_DAEMON))].contains(&status.code()) => {
                Attempted::LostToAnother { since: Instant::now() }
            }
            Ok(Ok(status)) => Attempted::Failed(reason(&log, log_before_bytes, status)),
            Ok(Err(error)) => Attempted::Failed(Failure::ours(&error)),
            Err(TryRecvError::Disconnected) => Attempted::LostToAnother { since: Instant::now() },
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "it starts the daemon, not a process of a task")]
fn command(folders: &Folders, log: &File) -> io::Result<Command> {
    descriptors::keep_from_children();
    let mut command = Command::new(own_program()?);
    command.args(["daemon", "run", "--detached"]).current_dir("/");
    if let Some(home) = &folders.home {
        // It may have been given relative to a folder that the daemon does not stand in.
        command.env("LONGHAUL_HOME", home);
    }
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log.try_clone()?);
    Ok(command)
}

/// Our own program, or what has replaced it since we started.
pub(crate) fn own_program() -> io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let replaced = program
        .to_str()
        .and_then(|path| path.strip_suffix(" (deleted)"))
        .map(PathBuf::from);
    Ok(replaced.filter(|path| path.exists()).unwrap_or(program))
}

fn set_aside_if_large(log: &Path) {
    if fs::metadata(log).is_ok_and(|facts| facts.len() > LOG_LIMIT_BYTES) {
        // If it cannot be renamed it grows on: no reason not to start.
        drop(fs::rename(log, log.with_extension("log.1")));
    }
}

/// What the daemon said before it ended.
fn reason(log: &Path, log_before_bytes: u64, status: ExitStatus) -> Failure {
    let said = read_from(log, log_before_bytes).unwrap_or_default();
    let found = |prefix: &str| {
        said.lines()
            .rev()
            .find_map(|line| line.strip_prefix(prefix))
            .map(str::to_owned)
    };
    let hint = found("hint: ").unwrap_or_else(|| format!("its log is {}", log.display()));
    let message = found("error: ").unwrap_or_else(|| {
        let mut last: Vec<_> = said.lines().rev().take(5).collect();
        last.reverse();
        format!("the daemon ended at its start ({status}): {}", last.join(" | "))
    });
    Failure::new(exit::OURS, message).hint(hint)
}

fn read_from(log: &Path, start_bytes: u64) -> io::Result<String> {
    let mut file = File::open(log)?;
    let end_bytes = file.metadata()?.len();
    file.seek(SeekFrom::Start(
        start_bytes.max(end_bytes.saturating_sub(LOG_TAIL_BYTES)),
    ))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
