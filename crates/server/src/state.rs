//! What every route can reach.

use std::path::PathBuf;
use std::sync::Arc;

use ipnet::IpNet;
use jiff::Timestamp;
use longhaul_engine::Handle;
use tokio::sync::watch;

use crate::auth::Keys;
use crate::feed::Feed;
use crate::listen::{Listen, Listening};
use crate::stopped::Stopped;

/// The engine, and the daemon around it. Cheap to clone.
#[derive(Clone)]
pub struct ServerState {
    pub(crate) engine: Handle,
    pub(crate) daemon: Arc<Daemon>,
    /// Who gets in over TCP.
    pub(crate) keys: Arc<Keys>,
    /// What those who listen were told last.
    pub(crate) feed: Arc<Feed>,
}

/// The facts of this daemon.
#[derive(Debug)]
pub(crate) struct Daemon {
    pub(crate) socket: PathBuf,
    pub(crate) version: String,
    pub(crate) started_at: Timestamp,
    /// What came of listening on TCP.
    pub(crate) listening: Listening,
    /// Names by which the page is reached, besides our own.
    pub(crate) allowed_hosts: Vec<String>,
    /// Where proxies of ours come from that cannot be seen.
    pub(crate) trusted_proxies: Vec<IpNet>,
    ending: watch::Sender<Option<Stopped>>,
}

impl ServerState {
    /// The state of a daemon that starts now.
    pub(crate) fn new(engine: Handle, socket: PathBuf, version: String, keys: Keys, tcp: (Listening, Listen)) -> Self {
        let (listening, listen) = tcp;
        let Listen {
            allowed_hosts,
            trusted_proxies,
            ..
        } = listen;
        let started_at = engine.now();
        let ending = watch::Sender::new(None);
        Self {
            engine,
            daemon: Arc::new(Daemon {
                socket,
                version,
                started_at,
                listening,
                allowed_hosts,
                trusted_proxies,
                ending,
            }),
            keys: Arc::new(keys),
            feed: Arc::default(),
        }
    }

    /// Asks the daemon to end. The first wish counts.
    pub(crate) fn end(&self, how: Stopped) {
        self.daemon.ending.send_if_modified(|ending| {
            let is_first = ending.is_none();
            ending.get_or_insert(how);
            is_first
        });
    }

    /// How the daemon is ending; nothing while it is not.
    pub(crate) fn ending(&self) -> Option<Stopped> {
        *self.daemon.ending.borrow()
    }

    /// Returns when the daemon is asked to end.
    pub(crate) async fn ended(&self) -> Stopped {
        let mut ending = self.daemon.ending.subscribe();
        let wish = ending
            .wait_for(Option::is_some)
            .await
            .expect("invariant: the sender lives in the state we hold");
        wish.expect("invariant: waited until there is one")
    }
}
