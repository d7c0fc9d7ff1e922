//! The TCP listener: bound to the address that was asked for, or to a free port beside it, served until the daemon ends.

use std::fs;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::connection::converse;
use crate::peer::Way;
use crate::socket::{ACCEPT_PAUSE, GRACE};
use crate::state::ServerState;

/// How many connections are served at once; more wait until one ends.
const MOST_CONNECTIONS: usize = 512;

/// A listening port.
#[derive(Debug)]
pub(crate) struct Tcp {
    listener: TcpListener,
    pub(crate) address: SocketAddr,
}

impl Tcp {
    /// Listens at `wanted`. If its port is taken: at the one that was used last time instead, so that open pages find
    /// the daemon again, or at any that is free.
    pub(crate) async fn bind(wanted: SocketAddr, state_folder: &Path) -> io::Result<Self> {
        let memory = Memory(state_folder.join("port"));
        let is_taken = |error: &io::Error| error.kind() == io::ErrorKind::AddrInUse;
        let listener = match TcpListener::bind(wanted).await {
            Err(error) if is_taken(&error) => {
                let with_port = |port| SocketAddr::new(wanted.ip(), port);
                let again = match memory.port() {
                    Some(port) => TcpListener::bind(with_port(port)).await,
                    None => Err(error),
                };
                let listener = match again {
                    Err(error) if is_taken(&error) => TcpListener::bind(with_port(0)).await?,
                    other => other?,
                };
                let address = listener.local_addr()?;
                tracing::warn!(%wanted, %address, "the port is taken; listening on another");
                memory.keep(address.port());
                listener
            }
            other => other?,
        };
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Answers until the daemon is asked to end, then lets running answers finish for a moment. When the token changes,
    /// every connection is cut: whoever is there came in with the old one.
    pub(crate) async fn serve(self, router: Router, state: &ServerState) {
        let mut connections = JoinSet::new();
        let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let mut generations = state.keys.generations();
        let ended = state.ended();
        tokio::pin!(ended);
        loop {
            tokio::select! {
                accepted = accept(&self.listener, &places) => match accepted {
                    Ok((stream, from, place)) => {
                        // Small answers and events go out at once; without it they only come later.
                        let _ = stream.set_nodelay(true);
                        let to = stream.local_addr().unwrap_or(self.address);
                        let talk = converse(stream, Way::Tcp { from, to }, None, router.clone(), state.clone());
                        connections.spawn(async move {
                            talk.await;
                            drop(place);
                        });
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be accepted");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                },
                _ = generations.changed() => connections.abort_all(),
                Some(_) = connections.join_next() => {}
                _ = &mut ended => break,
            }
        }
        drop(self.listener);
        let deadline = Instant::now() + GRACE;
        while let Ok(Some(_)) = tokio::time::timeout_at(deadline, connections.join_next()).await {}
        connections.shutdown().await;
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, from) = listener.accept().await?;
    Ok((stream, from, place))
}

/// The port that was used in place of the one asked for.
struct Memory(PathBuf);

impl Memory {
    /// It is a convenience: what cannot be read is no reason not to listen.
    fn port(&self) -> Option<u16> {
        fs::read_to_string(&self.0).ok()?.trim().parse().ok()
    }

    fn keep(&self, port: u16) {
        if self.port() == Some(port) {
            return;
        }
        if let Err(error) = write_private(&self.0, &format!("{port}\n")) {
            tracing::warn!(file = %self.0.display(), %error, "could not note the port");
        }
    }
}

/// Writes a file that nobody else can read, as everything in the home is.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_gives_a_free_one_and_the_same_one_the_next_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let other = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let wanted = other.local_addr().expect("it is bound");
        let first = Tcp::bind(wanted, folder.path()).await.expect("another port");
        let used = first.address;
        assert_ne!(used.port(), wanted.port());
        assert!(used.ip().is_loopback());
        drop(first);
        let second = Tcp::bind(wanted, folder.path()).await.expect("another port");
        assert_eq!(second.address, used);
        let third = Tcp::bind(wanted, folder.path()).await.expect("yet another port");
        assert_ne!(third.address, used);
    }
}
