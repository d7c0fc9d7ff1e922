//! The daemon's life: start the engine, listen, serve, and end as asked.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use longhaul_engine::{Boot, BootError, Clock, Config, Engine, Handle};
use longhaul_model::with_causes;
use tokio::net::UnixStream;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::Instant;

use crate::auth::Keys;
use crate::listen::{Listen, Listening};
use crate::router::router;
use crate::socket::Socket;
use crate::state::ServerState;
use crate::stopped::Stopped;
use crate::tcp::Tcp;

/// How long a daemon that is just ending gets to make room.
const ROOM_MADE: Duration = Duration::from_secs(10);
/// How often we look whether it has.
const ROOM_LOOK: Duration = Duration::from_millis(20);

/// All that a daemon is told at its start.
#[derive(Debug, Clone)]
pub struct DaemonSettings {
    /// The folder of the store and the attempts; made if it is not there.
    pub state: PathBuf,
    /// Where to listen. Its folder is made if it is not there, and must not be open to other users.
    pub socket: PathBuf,
    /// Where to listen on TCP.
    pub listen: Listen,
    /// The version of the program, as it is shown.
    pub version: String,
    /// The program that is started as `PROGRAM supervise FOLDER`.
    pub supervisor_program: PathBuf,
    /// The environment of tasks that come without one, until one was seen from a shell.
    pub fallback_environment: BTreeMap<String, String>,
    /// The engine's limits.
    pub engine: Config,
}

/// Why the daemon did not run.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct RunError {
    /// What went wrong, with its causes, in one line.
    pub message: String,
    /// What to do about it; nothing if nothing is known to help.
    pub hint: Option<String>,
    /// Whether another daemon is running on the same folder already.
    pub is_in_use: bool,
}

/// Runs the daemon until it is told to stop: by a request, by SIGTERM or by SIGINT. Tasks go on without it.
///
/// # Errors
/// Whatever keeps it from starting or from listening. Nothing was changed then.
pub async fn run(settings: DaemonSettings) -> Result<Stopped, RunError> {
    let mut signals = Signals::listen().map_err(|error| refusal("listening for signals", &error))?;
    let engine = start(&settings).await?;
    // The socket last: whoever reaches it finds everything in place.
    let keys = match Keys::open(&settings.state, &engine.store_uuid()) {
        Ok(keys) => keys,
        Err(error) => {
            engine.stop().await;
            return Err(RunError {
                message: with_causes(&error),
                hint: error.hint().map(str::to_owned),
                is_in_use: false,
            });
        }
    };
    let (tcp, listening) = listen(&settings).await;
    let public_url = settings.listen.public_url.clone();
    let socket = match Socket::bind(&settings.socket) {
        Ok(socket) => socket,
        Err(error) => {
            engine.stop().await;
            let act = format!("listening at {}", settings.socket.display());
            let hint = "its folder must belong to you and be closed to others; LONGHAUL_HOME chooses another one";
            return Err(RunError {
                hint: Some(hint.to_owned()),
                ..refusal(&act, &error)
            });
        }
    };
    let state = ServerState::new(
        engine,
        settings.socket,
        settings.version,
        keys,
        (listening, settings.listen),
    );
    tracing::info!(
        socket = %state.daemon.socket.display(),
        http = state.daemon.listening.url(),
        pid = std::process::id(),
        "listening"
    );
    let public = public_url.or_else(|| state.daemon.listening.url());
    state.engine.begin_notifying(public);
    let router = router(state.clone());
    let serving = async {
        let over_tcp = async {
            if let Some(tcp) = tcp {
                tcp.serve(router.clone(), &state).await;
            }
        };
        tokio::join!(socket.serve(router.clone(), &state), over_tcp)
    };
    tokio::pin!(serving);
    tokio::select! {
        _ = &mut serving => {}
        () = signals.next() => {
            state.end(Stopped::Stop);
            serving.await;
        }
    }
    let how = state.ended().await;
    state.engine.stop().await;
    tracing::info!(?how, "ended; tasks go on");
    Ok(how)
}

/// Starts the engine. A daemon that still holds the store but no longer answers is just ending: it is waited for.
async fn start(settings: &DaemonSettings) -> Result<Handle, RunError> {
    let deadline = Instant::now() + ROOM_MADE;
    loop {
        let boot = Boot {
            state: settings.state.clone(),
            socket: settings.socket.clone(),
            supervisor_program: settings.supervisor_program.clone(),
            fallback_environment: settings.fallback_environment.clone(),
            config: settings.engine.clone(),
            clock: Clock::default(),
        };
        let error = match Engine::start(boot).await {
            Ok(engine) => return Ok(engine),
            Err(error) => error,
        };
        if !error.is_in_use() || Instant::now() >= deadline || answers(&settings.socket).await {
            return Err(boot_refusal(&error));
        }
        tokio::time::sleep(ROOM_LOOK).await;
    }
}

/// Listens on TCP if that is wanted. Tasks need it not: where it fails, the daemon goes on without it and says so.
async fn listen(settings: &DaemonSettings) -> (Option<Tcp>, Listening) {
    let Some(wanted) = settings.listen.address else {
        return (None, Listening::Off);
    };
    match Tcp::bind(wanted, &settings.state).await {
        Ok(tcp) => {
            let listening = Listening::At(tcp.address);
            (Some(tcp), listening)
        }
        Err(error) => {
            tracing::error!(%wanted, %error, "cannot listen on TCP; the socket goes on alone");
            (None, Listening::Failed(format!("{wanted}: {error}")))
        }
    }
}

async fn answers(socket: &Path) -> bool {
    UnixStream::connect(socket).await.is_ok()
}

fn boot_refusal(error: &BootError) -> RunError {
    let hint = error.hint().map(str::to_owned);
    RunError {
        message: with_causes(error),
        hint,
        is_in_use: error.is_in_use(),
    }
}

fn refusal(act: &str, error: &io::Error) -> RunError {
    RunError {
        message: format!("{act}: {error}"),
        hint: None,
        is_in_use: false,
    }
}

/// The signals that end a daemon.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
