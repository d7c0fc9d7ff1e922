//! Who may talk to us at all: `Host` and `Origin` are checked on every transport, the Unix socket included, because a
//! browser can be led to any local address.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use longhaul_api::ErrorCode;

use crate::problem::Failure;
use crate::state::ServerState;

/// The names this machine has for itself.
const OWN_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Lets a request through, or answers 403.
pub(crate) async fn guard(State(state): State<ServerState>, request: Request, next: Next) -> Response {
    let names = Names::of(&state);
    let authority = request.uri().authority().map(|authority| authority.as_str());
    match check(&names, request.headers(), authority) {
        Ok(()) => next.run(request).await,
        Err(failure) => failure.into_response(),
    }
}

/// The names a request may address us by, besides those every machine has for itself.
#[derive(Debug, Default)]
struct Names<'a> {
    /// Reached as they are configured, through a tunnel or a proxy that may speak TLS.
    configured: &'a [String],
    /// The very address we listen on.
    address: Option<String>,
}

impl<'a> Names<'a> {
    fn of(state: &'a ServerState) -> Self {
        let shown = |ip| match ip {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        Self {
            configured: &state.daemon.allowed_hosts,
            address: state.daemon.listening.own_address().map(shown),
        }
    }

    fn is_configured(&self, host: &str) -> bool {
        name_of(host).is_some_and(|name| self.configured.iter().any(|known| known.eq_ignore_ascii_case(name)))
    }

    fn has(&self, host: &str) -> bool {
        let own = OWN_NAMES.iter().copied().chain(self.address.as_deref());
        name_of(host).is_some_and(|name| own.clone().any(|own| own.eq_ignore_ascii_case(name)))
            || self.is_configured(host)
    }
}

fn check(names: &Names<'_>, headers: &HeaderMap, authority: Option<&str>) -> Result<(), Failure> {
    let hosts: Vec<_> = headers.get_all(HOST).iter().map(text).chain(authority).collect();
    if let Some(foreign) = hosts.iter().find(|host| !names.has(host)) {
        return Err(forbidden(format!("`{foreign}` is not a name of this daemon"))
            .with_hint("a name for a tunnel or a proxy goes into `allowed_hosts` of the configuration"));
    }
    for origin in headers.get_all(ORIGIN).iter().map(text) {
        // A page on another port of this machine is a stranger too: its origin must be the very host it talks to.
        let plain = origin.strip_prefix("http://");
        let sealed = origin.strip_prefix("https://").filter(|host| names.is_configured(host));
        let host = plain.or(sealed).filter(|host| names.has(host));
        let is_same = host.is_some_and(|host| hosts.iter().all(|own| own.eq_ignore_ascii_case(host)));
        if !is_same {
            return Err(forbidden(format!("requests from the origin `{origin}` are refused")));
        }
    }
    Ok(())
}

/// A header's text; what is not plain text matches nothing.
fn text(value: &HeaderValue) -> &str {
    value.to_str().unwrap_or("\u{fffd}")
}

/// The name in `host`, without the port it may have; nothing if that is no port.
fn name_of(host: &str) -> Option<&str> {
    let port_begins = host.rfind(':').filter(|colon| !host[*colon..].contains(']'));
    let (name, port) = port_begins.map_or((host, "0"), |colon| (&host[..colon], &host[colon + 1..]));
    port.parse::<u16>().is_ok().then_some(name)
}

fn forbidden(detail: String) -> Failure {
    Failure::new(ErrorCode::Forbidden, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        let configured = ["work.example".to_owned()];
        let names = Names {
            configured: &configured,
            address: Some("192.0.2.7".to_owned()),
        };
        check(&names, &headers, None).is_ok()
    }

    #[test]
    fn only_our_own_names_are_hosts() {
        for host in [
            "localhost",
            "LOCALHOST:7717",
            "127.0.0.1:80",
            "[::1]",
            "[::1]:7717",
            "work.example",
            "Work.example:8443",
            "192.0.2.7:7717",
        ] {
            assert!(verdict(&[("host", host)]), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "",
            "longhaul",
            "work.example.evil.example",
            "192.0.2.8",
            "localhost:x",
            "::1",
            "@localhost",
        ] {
            assert!(!verdict(&[("host", host)]), "{host}");
        }
        assert!(!verdict(&[("host", "localhost"), ("host", "evil.example")]));
        assert!(verdict(&[]));
    }

    #[test]
    fn only_the_host_itself_is_an_origin() {
        assert!(verdict(&[
            ("host", "localhost:7717"),
            ("origin", "http://localhost:7717")
        ]));
        for scheme in ["http", "https"] {
            let origin = if scheme == "http" {
                "http://work.example"
            } else {
                "https://work.example"
            };
            assert!(verdict(&[("host", "work.example"), ("origin", origin)]), "{origin}");
        }
        for origin in [
            "http://localhost:3000",
            "http://evil.example",
            "null",
            "https://localhost:7717",
            "file://",
        ] {
            assert!(!verdict(&[("host", "localhost:7717"), ("origin", origin)]), "{origin}");
        }
    }
}
