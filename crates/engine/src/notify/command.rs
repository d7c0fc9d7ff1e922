//! Telling a program of the user's: it gets the message as JSON on standard input.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use super::message::Message;
use super::undelivered::Undelivered;
use crate::programs::{self, ProgramEnd};

/// How long it may take.
const LIMIT: Duration = Duration::from_secs(60);

pub(super) fn tell(
    words: &[String],
    message: &Message,
    environment: &BTreeMap<String, String>,
) -> Result<(), Undelivered> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut text = message.json();
    text.push('\n');
    match programs::run_with_input(&words, Path::new("/"), Some(environment), text.into_bytes(), LIMIT) {
        Ok(ProgramEnd::Exited(0)) => Ok(()),
        Ok(ProgramEnd::Exited(code)) => Err(Undelivered::Later(format!("it exited with code {code}"))),
        Ok(ProgramEnd::TimedOut) => Err(Undelivered::Later(format!("it took longer than {} s", LIMIT.as_secs()))),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(Undelivered::Later("there is no such program".to_owned()))
        }
        Err(error) => Err(Undelivered::Later(error.to_string())),
    }
}
