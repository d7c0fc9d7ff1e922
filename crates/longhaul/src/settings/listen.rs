//! `listen`, `allow_remote`, `allowed_hosts` and `trusted_proxies`: where the page and the API are on TCP.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ipnet::IpNet;

/// Why an address cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ListenError {
    /// It is no address.
    #[error("`{typed}` is no address to listen on")]
    NotAnAddress {
        /// As it was typed.
        typed: String,
    },
    /// Others could reach it, and nobody said that they may.
    #[error("`{typed}` can be reached from other machines, and `allow_remote` is not set")]
    Remote {
        /// As it was typed.
        typed: String,
    },
    /// A name that cannot stand in a `Host` header.
    #[error("`{name}` in `allowed_hosts` is no host name")]
    NotAName {
        /// As it was typed.
        name: String,
    },
    /// A proxy that is none.
    #[error("`{typed}` in `trusted_proxies` is no address and no network")]
    NotANetwork {
        /// As it was typed.
        typed: String,
    },
}

impl ListenError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::NotAnAddress { .. } => "write it like \"127.0.0.1:7717\" or \"[::1]:7717\", or \"off\" for none",
            Self::Remote { .. } => {
                "a tunnel is safer (ssh -L 7717:127.0.0.1:7717); with allow_remote = true whoever reaches the port may \
                 try tokens, and whoever sees the traffic sees the token and all output, because it is not encrypted"
            }
            Self::NotAName { .. } => "write names alone, without scheme and port: allowed_hosts = [\"box.example\"]",
            Self::NotANetwork { .. } => "write it like \"192.0.2.7\" or \"10.0.3.0/24\"",
        }
    }
}

/// The address to listen on; nothing for `off`.
pub(crate) fn address(typed: &str, allow_remote: bool) -> Result<Option<SocketAddr>, ListenError> {
    let trimmed = typed.trim();
    if trimmed.eq_ignore_ascii_case("off") {
        return Ok(None);
    }
    let typed = || typed.to_owned();
    let local = trimmed
        .strip_prefix("localhost:")
        .and_then(|port| port.parse().ok())
        .map(|port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    let address = local
        .or_else(|| trimmed.parse().ok())
        .ok_or_else(|| ListenError::NotAnAddress { typed: typed() })?;
    if !address.ip().to_canonical().is_loopback() && !allow_remote {
        return Err(ListenError::Remote { typed: typed() });
    }
    Ok(Some(address))
}

/// The names as they can stand in a `Host` header, without port.
pub(crate) fn host_names(names: &[String]) -> Result<Vec<String>, ListenError> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let is_name = |name: &str| {
        let bare = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        match bare {
            Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
            None => !name.is_empty() && name.chars().all(is_plain),
        }
    };
    let checked = |name: &String| match is_name(name) {
        true => Ok(name.clone()),
        false => Err(ListenError::NotAName { name: name.clone() }),
    };
    names.iter().map(checked).collect()
}

/// Networks; a plain address is one of its own.
pub(crate) fn networks(typed: &[String]) -> Result<Vec<IpNet>, ListenError> {
    let read = |typed: &String| {
        let address = typed.parse().ok().map(|address: IpAddr| IpNet::from(address));
        let network = address.or_else(|| typed.parse().ok());
        network.ok_or_else(|| ListenError::NotANetwork { typed: typed.clone() })
    };
    typed.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_needs_no_leave_and_everything_else_does() {
        let read = |typed, allow| address(typed, allow);
        let at = |text: &str| Ok(Some(text.parse().expect("an address")));
        assert_eq!(read("127.0.0.1:7717", false), at("127.0.0.1:7717"));
        assert_eq!(read("localhost:80", false), at("127.0.0.1:80"));
        assert_eq!(read("[::1]:7717", false), at("[::1]:7717"));
        assert_eq!(read("off", false), Ok(None));
        for typed in ["0.0.0.0:7717", "[::]:7717", "192.0.2.1:80", "[::ffff:192.0.2.1]:80"] {
            assert!(matches!(read(typed, false), Err(ListenError::Remote { .. })), "{typed}");
            assert_eq!(read(typed, true), at(typed), "{typed}");
        }
        for typed in [
            "",
            "7717",
            ":7717",
            "localhost",
            "127.0.0.1",
            "127.0.0.1:99999",
            "http://127.0.0.1:1",
            "on",
        ] {
            assert!(
                matches!(read(typed, true), Err(ListenError::NotAnAddress { .. })),
                "{typed}"
            );
        }
    }

    #[test]
    fn an_allowed_host_is_a_name_without_scheme_and_port() {
        let good = ["box.example", "my-box", "192.0.2.1", "[2001:db8::1]"].map(str::to_owned);
        assert_eq!(host_names(&good).as_deref(), Ok(&good[..]));
        for bad in ["", "http://box.example", "box.example:80", "*", "a b", "[x]"] {
            assert!(host_names(&[bad.to_owned()]).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_proxy_is_an_address_or_a_network() {
        let read = |typed: &str| networks(&[typed.to_owned()]).map(|networks| networks[0].to_string());
        assert_eq!(read("192.0.2.7").as_deref(), Ok("192.0.2.7/32"));
        assert_eq!(read("10.0.3.0/24").as_deref(), Ok("10.0.3.0/24"));
        assert_eq!(read("::1").as_deref(), Ok("::1/128"));
        for bad in ["", "localhost", "10.0.0.0/33", "127.0.0.1:80"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
