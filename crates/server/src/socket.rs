//! The Unix socket: made so that nobody else gets in, made anew if it vanishes, served until the daemon ends.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::Router;
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::connection::converse;
use crate::peer::{Peer, Way};
use crate::state::ServerState;
use crate::vanishing::Vanishing;

/// How long to pause when no connection can be accepted, because descriptors ran out for example.
pub(crate) const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long running answers get when the daemon ends.
pub(crate) const GRACE: Duration = Duration::from_secs(3);

/// A listening socket at a path.
#[derive(Debug)]
pub(crate) struct Socket {
    path: PathBuf,
    listener: UnixListener,
    /// Device and inode of the socket file, by which we know it again.
    identity: (u64, u64),
    owner: u32,
}

impl Socket {
    /// Listens at `path`, in place of whatever is there: the caller holds the lock of the store, so no other daemon can
    /// be listening. Its folder is made if it is missing, and is closed to other users.
    pub(crate) fn bind(path: &Path) -> io::Result<Self> {
        let folder = path.parent().ok_or_else(|| io::Error::other("it has no folder"))?;
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        close_to_others(folder)?;
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        // Under its final name from the start: the kernel goes on calling a socket what it was bound as, and by that name
        // the sandboxes of other homes find it. Whoever comes before it is there finds no daemon, and tries again; its
        // folder keeps others out before its mode does.
        let listener = std::os::unix::net::UnixListener::bind(path)?;
        fs::set_permissions(path, Permissions::from_mode(0o600))?;
        listener.set_nonblocking(true)?;
        let listener = UnixListener::from_std(listener)?;
        let facts = fs::symlink_metadata(path)?;
        Ok(Self {
            path: path.to_owned(),
            listener,
            identity: (facts.dev(), facts.ino()),
            owner: facts.uid(),
        })
    }

    /// Whether the file at the path is still ours.
    fn is_there(&self) -> bool {
        fs::symlink_metadata(&self.path).is_ok_and(|facts| (facts.dev(), facts.ino()) == self.identity)
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }

    /// Makes the socket anew: it vanished.
    fn bind_anew(&mut self) {
        match Self::bind(&self.path) {
            Ok(anew) => {
                tracing::warn!(socket = %self.path.display(), "the socket had vanished; made anew");
                *self = anew;
            }
            Err(error) => tracing::error!(socket = %self.path.display(), %error, "the socket vanished"),
        }
    }

    /// Answers with `router` until the daemon is asked to end, then lets running answers finish for a moment. Each
    /// request carries its [`Peer`]; other users are turned away.
    pub(crate) async fn serve(mut self, router: Router, state: &ServerState) {
        let mut connections = JoinSet::new();
        let mut vanishing = Vanishing::from(self.folder());
        let ended = state.ended();
        tokio::pin!(ended);
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        if let Some(peer) = peer(&stream, self.owner) {
                            connections.spawn(converse(stream, Way::Socket, Some(peer), router.clone(), state.clone()));
                        }
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be accepted");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                },
                () = vanishing.noticed() => {
                    if !self.is_there() {
                        self.bind_anew();
                        // It may be another folder of the same name by now.
                        vanishing = Vanishing::from(self.folder());
                    }
                }
                Some(_) = connections.join_next() => {}
                _ = &mut ended => break,
            }
        }
        if self.is_there() {
            let _ = fs::remove_file(&self.path);
        }
        drop(self.listener);
        let deadline = Instant::now() + GRACE;
        while let Ok(Some(_)) = tokio::time::timeout_at(deadline, connections.join_next()).await {}
        connections.shutdown().await;
    }
}

/// Closes our own folder to other users; refuses one that is everybody's.
fn close_to_others(folder: &Path) -> io::Result<()> {
    const STICKY: u32 = 0o1000;
    let facts = fs::metadata(folder)?;
    if facts.mode() & 0o077 == 0 {
        return Ok(());
    }
    if facts.mode() & STICKY != 0 {
        let message = format!("the folder {} is open to other users", folder.display());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
    }
    fs::set_permissions(folder, Permissions::from_mode(0o700))
}

/// Who is at the other end; nothing for a stranger.
fn peer(stream: &UnixStream, owner: u32) -> Option<Peer> {
    let credentials = stream.peer_cred().ok()?;
    if credentials.uid() != owner {
        tracing::warn!(uid = credentials.uid(), "rejected a connection from another user");
        return None;
    }
    Some(Peer {
        pid: credentials.pid().unwrap_or(0),
        uid: credentials.uid(),
    })
}
