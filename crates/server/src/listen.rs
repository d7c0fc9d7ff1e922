//! Where to listen on TCP, and what came of it.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

/// What a daemon is told about TCP.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listen {
    /// The address; nothing for the Unix socket alone. If its port is taken, a free one of the same address is used.
    pub address: Option<SocketAddr>,
    /// Names, besides those this machine has for itself, by which the page is reached: host names without port.
    pub allowed_hosts: Vec<String>,
    /// Addresses from which a proxy of ours comes that cannot be seen: what it hands on is taken for its user's, though a
    /// program of a restricted task might come from there as well.
    pub trusted_proxies: Vec<IpNet>,
    /// The address of the page in notifications; nothing for the one it listens at.
    pub public_url: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Listening {
    /// It was not asked for.
    Off,
    /// Here.
    At(SocketAddr),
    /// It did not work.
    Failed(String),
}

impl Listening {
    /// The address of the page; nothing without one.
    pub(crate) fn url(&self) -> Option<String> {
        match self {
            Self::At(address) => Some(format!("http://{}", Named(*address))),
            Self::Off | Self::Failed(_) => None,
        }
    }

    /// The listener's own address, if it is one that a request can name.
    pub(crate) fn own_address(&self) -> Option<IpAddr> {
        match self {
            Self::At(address) => Some(address.ip()).filter(|ip| !ip.is_unspecified()),
            Self::Off | Self::Failed(_) => None,
        }
    }
}

/// An address as a browser on this machine names it.
struct Named(SocketAddr);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            // Whoever listens on every address is reached by the nearest one.
            SocketAddr::V4(address) if address.ip().is_unspecified() => write!(f, "127.0.0.1:{}", address.port()),
            SocketAddr::V6(address) if address.ip().is_unspecified() => write!(f, "[::1]:{}", address.port()),
            address => address.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_the_page_is_one_that_a_browser_can_open() {
        for (address, url) in [
            ("127.0.0.1:7717", "http://127.0.0.1:7717"),
            ("[::1]:80", "http://[::1]:80"),
            ("0.0.0.0:7717", "http://127.0.0.1:7717"),
            ("[::]:7717", "http://[::1]:7717"),
        ] {
            let listening = Listening::At(address.parse().expect("an address"));
            assert_eq!(listening.url().as_deref(), Some(url));
        }
        assert_eq!(Listening::Off.url(), None);
    }
}
