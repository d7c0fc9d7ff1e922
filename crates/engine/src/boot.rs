//! The start of the engine: open the store, fill the board, then let the loops find out what became of everything.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use longhaul_model::TaskId;
use longhaul_store::{OpenError, OpenOptions, Store, StoreFault};
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::config::Config;
use crate::dispatch;
use crate::handle::Handle;
use crate::machine;
use crate::reconcile;
use crate::shared::{Parts, Shared, spawn};

/// What the engine needs to start.
#[derive(Debug)]
pub struct Boot {
    /// The state folder; made if it is not there.
    pub state: PathBuf,
    /// Where the API will listen, for the processes of tasks.
    pub socket: PathBuf,
    /// The program that is started as supervisor, with `supervise FOLDER`.
    pub supervisor_program: PathBuf,
    /// The environment of tasks that nobody's shell submitted, until a shell submits one.
    pub fallback_environment: BTreeMap<String, String>,
    /// What can be set.
    pub config: Config,
    /// What tells the time.
    pub clock: Clock,
}

/// Why the engine did not start. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// A folder could not be made.
    #[error("making the folder {}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The system would not say which boot this is.
    #[error("reading the id of this boot")]
    BootId(#[source] std::io::Error),
    /// The store did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store opened but could not be read.
    #[error("reading the active tasks")]
    Read(#[from] StoreFault),
}

impl BootError {
    /// Whether another daemon has the store.
    pub fn is_in_use(&self) -> bool {
        matches!(self, Self::Open(OpenError::InUse { .. }))
    }

    /// What a person does about it; nothing if nothing is known to help.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Folder { .. } => Some("make it writable, or set LONGHAUL_HOME to another folder"),
            Self::Open(error) => error.hint(),
            Self::BootId(_) | Self::Read(_) => None,
        }
    }
}

/// The engine. It lives as long as its handles and the runtime it was started on.
#[derive(Debug)]
pub struct Engine;

impl Engine {
    /// Opens the store and starts the loops on the current runtime. Tasks that ran before are found by these.
    pub async fn start(boot: Boot) -> Result<Handle, BootError> {
        let attempts = boot.state.join("attempts");
        make_private_folder(&attempts)?;
        let boot_id = longhaul_supervisor::machine::boot_id().map_err(BootError::BootId)?;
        let machine = machine::probe_enforcement(&boot.supervisor_program).await;
        let id_floor = highest_task(&attempts);
        let store = Store::open(&boot.state, OpenOptions { id_floor })?;
        let (inputs, receiver) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared::new(Parts {
            store,
            clock: boot.clock,
            config: boot.config,
            attempts,
            socket: boot.socket,
            supervisor_program: boot.supervisor_program,
            supervisor_environment: supervisor_environment(),
            boot: boot_id,
            machine,
            fallback_environment: boot.fallback_environment,
            inputs,
        }));
        fill_board(&shared)?;
        // Before anybody can call: whose supervisor is known is whose processes are known.
        reconcile::orphans::run(&shared).await;
        spawn(dispatch::run(Arc::clone(&shared), receiver));
        spawn(reconcile::run(Arc::clone(&shared)));
        spawn(reconcile::prerequisites::run(Arc::clone(&shared)));
        spawn(reconcile::retention::run(Arc::clone(&shared)));
        Ok(Handle::new(shared))
    }
}

/// Fills the board from the store. A task whose record cannot be read is told of and left alone.
fn fill_board(shared: &Shared) -> Result<(), StoreFault> {
    let active = shared.store.active_tasks()?;
    for damaged in &active.damaged {
        tracing::error!(%damaged, "a task cannot be read; it is left as it is");
    }
    let queues = shared.store.queues()?;
    let limits = shared.store.limits()?;
    let mut board = shared.board();
    board.queues = queues.into_iter().map(|queue| (queue.name.clone(), queue)).collect();
    board.limits = limits;
    board.unreadable = active.damaged.len();
    for task in active.tasks {
        board.update(Arc::new(task));
    }
    Ok(())
}

fn make_private_folder(path: &Path) -> Result<(), BootError> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| BootError::Folder {
        path: path.to_owned(),
        source,
    })
}

/// The highest number among the attempt folders: after an older database was restored, ids go on above it.
fn highest_task(attempts: &Path) -> u64 {
    let entries = std::fs::read_dir(attempts).into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<TaskId>().ok());
    numbers.map(TaskId::get).max().unwrap_or(0)
}

/// A supervisor gets nothing of our environment, but for the point at which a test wants it killed.
fn supervisor_environment() -> Vec<(std::ffi::OsString, std::ffi::OsString)> {
    #[cfg(debug_assertions)]
    {
        #[expect(clippy::disallowed_methods, reason = "test builds only; settings know nothing of it")]
        let armed = std::env::var_os("LONGHAUL_FAILPOINT");
        armed
            .map(|point| ("LONGHAUL_FAILPOINT".into(), point))
            .into_iter()
            .collect()
    }
    #[cfg(not(debug_assertions))]
    Vec::new()
}
