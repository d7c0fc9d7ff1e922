//! Who is asking: a process inside a task, or its user.
//!
//! It is found anew for each request, from the connection alone; what the request presents decides nothing but the task
//! whose token it may be. Who cannot be told from a process of a restricted task is refused.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use longhaul_api::ErrorCode;
use longhaul_engine::{ProcessOwner, Rights};
use longhaul_model::{Actor, TaskId};
use tokio::sync::OnceCell;

use crate::peer::{Peer, Way};
use crate::problem::{Answer, Failure};
use crate::state::ServerState;
use crate::tcp_peer::{OtherEnd, other_end};

/// The task whose own token a request carried.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TokenOf(pub(crate) TaskId);

/// When it was asked, and the task; nothing before.
type Known = Option<(Instant, Option<TaskId>)>;

/// What is known of the task a connection belongs to, so that not every request walks through `/proc`.
#[derive(Debug, Default)]
pub(crate) struct Membership {
    task: Mutex<Known>,
    /// The other end of a TCP connection, once it was looked for.
    other_end: OnceCell<OtherEnd>,
}

/// How long "in no task" is believed: a task that just started may not be known as such yet.
const OUTSIDE_BELIEVED: Duration = Duration::from_secs(1);
/// How often a process of which nobody can tell where it belongs is looked at again, and how long after each other.
const LOOKS: u32 = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

impl Membership {
    async fn other_end(&self, from: SocketAddr, to: SocketAddr) -> &OtherEnd {
        let look = || async move {
            let looked = tokio::task::spawn_blocking(move || other_end(from, to)).await;
            // A look that broke off has seen nobody.
            looked.unwrap_or(OtherEnd::Unseen { group: None })
        };
        self.other_end.get_or_init(look).await
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The task; nothing for one that is in none. What was told of the connection before counts if it is unclear now:
    /// the process that opened it may be gone by then.
    async fn task_of(&self, asking: &Asking<'_>, state: &ServerState) -> Answer<Option<TaskId>> {
        let before = *self.known();
        match before {
            Some((_, Some(task))) => return Ok(Some(task)),
            Some((asked, None)) if asked.elapsed() < OUTSIDE_BELIEVED => return Ok(None),
            Some((_, None)) | None => {}
        }
        let task = match (asking.task(state).await, before) {
            (Ok(task), _) => task,
            (Err(_), Some(_)) => None,
            (Err(failure), None) => return Err(failure),
        };
        *self.known() = Some((Instant::now(), task));
        Ok(task)
    }
}

/// The other end, in the form in which the engine is asked about it.
enum Asking<'a> {
    /// One of these processes: all that hold the connection.
    Processes(&'a [i32]),
    /// Somebody on this machine who cannot be seen, with the control group in which the connection was made.
    Unseen { group: Option<u64>, from: SocketAddr },
}

impl Asking<'_> {
    /// The task that it belongs to; nothing for one that is in none. Refuses one of which nobody can tell: a task's
    /// program could otherwise have the rights of its user by ending before it is looked at.
    async fn task(&self, state: &ServerState) -> Answer<Option<TaskId>> {
        for _ in 0..LOOKS {
            match self.owner(state).await {
                ProcessOwner::Task(task) => return Ok(Some(task)),
                ProcessOwner::Nobody => return Ok(None),
                ProcessOwner::Unknown => tokio::time::sleep(BETWEEN_LOOKS).await,
                ProcessOwner::Confined => return Err(confined()),
                ProcessOwner::Unseen => return Err(self.unseen(state)),
            }
        }
        let failure = Failure::new(
            ErrorCode::Forbidden,
            "cannot determine which process is connecting, or whether it belongs to a task",
        );
        Err(failure.with_hint("the process that connects must be there until it has its answer; try again"))
    }

    async fn owner(&self, state: &ServerState) -> ProcessOwner {
        match self {
            Self::Processes(pids) => {
                // A connection that several hold is as trustworthy as the least of them.
                let mut least: Option<(u8, ProcessOwner)> = None;
                for pid in *pids {
                    let owner = state.engine.process_owner(*pid).await;
                    let distrust = match owner {
                        ProcessOwner::Nobody => 0,
                        ProcessOwner::Task(task) if state.engine.rights_of(task).await == Rights::User => 1,
                        ProcessOwner::Unknown => 2,
                        ProcessOwner::Unseen => 3,
                        ProcessOwner::Confined => 4,
                        ProcessOwner::Task(_) => 5,
                    };
                    if least.is_none_or(|(most, _)| distrust >= most) {
                        least = Some((distrust, owner));
                    }
                }
                least.map_or(ProcessOwner::Unknown, |(_, owner)| owner)
            }
            Self::Unseen { group, .. } => match state.engine.owner_of_unseen_process(*group).await {
                ProcessOwner::Unseen if self.comes_from_a_proxy(state) => ProcessOwner::Nobody,
                owner => owner,
            },
        }
    }

    fn comes_from_a_proxy(&self, state: &ServerState) -> bool {
        match self {
            Self::Processes(_) => false,
            Self::Unseen { from, .. } => {
                let address = from.ip().to_canonical();
                state
                    .daemon
                    .trusted_proxies
                    .iter()
                    .any(|trusted| trusted.contains(&address))
            }
        }
    }

    fn unseen(&self, state: &ServerState) -> Failure {
        let failure = Failure::new(
            ErrorCode::Forbidden,
            "cannot see which process is connecting, and a task with fewer rights than its user is running",
        );
        let socket = state.daemon.socket.display();
        failure.with_hint(match self {
            Self::Processes(_) => format!("ask from the daemon's own pid namespace, over {socket}"),
            Self::Unseen { .. } => format!(
                "forward the Unix socket {socket} instead of the port, or name the address in `trusted_proxies`"
            ),
        })
    }
}

/// For a process in a cage whose task is not one of ours, or over.
fn confined() -> Failure {
    let failure = Failure::new(
        ErrorCode::Forbidden,
        "the process that connects is in a sandbox or container, or was started in a task that is over or another daemon's",
    );
    failure.with_hint("ask from outside of it; a container is let in by its control group in `trusted_containers`")
}

/// Who is asking: a process inside a task, or somebody outside.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller {
    /// The task it is inside of.
    pub(crate) task: Option<TaskId>,
}

impl Caller {
    /// As the history tells it.
    pub(crate) fn actor(self) -> Actor {
        self.task.map_or(Actor::User, Actor::Task)
    }
}

impl FromRequestParts<ServerState> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &ServerState) -> Answer<Self> {
        let alone = Membership::default();
        let membership = parts.extensions.get::<Arc<Membership>>().map_or(&alone, Arc::as_ref);
        let peer = parts.extensions.get::<Peer>().map(|peer| [peer.pid]);
        let asking = match (&peer, parts.extensions.get::<Way>()) {
            (Some(pids), _) => Some(Asking::Processes(pids)),
            (None, Some(Way::Tcp { from, to })) => match membership.other_end(*from, *to).await {
                OtherEnd::Elsewhere => None,
                OtherEnd::Processes(pids) => Some(Asking::Processes(pids)),
                OtherEnd::Unseen { group } => Some(Asking::Unseen {
                    group: *group,
                    from: *from,
                }),
            },
            (None, Some(Way::Socket) | None) => None,
        };
        let inside = match asking {
            Some(asking) => membership.task_of(&asking, state).await?,
            None => None,
        };
        // What a process is inside of counts before what it presents.
        let task = inside.or_else(|| parts.extensions.get::<TokenOf>().map(|token| token.0));
        Ok(Self { task })
    }
}
