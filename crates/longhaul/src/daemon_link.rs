//! The way to the daemon: connect, or start one and connect; and come back to it when it was lost.
//!
//! What this is not: it starts no daemon inside a task, in another program's sandbox, or when `LONGHAUL_SOCKET` says where
//! one must be. There it waits for one, and then names the way out.

use std::io;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use longhaul_api::ErrorCode;
use longhaul_api::client::{Client, ClientError};
use tokio::sync::Mutex;

use crate::ask_error::AskError;
use crate::daemon_start::{Attempted, Starting};
use crate::exit;
use crate::failure::Failure;
use crate::neutral::foreign_place;
use crate::settings::{Environment, Folders, Settings};

/// A daemon that was lost may be one in the foreground that makes way for itself: only after this long another is started,
/// or the service manager's one would find its place taken.
const ROOM_FOR_A_SUCCESSOR: Duration = Duration::from_millis(300);
/// Between two looks at the socket.
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);
/// Before a busy daemon is asked again.
const WHILE_BUSY: Duration = Duration::from_millis(250);
/// A daemon that is lost sooner than this after it answered does not count as one that works.
const STEADY: Duration = Duration::from_secs(2);
/// How often in a row it may be lost before that.
const LOSSES: u32 = 5;

/// Why no daemon is started, as the beginning of a sentence.
#[derive(Debug, Clone, Copy)]
enum Obstacle {
    /// There is, or must be, another one.
    OtherDaemon(&'static str),
    /// A daemon that serves everybody would stand in another program's sandbox.
    ForeignPlace(&'static str),
}

/// A client with the means to get its daemon back.
#[derive(Debug)]
pub(crate) struct Link {
    client: Client,
    folders: Folders,
    environment: Environment,
    /// Whether a person asked for a daemon by name, which a foreign place does not keep from being started.
    starts_anywhere: bool,
    /// Why it must not start a daemon; nothing if it may. Found out when there is none: looking around takes longer than
    /// asking a daemon that is there.
    obstacle: OnceLock<Option<Obstacle>>,
    /// How long a daemon may take to answer.
    pub(crate) patience: Duration,
    /// Held by whoever brings the daemon back, so that one command starts one.
    starting_one: Mutex<()>,
}

impl Link {
    /// Connects; starts a daemon if there is none and it may.
    pub(crate) async fn open(settings: &Settings) -> Result<Self, Failure> {
        Self::new(settings)?.opened().await
    }

    /// As [`Self::open`], for a person who asked for a daemon by name: in a foreign place, too.
    pub(crate) async fn open_anywhere(settings: &Settings) -> Result<Self, Failure> {
        let mut link = Self::new(settings)?;
        link.starts_anywhere = true;
        link.opened().await
    }

    async fn opened(self) -> Result<Self, Failure> {
        match self.client.connect().await {
            Ok(()) => {}
            Err(error) if is_nobody_there(&error) => self.reconnect_or_start(Duration::ZERO).await?,
            Err(error) => return Err(error.into()),
        }
        Ok(self)
    }

    /// Connects; nothing if there is no daemon. Never starts one.
    pub(crate) async fn open_existing(settings: &Settings) -> Result<Option<Self>, Failure> {
        let link = Self::new(settings)?;
        match link.client.connect().await {
            Ok(()) => Ok(Some(link)),
            Err(error) if is_nobody_there(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn new(settings: &Settings) -> Result<Self, Failure> {
        let socket = settings
            .client_socket()
            .map_err(|error| Failure::ours(&error).hint(error.hint()))?;
        Ok(Self {
            client: Client::new(socket),
            folders: settings.folders.clone(),
            environment: settings.environment.clone(),
            starts_anywhere: false,
            obstacle: OnceLock::new(),
            patience: settings.environment.patience,
            starting_one: Mutex::new(()),
        })
    }

    /// The client, for requests that must not be repeated.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Asks until there is an answer: when the daemon is lost meanwhile, it is brought back and asked again. Only for
    /// requests that may be repeated.
    pub(crate) async fn ask<T>(&self, request: impl AsyncFn(&Client) -> Result<T, ClientError>) -> Result<T, AskError> {
        let mut losses = 0;
        let busy_until = Instant::now() + self.patience;
        loop {
            let asked_at = Instant::now();
            match request(&self.client).await {
                Err(error) if error.is_about_the_connection() => {
                    losses = if asked_at.elapsed() < STEADY { losses + 1 } else { 1 };
                    if losses > LOSSES {
                        return Err(error.into());
                    }
                    self.reconnect_or_start(ROOM_FOR_A_SUCCESSOR)
                        .await
                        .map_err(AskError::Gone)?;
                }
                Err(error) if error.code() == Some(ErrorCode::Busy) && Instant::now() < busy_until => {
                    tokio::time::sleep(WHILE_BUSY).await;
                }
                answered => return answered.map_err(AskError::Refused),
            }
        }
    }

    /// Waits until a daemon answers, and after `grace` starts one where that is allowed.
    async fn reconnect_or_start(&self, grace: Duration) -> Result<(), Failure> {
        let _only_one = self.starting_one.lock().await;
        let begun_at = Instant::now();
        let deadline = begun_at + self.patience;
        let mut starting: Option<Starting> = None;
        loop {
            match self.client.connect().await {
                Ok(()) => return Ok(()),
                Err(error) if is_nobody_there(&error) || backlog_is_full(&error) => {}
                Err(error) => return Err(error.into()),
            }
            if Instant::now() >= deadline {
                return Err(self.no_daemon_answered());
            }
            if self.obstacle().is_none() && begun_at.elapsed() >= grace {
                starting = match starting {
                    None => Some(Starting::begin(&self.folders)?),
                    Some(running) => match running.look() {
                        Attempted::Running(same) => Some(same),
                        // The winner may be about to answer, or it may be an old daemon about to end: then try again.
                        Attempted::LostToAnother { since } if since.elapsed() < Duration::from_millis(200) => {
                            Some(Starting::lost(since))
                        }
                        Attempted::LostToAnother { .. } => None,
                        Attempted::Failed(failure) => return Err(failure),
                    },
                };
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Why it must not start a daemon; nothing if it may.
    fn obstacle(&self) -> Option<Obstacle> {
        *self.obstacle.get_or_init(|| {
            let other = self.environment.why_not_start_a_daemon().map(Obstacle::OtherDaemon);
            let foreign = || {
                let place = self.environment.sandbox.or_else(foreign_place);
                place.filter(|_| !self.starts_anywhere).map(Obstacle::ForeignPlace)
            };
            other.or_else(foreign)
        })
    }

    fn no_daemon_answered(&self) -> Failure {
        let socket = self.client.socket().display();
        let patience = self.patience.as_secs();
        let failure = Failure::new(
            exit::OURS,
            format!("no daemon answered on {socket} within {patience} s"),
        );
        match self.obstacle() {
            None => failure.hint(format!(
                "look into {}, or run `longhaul daemon run` to see what it says",
                self.folders.log().display()
            )),
            Some(Obstacle::OtherDaemon(why)) => failure.hint(format!(
                "{why}, no daemon is started: any longhaul command in a plain shell starts one"
            )),
            Some(Obstacle::ForeignPlace(why)) => failure.hint(format!(
                "{why}, no daemon is started: any longhaul command in a plain shell starts one, and `longhaul daemon \
                 start` starts one here, for everybody's tasks"
            )),
        }
    }
}

/// Nobody listens: no socket, or one that nobody serves.
fn is_nobody_there(error: &ClientError) -> bool {
    let ClientError::Unreachable { source, .. } = error else {
        return false;
    };
    matches!(
        source.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::ConnectionRefused
    )
}

/// Somebody listens, but its line of callers is full, or it ended in this moment.
fn backlog_is_full(error: &ClientError) -> bool {
    match error {
        ClientError::Unreachable { source, .. } => {
            matches!(
                source.kind(),
                io::ErrorKind::WouldBlock | io::ErrorKind::ConnectionReset
            )
        }
        ClientError::Lost { .. } => true,
        ClientError::Foreign { .. } | ClientError::Problem(_) | ClientError::Protocol { .. } => false,
    }
}
