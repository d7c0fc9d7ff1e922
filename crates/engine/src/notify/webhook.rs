//! Telling somebody over HTTP: a signed POST, which arrives at least once.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::message::Message;
use super::undelivered::Undelivered;
use crate::config::Webhook;

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(10);

pub(super) fn tell(webhook: &Webhook, message: &Message) -> Result<(), Undelivered> {
    let body = message.json();
    let timestamp = message.sent_at.as_second().to_string();
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(LIMIT))
        .http_status_as_error(false)
        // A redirect would carry the message to somebody who was not named.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .build()
        .into();
    let answer = agent
        .post(webhook.url.reveal())
        .header("content-type", "application/json")
        .header("user-agent", "longhaul")
        .header("longhaul-delivery", &message.id)
        .header("longhaul-timestamp", &timestamp)
        .header(
            "longhaul-signature",
            signature(webhook.secret.reveal(), &timestamp, &body),
        )
        .send(body);
    match answer {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) if answer.status().as_u16() == 410 => Err(Undelivered::Never("it answered 410 Gone".to_owned())),
        Ok(answer) => Err(Undelivered::Later(format!("it answered {}", answer.status()))),
        Err(error) => Err(Undelivered::Later(without_address(
            &error.to_string(),
            webhook.url.reveal(),
        ))),
    }
}

/// `sha256=` and the HMAC-SHA256 of timestamp, a dot and the body, in hexadecimal digits.
fn signature(secret: &str, timestamp: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("invariant: HMAC takes any key");
    for part in [timestamp, ".", body] {
        mac.update(part.as_bytes());
    }
    let digits: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256={digits}")
}

/// The host, which tells no secret, with its port if it has one.
pub(super) fn host(url: &str) -> String {
    let after_scheme = url.find("://").map_or(0, |scheme| scheme + 3);
    let authority = url[after_scheme..].split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default().to_owned()
}

/// An error's text may quote the address, which may be a secret.
fn without_address(text: &str, url: &str) -> String {
    let path_begins = url.find("://").map_or(0, |scheme| scheme + 3);
    let path = url[path_begins..]
        .find('/')
        .map_or("", |slash| &url[path_begins + slash..]);
    let cut = text.replace(url, &host(url));
    if path.len() > 1 { cut.replace(path, "/…") } else { cut }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_that_others_compute() {
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac key
        assert_eq!(
            signature("key", "1700000000", "{\"a\":1}"),
            "sha256=a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03"
        );
    }

    #[test]
    fn what_is_logged_of_an_address_is_its_host() {
        assert_eq!(
            host("https://user:pass@hooks.example:8443/a/b?c#d"),
            "hooks.example:8443"
        );
        assert_eq!(host("http://hooks.example"), "hooks.example");
        let said = without_address("no such host: https://h.example/s3cr3t", "https://h.example/s3cr3t");
        assert_eq!(said, "no such host: h.example");
        assert_eq!(
            without_address("GET /s3cr3t failed", "https://h.example/s3cr3t"),
            "GET /… failed"
        );
    }
}
