//! What a transport knows of the other end of a connection, before anything is asked.

use std::net::SocketAddr;

/// The way a request came. Set by the transport, and by nothing that the other end says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Over the Unix socket: the kernel says that it is the same user.
    Socket,
    /// Over TCP: anybody.
    Tcp {
        /// The other end.
        from: SocketAddr,
        /// Our end.
        to: SocketAddr,
    },
}

/// The process at the other end, as the kernel tells it. Absent where the transport does not know.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    /// Its process id; 0 if it has none here, being in another pid namespace.
    pub pid: i32,
    /// Its user.
    pub uid: u32,
}
