//! Linux: the kernel knows the socket at the other end, and whoever holds it shows it among its descriptors (proc(5)).

use std::fs;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::Path;

use super::OtherEnd;
use super::socket_facts::{self, SocketFacts};

/// Who holds the other end of the connection from `theirs` to `ours`. Blocks: it looks through every process.
pub(crate) fn other_end(theirs: SocketAddr, ours: SocketAddr) -> OtherEnd {
    let plain = |address: SocketAddr| SocketAddr::new(address.ip().to_canonical(), address.port());
    let (theirs, ours) = (plain(theirs), plain(ours));
    let Some(facts) = socket_facts::of(theirs, ours) else {
        // Gone, or never here.
        return if is_of_this_machine(theirs.ip()) {
            OtherEnd::Unseen { group: None }
        } else {
            OtherEnd::Elsewhere
        };
    };
    // A socket without an inode is closed on their side already: its user is not told either then.
    let SocketFacts {
        uid,
        inode: Some(inode),
        group,
    } = facts
    else {
        return OtherEnd::Unseen { group: facts.group };
    };
    let holders = holders_of(inode);
    let own = rustix::process::geteuid();
    if !holders.is_empty() {
        OtherEnd::Processes(holders)
    } else if uid != own.as_raw() && !own.is_root() {
        OtherEnd::Elsewhere
    } else {
        // Root sees everybody's: one that nobody holds is hidden, whoever its user is.
        OtherEnd::Unseen { group }
    }
}

/// Every process that has this socket open, as far as we may look.
fn holders_of(inode: u64) -> Vec<i32> {
    let wanted = format!("socket:[{inode}]");
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter(|pid| holds(Path::new(&format!("/proc/{pid}/fd")), &wanted))
        .collect()
}

fn holds(descriptors: &Path, wanted: &str) -> bool {
    let Ok(entries) = fs::read_dir(descriptors) else {
        return false;
    };
    let mut targets = entries.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    targets.any(|target| target.as_os_str() == wanted)
}

/// Whether an address is one of this machine's own: only then something can be bound to it.
fn is_of_this_machine(address: IpAddr) -> bool {
    address.is_loopback() || UdpSocket::bind((address, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    fn connected(address: &str) -> Option<(TcpListener, TcpStream, SocketAddr, SocketAddr)> {
        // A machine may have no IPv6.
        let listener = TcpListener::bind(address).ok()?;
        let ours = listener.local_addr().expect("it is bound");
        let client = TcpStream::connect(ours).expect("it listens");
        let theirs = client.local_addr().expect("it is connected");
        Some((listener, client, theirs, ours))
    }

    #[test]
    fn the_process_at_the_other_end_of_a_connection_is_found() {
        let own = i32::try_from(std::process::id()).expect("a pid");
        for address in ["127.0.0.1:0", "[::1]:0", "[::ffff:127.0.0.1]:0"] {
            let Some((_listener, _client, theirs, ours)) = connected(address) else {
                continue;
            };
            let found = other_end(theirs, ours);
            assert_eq!(found, OtherEnd::Processes(vec![own]), "{address}");
        }
    }

    #[test]
    fn whoever_is_gone_or_was_never_there_is_unseen() {
        let (_listener, client, theirs, ours) = connected("127.0.0.1:0").expect("a free port");
        drop(client);
        let nobody: SocketAddr = "127.0.0.1:1".parse().expect("an address");
        for theirs in [theirs, nobody] {
            let found = other_end(theirs, ours);
            assert!(matches!(found, OtherEnd::Unseen { .. }), "{theirs}: {found:?}");
        }
    }

    #[test]
    fn another_machine_is_elsewhere() {
        let far: SocketAddr = "192.0.2.1:4000".parse().expect("an address");
        let ours: SocketAddr = "192.0.2.2:7717".parse().expect("an address");
        assert_eq!(other_end(far, ours), OtherEnd::Elsewhere);
    }
}
