//! Who gets in over TCP: the token for programs, a session and a page secret for the page.
//!
//! What this is not: rights. Whoever gets in is the user; what a task may do is decided elsewhere, whatever it presents.

mod admission;
mod codes;
mod failures;
mod secret;
mod session;
mod token;

pub(crate) use admission::{admit, wrong};
pub(crate) use secret::Secret;
use session::PAGE_HEADER;
pub(crate) use session::SESSION_LIVES;
pub(crate) use token::TokenError;

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::watch;

use codes::Codes;
use failures::Failures;
use session::Session;

/// The secrets of one daemon, and who tried wrong ones.
#[derive(Debug)]
pub(crate) struct Keys {
    file: PathBuf,
    /// Tells this daemon's cookie from that of another on the same host.
    cookie_name: String,
    token: RwLock<Secret>,
    codes: Mutex<Codes>,
    failures: Mutex<Failures>,
    /// Counts the tokens there have been; whoever got in with an older one is out.
    generation: watch::Sender<u64>,
}

impl Keys {
    /// The keys of a daemon with this state folder. Its token is read, or made if there is none.
    pub(crate) fn open(state: &Path, store_uuid: &str) -> Result<Self, TokenError> {
        let file = state.join("token");
        let token = token::load_or_make(&file)?;
        let short = store_uuid.split('-').next().unwrap_or_default();
        Ok(Self {
            file,
            cookie_name: format!("longhaul-{short}"),
            token: RwLock::new(token),
            codes: Mutex::default(),
            failures: Mutex::new(Failures(HashMap::new())),
            generation: watch::Sender::new(0),
        })
    }

    /// Puts a new token in force. Everybody who came in over TCP with the old one is out at once.
    pub(crate) fn rotate(&self) -> Result<(), TokenError> {
        let mut token = self.token.write().unwrap_or_else(PoisonError::into_inner);
        *token = token::make(&self.file)?;
        drop(token);
        self.codes().clear();
        self.generation.send_modify(|generation| *generation += 1);
        Ok(())
    }

    /// Changes when the token does.
    pub(crate) fn generations(&self) -> watch::Receiver<u64> {
        self.generation.subscribe()
    }

    /// A code with which a page can sign in once.
    pub(crate) fn new_code(&self) -> Result<(Secret, Duration), TokenError> {
        let code = Secret::random().map_err(TokenError::Random)?;
        self.codes().add(&code, Instant::now());
        Ok((code, codes::CODE_LIVES))
    }

    /// Whether the code is good. It is not any more after that.
    pub(crate) fn take_code(&self, code: &str) -> bool {
        self.codes().take(code, Instant::now())
    }

    /// Whether this is the token in force.
    pub(crate) fn is_token(&self, presented: &str) -> bool {
        self.token().equals(presented)
    }

    /// A session that begins now.
    pub(crate) fn new_session(&self, now: Timestamp) -> Result<Session, TokenError> {
        Session::begin(&self.token(), now).map_err(TokenError::Random)
    }

    /// Whether cookie and page secret belong together and are still good.
    pub(crate) fn is_session(&self, cookie: &str, page_secret: &str, now: Timestamp) -> bool {
        session::is_good(&self.token(), cookie, page_secret, now)
    }

    pub(crate) fn cookie_name(&self) -> &str {
        &self.cookie_name
    }

    /// Notes a wrong secret from this address; how long to wait, if there were too many.
    pub(crate) fn note_failure(&self, from: IpAddr) -> Result<(), Duration> {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.note(from, Instant::now())
    }

    fn token(&self) -> std::sync::RwLockReadGuard<'_, Secret> {
        self.token.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn codes(&self) -> std::sync::MutexGuard<'_, Codes> {
        self.codes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
