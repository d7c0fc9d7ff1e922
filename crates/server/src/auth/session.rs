//! A page's session: a cookie and a page secret, both signed with a key that dies with the token.
//!
//! Nothing is stored, so a session survives the daemon; and a new token ends them all.

use std::io;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use subtle::ConstantTimeEq;

use super::secret::{Secret, digest, random_bytes};

/// How long a session lives.
pub(crate) const SESSION_LIVES: Duration = Duration::from_secs(30 * 86_400);
/// The header in which the page sends its secret.
pub(crate) const PAGE_HEADER: &str = "x-longhaul-page";

const COOKIE: &str = "longhaul session cookie, version 1";
const PAGE: &str = "longhaul page secret, version 1";

/// What a page gets when it signs in.
#[derive(Debug)]
pub(crate) struct Session {
    /// The value of the cookie.
    pub(crate) cookie: Secret,
    /// What the page sends along.
    pub(crate) page_secret: Secret,
    pub(crate) expires_at: Timestamp,
}

impl Session {
    pub(super) fn begin(token: &Secret, now: Timestamp) -> io::Result<Self> {
        let mut id = [0; 16];
        random_bytes(&mut id)?;
        let expires_at = now.checked_add(SESSION_LIVES).unwrap_or(Timestamp::MAX);
        let named = format!("{}.{}", URL_SAFE_NO_PAD.encode(id), expires_at.as_second());
        Ok(Self {
            cookie: Secret::kept(format!("{named}.{}", token.sign(COOKIE, &named))),
            page_secret: Secret::kept(token.sign(PAGE, &named)),
            expires_at,
        })
    }
}

/// Whether cookie and page secret were given together, under this token, and not too long ago.
pub(super) fn is_good(token: &Secret, cookie: &str, page_secret: &str, now: Timestamp) -> bool {
    let Some((named, signature)) = cookie.rsplit_once('.') else {
        return false;
    };
    let is_alive = named
        .rsplit_once('.')
        .and_then(|(_, expires)| expires.parse::<i64>().ok())
        .is_some_and(|expires| expires > now.as_second());
    let same = |left: &str, right: &str| bool::from(digest(left).ct_eq(&digest(right)));
    let is_ours = same(&token.sign(COOKIE, named), signature);
    is_ours & same(&token.sign(PAGE, named), page_secret) & is_alive
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_good_until_it_expires_or_the_token_changes() {
        let token = Secret::kept("token".to_owned());
        let now = Timestamp::UNIX_EPOCH;
        let session = Session::begin(&token, now).expect("randomness");
        let (cookie, page) = (session.cookie.reveal(), session.page_secret.reveal());
        assert!(is_good(&token, cookie, page, now));
        let later = |seconds| Timestamp::from_second(seconds).expect("in range");
        let lives_s = 30 * 86_400;
        assert!(is_good(&token, cookie, page, later(lives_s - 1)));
        assert!(!is_good(&token, cookie, page, later(lives_s)));
        assert!(!is_good(&Secret::kept("other".to_owned()), cookie, page, now));
    }

    #[test]
    fn cookie_and_page_secret_must_belong_together_and_be_whole() {
        let token = Secret::kept("token".to_owned());
        let now = Timestamp::UNIX_EPOCH;
        let [one, other] = [(); 2].map(|()| Session::begin(&token, now).expect("randomness"));
        let cookie = one.cookie.reveal();
        assert!(!is_good(&token, cookie, other.page_secret.reveal(), now));
        assert!(!is_good(&token, cookie, "", now));
        let page = one.page_secret.reveal();
        let longer = cookie.replacen(&format!(".{}.", 30 * 86_400), ".99999999999.", 1);
        for forged in ["", ".", "..", "a.1.b", page, &longer, &cookie[..cookie.len() - 1]] {
            assert!(!is_good(&token, forged, page, now), "{forged}");
        }
    }
}
