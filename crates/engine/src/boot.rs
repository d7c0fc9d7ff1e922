//! The start of the engine: open the store, fill the board, then let the loops find out what became of everything.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use longhaul_model::TaskId;
use longhaul_store::{OpenError, OpenOptions, Store, StoreFault};
use tokio::sync::mpsc::{self, UnboundedReceiver};

use crate::agents::Examiner;
use crate::attempts::Attempts;
use crate::clock::Clock;
use crate::config::Config;
use crate::dispatch::{Dispatcher, Inbox, Input};
use crate::effects::Effects;
use crate::family::Loans;
use crate::handle::{Handle, Rooms};
use crate::homes::{self, Home};
use crate::installation::Installation;
use crate::ledger::{Consequence, Ledger};
use crate::machine;
use crate::notify::Outbox;
use crate::private_files::create_private_folder;
use crate::reconcile::prerequisites::Prober;
use crate::reconcile::retention::Retention;
use crate::reconcile::worktrees::Worktrees;
use crate::reconcile::{self, Rounds};
use crate::runtime::{Shutdown, Wake, spawn};
use crate::shell_environment::ShellEnvironment;
use crate::submit::Submitter;

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
        create_private_folder(&attempts).map_err(|source| BootError::Folder {
            path: attempts.clone(),
            source,
        })?;
        let boot_id = longhaul_supervisor::machine::boot_id().map_err(BootError::BootId)?;
        let machine = machine::probe_enforcement(&boot.supervisor_program).await;
        let id_floor = highest_task(&attempts);
        let store = Store::open(&boot.state, OpenOptions { id_floor })?;
        let shell = ShellEnvironment::new(boot.config.environment.clone(), boot.fallback_environment);
        let installation = Installation {
            state: boot.state,
            socket: boot.socket,
            supervisor_program: boot.supervisor_program,
            supervisor_environment: supervisor_environment(),
            boot: boot_id,
            machine,
            config: boot.config,
            clock: boot.clock,
        };
        announce(&installation);
        let house = House::new(Arc::new(installation), store, Arc::new(shell));
        house.rooms.ledger.fill_board().await?;
        // Before anybody can call: whose supervisor is known is whose processes are known.
        reconcile::orphans::run(&house.attempts).await;
        Ok(house.begin())
    }
}

/// Leaves word of this home for the daemons of others.
fn announce(installation: &Installation) {
    let beside = [&installation.socket].into_iter();
    let home = Home {
        state: installation.state.clone(),
        beside: beside.chain(&installation.config.private_files).cloned().collect(),
    };
    if let Err(error) = homes::announce(&home) {
        tracing::warn!(%error, "could not leave word of this home; readers of other homes may see it");
    }
}

/// All rooms of the engine, before their loops begin.
struct House {
    attempts: Arc<Attempts>,
    rooms: Rooms,
    round: Wake,
    outbox: Wake,
    worktrees: Worktrees,
    inputs: UnboundedReceiver<Input>,
    consequences: UnboundedReceiver<Consequence>,
}

impl House {
    fn new(installation: Arc<Installation>, store: Store, shell: Arc<ShellEnvironment>) -> Self {
        let (inbox, inputs) = Inbox::new();
        let (emit, consequences) = mpsc::unbounded_channel();
        let ledger = Ledger::new(store, installation.clock.clone(), &installation.config, emit);
        let (ledger, shutdown) = (Arc::new(ledger), Shutdown::new());
        let attempts = Arc::new(Attempts {
            installation: Arc::clone(&installation),
            ledger: Arc::clone(&ledger),
            inbox: inbox.clone(),
            launches: Arc::default(),
            transcripts: Arc::default(),
            trees: Arc::default(),
            shutdown: shutdown.clone(),
        });
        let worktrees = Worktrees {
            installation: Arc::clone(&installation),
            ledger: Arc::clone(&ledger),
            trees: Arc::clone(&attempts.trees),
        };
        let retention = Retention {
            installation: Arc::clone(&installation),
            ledger: Arc::clone(&ledger),
            worktrees: worktrees.clone(),
        };
        let submitter = Submitter {
            installation: Arc::clone(&installation),
            ledger: Arc::clone(&ledger),
            shell: Arc::clone(&shell),
        };
        let outbox = Wake::default();
        let rooms = Rooms {
            submitter,
            launches: Arc::clone(&attempts.launches),
            loans: Arc::new(Loans::new(&installation, &ledger)),
            transcripts: Arc::clone(&attempts.transcripts),
            outbox: Arc::new(Outbox::new(&installation, &ledger, &shell, &shutdown, &outbox)),
            retention,
            examiner: Examiner::default(),
            trees: Arc::clone(&attempts.trees),
            probe: Wake::default(),
            installation,
            ledger,
            inbox,
            shell,
            shutdown,
        };
        Self {
            attempts,
            rooms,
            round: Wake::default(),
            outbox,
            worktrees,
            inputs,
            consequences,
        }
    }

    /// Starts the loops.
    fn begin(self) -> Handle {
        let rooms = &self.rooms;
        let effects = Effects {
            attempts: Arc::clone(&self.attempts),
            probe: rooms.probe.clone(),
            outbox: self.outbox,
        };
        let dispatcher = Dispatcher {
            installation: Arc::clone(&rooms.installation),
            ledger: Arc::clone(&rooms.ledger),
            launches: Arc::clone(&rooms.launches),
            inbox: rooms.inbox.clone(),
            round: self.round.clone(),
        };
        let rounds = Rounds {
            loans: Arc::clone(&rooms.loans),
            worktrees: self.worktrees,
            round: self.round,
            probe: rooms.probe.clone(),
            attempts: self.attempts,
        };
        let prober = Prober {
            ledger: Arc::clone(&rooms.ledger),
            probe: rooms.probe.clone(),
            shutdown: rooms.shutdown.clone(),
        };
        spawn(effects.run(self.consequences));
        spawn(dispatcher.run(self.inputs));
        spawn(rounds.run());
        spawn(prober.run());
        spawn(rooms.retention.clone().run(rooms.shutdown.clone()));
        Handle::new(self.rooms)
    }
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
