//! A supervisor's life, in order: get apart, take the lock, read the spec, begin, walk, write the receipt.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use longhaul_failpoint::failpoint;

use super::requests::Requests;
use super::signals::Signals;
use super::steps::Walk;
use super::tree::Tree;
use super::{log, platform, remove_tree};
use crate::cgroup;
use crate::clock;
use crate::document::{self, Durability, ReadError, VERSION};
use crate::environment::{Environment, EnvironmentFile};
use crate::folder::{self, AttemptFolder};
use crate::identity::{Identity, IdentityError};
use crate::neutral;
use crate::output::Writer;
use crate::receipt::{OutputReport, Receipt};
use crate::sandbox::{self, Reached};
use crate::spec::{KillMode, Spec};
use crate::started::Started;

/// Everything the supervisor holds while it lives.
#[derive(Debug)]
pub(super) struct Supervisor {
    pub(super) attempt: AttemptFolder,
    pub(super) spec: Spec,
    pub(super) environment: Environment,
    pub(super) umask: u32,
    pub(super) requests: Requests,
    pub(super) tree: Tree,
    pub(super) output: Writer,
    /// What keeps the program from what it may not do, once it was started.
    pub(super) reached: Option<Reached>,
}

/// Why a supervisor could not do its work. It goes to its log; the daemon learns the truth from the folder.
#[derive(Debug, thiserror::Error)]
enum LifeError {
    #[error("getting apart from the starter")]
    Apart(#[source] io::Error),
    #[error("taking the attempt's lock")]
    Lock(#[source] io::Error),
    #[error("somebody else holds the attempt's lock")]
    Locked,
    #[error("the attempt has been run already")]
    Again,
    #[error("reading the attempt folder")]
    Read(#[from] ReadError),
    #[error("the attempt folder has no {0}")]
    Incomplete(&'static str),
    #[error("reading the environment from standard input")]
    Environment(#[source] io::Error),
    #[error("watching for signals")]
    Signals(#[source] io::Error),
    #[error("naming this process")]
    Identity(#[from] IdentityError),
    #[error("writing that the attempt has begun")]
    Begin(#[source] io::Error),
    #[error("told to end before the receipt could be written")]
    NoReceipt,
}

/// The lock may be held for a moment by a daemon that looks at the folder; that is waited out for so long.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);
const LOCK_PAUSE: Duration = Duration::from_millis(2);

/// Runs the attempt sealed in `folder`, which must be absolute, from the first step to the receipt.
///
/// Returns the exit code for `main`: 0 if the receipt is written or the attempt was declared void, 1 if it could not
/// be run. In place of a folder it may be asked what this machine keeps from a program: [`sandbox::probe`]. Must be called at the start of a process that has one thread and has opened nothing.
pub fn supervise(folder: &Path) -> u8 {
    neutral::signals(&[]);
    if folder == Path::new(sandbox::PROBE) {
        return tell_what_there_is();
    }
    let attempt = AttemptFolder::at(folder);
    log::begin(&attempt);
    match live(attempt) {
        Ok(()) => 0,
        Err(error) => {
            let mut text = error.to_string();
            let mut cause = std::error::Error::source(&error);
            while let Some(error) = cause {
                text.push_str(": ");
                text.push_str(&error.to_string());
                cause = error.source();
            }
            log::complain(&text);
            1
        }
    }
}

/// Answers [`sandbox::probe`] on standard output.
fn tell_what_there_is() -> u8 {
    let told = serde_json::to_writer(io::stdout(), &super::sandbox::probe());
    u8::from(told.is_err())
}

fn live(attempt: AttemptFolder) -> Result<(), LifeError> {
    platform::become_supervisor().map_err(LifeError::Apart)?;
    // Our own files are private; the task's umask is what we were started with, unless its spec says otherwise.
    let umask = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let _ = std::env::set_current_dir("/");
    let _lock = take_lock(&attempt)?;
    failpoint!("supervisor.locked");
    if attempt.file(folder::VOID).exists() {
        return Ok(());
    }
    if attempt.file(folder::STARTED).exists() || attempt.file(folder::RECEIPT).exists() {
        return Err(LifeError::Again);
    }
    let spec = attempt.spec()?.ok_or(LifeError::Incomplete(folder::SPEC))?;
    let environment = take_environment(&attempt, &spec)?;
    // From here on a word to look for a request does not end us; only then is our identity published.
    let requests = Requests::new(Signals::watch().map_err(LifeError::Signals)?);
    let started_at_us = clock::wall_us();
    let began = clock::now();
    let identity = Identity::own()?;
    let cgroup_prefix = cgroup_prefix(&spec, &identity);
    let tree = Tree::new(identity.pid, spec.marker.clone(), cgroup_prefix.clone());
    let started = Started {
        version: VERSION,
        identity,
        cgroup_prefix,
        started_at_us,
    };
    // Not synced: after a power cut the boot is another, and then nobody concludes anything from its absence.
    document::write(attempt.path(), folder::STARTED, &started, Durability::Renamed).map_err(LifeError::Begin)?;
    failpoint!("supervisor.started");

    let output = Writer::new(attempt.path(), spec.capture, spec.output_cap);
    let umask = spec.umask.unwrap_or(umask.as_raw_mode() as u32);
    let mut supervisor = Supervisor {
        attempt,
        spec,
        environment,
        umask,
        requests,
        tree,
        output,
        reached: None,
    };
    let walk = supervisor.walk();
    supervisor.remove_private_folder();
    let receipt = supervisor.receipt(walk, started_at_us, began);
    supervisor.write_receipt(&receipt)?;
    failpoint!("supervisor.receipt");
    Ok(())
}

fn take_lock(attempt: &AttemptFolder) -> Result<std::fs::File, LifeError> {
    let start = clock::now();
    loop {
        match attempt.try_lock().map_err(LifeError::Lock)? {
            Some(lock) => return Ok(lock),
            None if start.elapsed() < LOCK_PATIENCE => std::thread::sleep(LOCK_PAUSE),
            None => return Err(LifeError::Locked),
        }
    }
}

/// Reads the environment and unlinks it; adds what every process of the attempt carries.
fn take_environment(attempt: &AttemptFolder, spec: &Spec) -> Result<Environment, LifeError> {
    let mut handed_over = Vec::new();
    io::stdin()
        .read_to_end(&mut handed_over)
        .map_err(LifeError::Environment)?;
    // What was handed over is let go of: a program that finds our standard input finds nothing there.
    File::open("/dev/null")
        .and_then(|nothing| Ok(rustix::stdio::dup2_stdin(nothing)?))
        .map_err(LifeError::Environment)?;
    let file: EnvironmentFile = document::parse(&handed_over, Path::new("standard input"))?;
    let mut environment = Environment::from(file);
    if let Some((name, value)) = spec.marker.split_once('=') {
        environment.set(name, value);
    }
    if spec.private_tmp {
        environment.set("TMPDIR", attempt.file(folder::TMP));
    }
    Ok(environment)
}

fn cgroup_prefix(spec: &Spec, identity: &Identity) -> Option<PathBuf> {
    match spec.kill_mode {
        KillMode::Sweep => None,
        KillMode::Auto => {
            let name = format!(
                "longhaul-{}-{}-{}-{}",
                spec.task, spec.fence, identity.pid, identity.start_time
            );
            cgroup::own().ok().map(|own| own.join(name))
        }
    }
}

impl Supervisor {
    /// The private folder goes, unless something that was kept may be using it.
    fn remove_private_folder(&mut self) {
        if !self.spec.private_tmp || self.tree.keeps_any() {
            return;
        }
        let requests = &mut self.requests;
        let mut go_on = || {
            requests.take_signals();
            match requests.told_again() {
                true => Err(io::ErrorKind::Interrupted.into()),
                false => Ok(()),
            }
        };
        if let Err(error) = remove_tree::remove(&self.attempt.file(folder::TMP), &mut go_on) {
            log::complain(&format!("removing the private temporary folder: {error}"));
        }
    }

    fn receipt(&self, walk: Walk, started_at_us: i64, began: Instant) -> Receipt {
        Receipt {
            version: VERSION,
            task: self.spec.task,
            attempt: self.spec.attempt,
            fence: self.spec.fence,
            end: walk.end,
            stop: self.requests.stop_seen().filter(|_| walk.asked_before_end).cloned(),
            started_at_us,
            program_started_at_us: walk.program_started_at_us,
            program_ended_at_us: walk.program_ended_at_us,
            ended_at_us: clock::wall_us(),
            program_duration_us: walk.program_duration.map(clock::micros),
            total_duration_us: clock::micros(began.elapsed()),
            steps: walk.steps,
            leftovers: walk.leftovers,
            output: OutputReport {
                produced_bytes: self.output.produced(),
                dropped_bytes: self.output.dropped(),
                error: walk.trouble,
            },
            resources: self.tree.resources(),
            sandbox: self.reached.clone(),
        }
    }

    /// Writes the receipt to stay. On a full disk it is tried again until there is space: an end that was seen must
    /// not be lost, and the lock shows meanwhile that we are here.
    fn write_receipt(&mut self, receipt: &Receipt) -> Result<(), LifeError> {
        let mut complained = false;
        loop {
            let write = || {
                self.output.sync()?;
                document::write(self.attempt.path(), folder::RECEIPT, receipt, Durability::Synced)
            };
            match write() {
                Ok(()) => return Ok(()),
                Err(error) if !complained => log::complain(&format!("writing the receipt: {error}")),
                Err(_) => {}
            }
            complained = true;
            std::thread::sleep(Duration::from_millis(500));
            self.requests.take_signals();
            if self.requests.told_to_end().is_some() {
                return Err(LifeError::NoReceipt);
            }
        }
    }
}
