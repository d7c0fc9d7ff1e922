//! What the kernel tells of one TCP socket of this machine: over netlink (sock_diag(7)), or from its tables (proc(5))
//! where it was built without.

use std::fs;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use netlink_packet_core::{NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload, Nla as _};
use netlink_packet_sock_diag::SockDiagMessage;
use netlink_packet_sock_diag::constants::{AF_INET, AF_INET6, IPPROTO_TCP};
use netlink_packet_sock_diag::inet::nlas::Nla;
use netlink_packet_sock_diag::inet::{ExtensionFlags, InetRequest, InetResponse, SocketId, StateFlags};
use netlink_sys::Socket;
use netlink_sys::protocols::NETLINK_SOCK_DIAG;

/// The facts of one socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SocketFacts {
    /// Whose it is. Means nothing without an inode.
    pub(super) uid: u32,
    /// Its number among a process's descriptors; nothing if no process has it any more.
    pub(super) inode: Option<u64>,
    /// The control group in which it was made; nothing where the kernel does not tell.
    pub(super) group: Option<u64>,
}

/// The socket that is bound to `local` and connected to `remote`; nothing if this machine has none.
pub(super) fn of(local: SocketAddr, remote: SocketAddr) -> Option<SocketFacts> {
    match asked(local, remote) {
        Ok(facts) => facts,
        Err(Unanswered) => read(local, remote),
    }
}

/// The kernel cannot be asked about sockets.
struct Unanswered;

/// linux/inet_diag.h
const INET_DIAG_CGROUP_ID: u16 = 21;
/// Where a socket of no such cookie, which is any, is meant.
const NO_COOKIE: [u8; 8] = [0xff; 8];
/// More than one answer about one socket takes.
const ANSWER_BYTES: usize = 4_096;

fn asked(local: SocketAddr, remote: SocketAddr) -> Result<Option<SocketFacts>, Unanswered> {
    let mut header = NetlinkHeader::default();
    header.flags = NLM_F_REQUEST;
    let request = InetRequest {
        family: if local.is_ipv4() { AF_INET } else { AF_INET6 },
        protocol: IPPROTO_TCP,
        extensions: ExtensionFlags::empty(),
        states: StateFlags::all(),
        socket_id: SocketId {
            source_port: local.port(),
            destination_port: remote.port(),
            source_address: local.ip(),
            destination_address: remote.ip(),
            interface_id: 0,
            cookie: NO_COOKIE,
        },
    };
    let mut message = NetlinkMessage::new(header, SockDiagMessage::InetRequest(request).into());
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    let socket = Socket::new(NETLINK_SOCK_DIAG).map_err(|_| Unanswered)?;
    socket.send(&bytes, 0).map_err(|_| Unanswered)?;
    let mut answer = Vec::with_capacity(ANSWER_BYTES);
    socket.recv(&mut answer, 0).map_err(|_| Unanswered)?;
    match NetlinkMessage::<SockDiagMessage>::deserialize(&answer)
        .map_err(|_| Unanswered)?
        .payload
    {
        NetlinkPayload::InnerMessage(SockDiagMessage::InetResponse(found)) => Ok(Some(facts(&found))),
        NetlinkPayload::Error(error) if error.raw_code() == -NOT_FOUND => Ok(None),
        _ => Err(Unanswered),
    }
}

/// `ENOENT`
const NOT_FOUND: i32 = 2;

fn facts(found: &InetResponse) -> SocketFacts {
    let group = found.nlas.iter().find_map(|attribute| match attribute {
        Nla::Other(other) if other.kind() == INET_DIAG_CGROUP_ID => {
            let mut value = [0; 8];
            (other.value_len() == value.len()).then(|| other.emit_value(&mut value))?;
            Some(u64::from_ne_bytes(value))
        }
        _ => None,
    });
    SocketFacts {
        uid: found.header.uid,
        inode: Some(u64::from(found.header.inode)).filter(|inode| *inode != 0),
        group: group.filter(|_| is_group_told_truly()),
    }
}

/// Before 5.15 the kernel called every socket one of the first group as soon as the older hierarchy marked sockets.
fn is_group_told_truly() -> bool {
    let name = rustix::system::uname();
    let release = name.release().to_string_lossy();
    let mut numbers = release.split('.').map_while(|part| part.parse::<u32>().ok());
    (numbers.next(), numbers.next()) >= (Some(5), Some(15))
}

/// From the tables of both families: a socket of IPv6 may be connected by an address of IPv4.
fn read(local: SocketAddr, remote: SocketAddr) -> Option<SocketFacts> {
    let mapped = |address: SocketAddr| match address.ip() {
        IpAddr::V4(ip) => SocketAddr::new(ip.to_ipv6_mapped().into(), address.port()),
        IpAddr::V6(_) => address,
    };
    let table = |name: &str| fs::read_to_string(name).unwrap_or_default();
    find(&table("/proc/net/tcp"), local, remote)
        .or_else(|| find(&table("/proc/net/tcp6"), mapped(local), mapped(remote)))
}

/// The facts in a line such as `0: 0100007F:9C40 0100007F:1E25 01 … uid timeout inode`.
fn find(table: &str, local: SocketAddr, remote: SocketAddr) -> Option<SocketFacts> {
    let (local, remote) = (written(local), written(remote));
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let is_it = fields.get(1) == Some(&local.as_str()) && fields.get(2) == Some(&remote.as_str());
        let number = |field: usize| fields.get(field)?.parse::<u64>().ok();
        is_it.then(|| {
            Some(SocketFacts {
                uid: u32::try_from(number(7)?).ok()?,
                inode: number(9).filter(|inode| *inode != 0),
                group: None,
            })
        })?
    })
}

/// An address as the kernel writes it: each 32-bit word in the machine's own byte order, in hexadecimal.
fn written(address: SocketAddr) -> String {
    let octets = match address.ip() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => Ipv6Addr::octets(&ip).to_vec(),
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
    fn the_tables_tell_what_the_kernel_answers() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            // A machine may have no IPv6.
            let Ok(listener) = TcpListener::bind(address) else {
                continue;
            };
            let remote = listener.local_addr().expect("it is bound");
            let client = TcpStream::connect(remote).expect("it listens");
            let local = client.local_addr().expect("it is connected");
            let from_tables = read(local, remote).expect("it is connected");
            assert!(from_tables.inode.is_some(), "{address}");
            match asked(local, remote) {
                Ok(facts) => assert_eq!(
                    facts.map(|facts| SocketFacts { group: None, ..facts }),
                    Some(from_tables)
                ),
                Err(Unanswered) => eprintln!("SKIPPED: this kernel cannot be asked about sockets"),
            }
            drop(client);
        }
    }

    #[test]
    fn a_socket_of_ipv6_that_is_connected_by_ipv4_is_found_in_the_tables() {
        let table = "  sl  local_address remote_address st\n\
            0: 0000000000000000FFFF00000100007F:9C40 0000000000000000FFFF00000100007F:1E25 01 0:0 00:0 0 1000 0 77 1\n";
        let at = |text: &str| text.parse::<SocketAddr>().expect("an address");
        let found = find(table, at("[::ffff:127.0.0.1]:40000"), at("[::ffff:127.0.0.1]:7717"));
        assert_eq!(found.map(|facts| (facts.uid, facts.inode)), Some((1000, Some(77))));
    }
}
