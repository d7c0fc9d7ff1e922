//! Who may talk to us at all: `Host` and `Origin` are checked on every transport, the Unix socket included, because a
//! browser can be led to any local address.

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use longhaul_api::ErrorCode;

use crate::problem::Failure;

/// The names this machine has for itself, and the one the client uses on the socket.
const OWN_NAMES: [&str; 4] = ["localhost", "127.0.0.1", "[::1]", "longhaul"];

/// Lets a request through, or answers 403.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    match check(
        request.headers(),
        request.uri().authority().map(|authority| authority.as_str()),
    ) {
        Ok(()) => next.run(request).await,
        Err(failure) => failure.into_response(),
    }
}

fn check(headers: &HeaderMap, authority: Option<&str>) -> Result<(), Failure> {
    let hosts: Vec<_> = headers.get_all(HOST).iter().map(text).chain(authority).collect();
    if let Some(foreign) = hosts.iter().find(|host| !is_own(host)) {
        return Err(forbidden(format!("`{foreign}` is not a name of this daemon")));
    }
    for origin in headers.get_all(ORIGIN).iter().map(text) {
        // A page on another port of this machine is a stranger too: its origin must be the very host it talks to.
        let host = origin.strip_prefix("http://").filter(|host| is_own(host));
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

/// Whether `host`, with or without a port, is one of our names.
fn is_own(host: &str) -> bool {
    let port_begins = host.rfind(':').filter(|colon| !host[*colon..].contains(']'));
    let (name, port) = port_begins.map_or((host, "0"), |colon| (&host[..colon], &host[colon + 1..]));
    OWN_NAMES.iter().any(|own| own.eq_ignore_ascii_case(name)) && port.parse::<u16>().is_ok()
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
        check(&headers, None).is_ok()
    }

    #[test]
    fn only_our_own_names_are_hosts() {
        for host in [
            "localhost",
            "LOCALHOST:7717",
            "127.0.0.1:80",
            "[::1]",
            "[::1]:7717",
            "longhaul",
        ] {
            assert!(verdict(&[("host", host)]), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "",
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
