//! The attempt folder: what its files are called, and the lock that proves a supervisor alive.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::FlockOperation;

use crate::cgroup::ControlGroups;
use crate::document::{self, ReadError};
use crate::receipt::Receipt;
use crate::spec::Spec;
use crate::started::{Leader, Started};
use crate::stop_request::StopRequest;

pub(crate) const SPEC: &str = "spec.json";
pub(crate) const STARTED: &str = "started.json";
pub(crate) const LEADER: &str = "leader.json";
pub(crate) const STOP: &str = "stop.json";
pub(crate) const VOID: &str = "void";
pub(crate) const BUSY: &str = "busy";
pub(crate) const TMP: &str = "tmp";
pub(crate) const UNKILLABLE: &str = "unkillable.json";
pub(crate) const RECEIPT: &str = "receipt.json";
pub(crate) const LOG: &str = "supervisor.log";

/// A folder of one attempt. Holding one says nothing about whether it exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptFolder {
    path: PathBuf,
}

impl AttemptFolder {
    /// The attempt folder at `path`, absolute.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the daemon keeps an empty file while an await from inside is open: such a task is not idle.
    pub fn busy_path(&self) -> PathBuf {
        self.file(BUSY)
    }

    /// Where its private temporary folder is, while it has one.
    pub fn tmp_path(&self) -> PathBuf {
        self.file(TMP)
    }

    /// Where the list of processes that refuse to die is, while there are any.
    pub fn unkillable_path(&self) -> PathBuf {
        self.file(UNKILLABLE)
    }

    /// Whether its supervisor has told the end, and so has proven its tree empty.
    pub fn has_receipt(&self) -> bool {
        self.file(RECEIPT).exists()
    }

    /// The control groups that hold its processes now; nothing if it was started without.
    pub fn control_groups(&self) -> Option<ControlGroups> {
        let started = self.started().ok().flatten()?;
        Some(ControlGroups::beginning_with(&started.cgroup_prefix?))
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The sealed spec; `None` if there is none.
    pub fn spec(&self) -> Result<Option<Spec>, ReadError> {
        let spec: Option<Spec> = document::read(&self.file(SPEC))?;
        match spec.as_ref().and_then(Spec::problem) {
            Some(problem) => Err(ReadError::damaged(&self.file(SPEC), problem)),
            None => Ok(spec),
        }
    }

    /// What the supervisor wrote when it began; `None` if it has not.
    pub fn started(&self) -> Result<Option<Started>, ReadError> {
        document::read(&self.file(STARTED))
    }

    /// The program that runs now or ran last; `None` before the first.
    pub fn leader(&self) -> Result<Option<Leader>, ReadError> {
        document::read(&self.file(LEADER))
    }

    /// The request to stop; `None` if nobody asked.
    pub fn stop_request(&self) -> Result<Option<StopRequest>, ReadError> {
        document::read(&self.file(STOP))
    }

    /// The receipt; `None` if the attempt is not over.
    pub fn receipt(&self) -> Result<Option<Receipt>, ReadError> {
        document::read(&self.file(RECEIPT))
    }

    /// What the supervisor had to say against itself; `None` normally.
    pub fn complaint(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.file(LOG)).ok()?;
        text.lines().last().map(str::to_owned)
    }

    /// Takes the lock if it is free; `None` if somebody holds it. It is held until the file is dropped. The folder itself
    /// is what is locked (flock(2) takes any descriptor): one file fewer to make for every attempt.
    pub(crate) fn try_lock(&self) -> io::Result<Option<File>> {
        let file = File::open(&self.path)?;
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(file)),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(errno) => Err(errno.into()),
        }
    }
}
