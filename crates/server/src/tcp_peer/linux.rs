//! Linux: the connection's inode is in `/proc/net/tcp`, and whoever holds it shows it among its descriptors (proc(5)).

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

/// The process that holds the other end of the connection from `theirs` to `ours`; nothing if it is not on this
/// machine, is gone, or cannot be seen. Blocks: it looks through every process of this user.
pub(crate) fn process_at(theirs: SocketAddr, ours: SocketAddr) -> Option<i32> {
    let inode = inode_of(theirs, ours)?;
    let wanted = format!("socket:[{inode}]");
    let processes = fs::read_dir("/proc").ok()?.filter_map(Result::ok);
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.into_iter()
        .find(|pid| holds(Path::new(&format!("/proc/{pid}/fd")), &wanted))
}

fn holds(descriptors: &Path, wanted: &str) -> bool {
    let Ok(entries) = fs::read_dir(descriptors) else {
        return false;
    };
    let mut targets = entries.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    targets.any(|target| target.as_os_str() == wanted)
}

fn inode_of(theirs: SocketAddr, ours: SocketAddr) -> Option<u64> {
    let table = if theirs.is_ipv4() {
        "/proc/net/tcp"
    } else {
        "/proc/net/tcp6"
    };
    find(&fs::read_to_string(table).ok()?, theirs, ours)
}

/// The inode in a line such as `0: 0100007F:9C40 0100007F:1E25 01 … uid timeout inode`.
fn find(table: &str, theirs: SocketAddr, ours: SocketAddr) -> Option<u64> {
    let (theirs, ours) = (written(theirs), written(ours));
    table.lines().skip(1).find_map(|line| {
        let mut fields = line.split_ascii_whitespace();
        let is_it = fields.nth(1) == Some(&theirs) && fields.next() == Some(&ours);
        if is_it { fields.nth(6)?.parse().ok() } else { None }
    })
}

/// An address as the kernel writes it: each 32-bit word in the machine's own byte order, in hexadecimal.
fn written(address: SocketAddr) -> String {
    let octets = match address.ip() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    let words = octets.chunks_exact(4).map(|word| {
        let bytes = word.try_into().expect("invariant: chunks of exactly four");
        format!("{:08X}", u32::from_ne_bytes(bytes))
    });
    format!("{}:{:04X}", words.collect::<String>(), address.port())
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn the_process_at_the_other_end_of_a_connection_is_found() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            // A machine may have no IPv6.
            let Ok(listener) = TcpListener::bind(address) else {
                continue;
            };
            let ours = listener.local_addr().expect("it is bound");
            let client = TcpStream::connect(ours).expect("it listens");
            let theirs = client.local_addr().expect("it is connected");
            let own = i32::try_from(std::process::id()).expect("a pid");
            assert_eq!(process_at(theirs, ours), Some(own), "{address}");
            drop(client);
        }
    }

    #[test]
    fn a_connection_that_nobody_holds_has_no_process() {
        let nobody: SocketAddr = "127.0.0.1:1".parse().expect("an address");
        assert_eq!(process_at(nobody, nobody), None);
    }
}
