//! Telling whoever sits at the desktop, by the program that the desktop has for it.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;

use super::message::Message;
use super::undelivered::Undelivered;
use crate::programs::{self, ProgramEnd};

/// How long it may take.
const LIMIT: Duration = Duration::from_secs(10);

/// Whether the environment is that of a desktop.
pub(super) fn is_there(environment: &BTreeMap<String, String>) -> bool {
    system::is_there(environment)
}

pub(super) fn tell(message: &Message, environment: &BTreeMap<String, String>) -> Result<(), Undelivered> {
    let words = system::words(message);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match programs::run(&words, Path::new("/"), Some(environment), LIMIT) {
        Ok(ProgramEnd::Exited(0)) => Ok(()),
        Ok(ProgramEnd::Exited(code)) => Err(Undelivered::Later(format!("{} exited with code {code}", words[0]))),
        Ok(ProgramEnd::TimedOut) => Err(Undelivered::Later(format!("{} did not end", words[0]))),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(Undelivered::Never(format!("there is no program `{}`", words[0])))
        }
        Err(error) => Err(Undelivered::Later(error.to_string())),
    }
}
