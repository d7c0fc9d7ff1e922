//! What the fields of a submit and of an edit mean, whatever the kind: lengths of time, ids, labels, standard input.
//!
//! No request is known here and nothing of HTTP: whoever has words of a task inside the daemon reads them the same way.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use longhaul_api::{self as api, Word};
use longhaul_model::{Origin, Prerequisite, StandardInput, StatedTrigger, TaskId, UnknownWord, Words};

/// The longest wait that is taken at its word; longer ones mean it.
const LONGEST_WAIT_MS: u64 = 100 * 366 * 86_400_000;

/// What of the words of a task cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct WordsError {
    /// What is wrong.
    pub(crate) message: String,
    /// What to do about it; nothing if nothing is known to help.
    pub(crate) hint: Option<String>,
}

/// What was read.
pub(crate) type Read<T> = Result<T, WordsError>;

impl WordsError {
    /// That this is wrong.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Puts what was given in its place; leaves what is there if nothing was.
pub(crate) fn put<T>(place: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *place = given;
    }
}

/// A time limit. None at all is said by leaving it out, and nothing could keep one of zero.
pub(crate) fn limit(field: &str, limit_ms: Option<u64>) -> Read<Option<u64>> {
    match limit_ms {
        Some(0) => Err(WordsError::new(format!(
            "{field} must be at least 1; without it there is no limit"
        ))),
        limit_ms => Ok(limit_ms),
    }
}

pub(crate) fn standard_input(
    text: Option<String>,
    base64: Option<String>,
    file: Option<String>,
) -> Read<StandardInput> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    match (text, base64, file) {
        (None, None, None) => Ok(StandardInput::Nothing),
        (Some(text), None, None) => Ok(StandardInput::Base64(STANDARD.encode(text))),
        (None, Some(encoded), None) => match STANDARD.decode(&encoded) {
            Ok(_) => Ok(StandardInput::Base64(encoded)),
            Err(_) => Err(WordsError::new("stdin_base64 is not base64")),
        },
        (None, None, Some(path)) => Ok(StandardInput::File(path)),
        _ => Err(WordsError::new(
            "only one of stdin, stdin_base64 and stdin_file can be given",
        )),
    }
}

pub(crate) fn mask(umask: u32) -> Read<u32> {
    if umask <= 0o777 {
        Ok(umask)
    } else {
        Err(WordsError::new("umask must be a number from 0 to 511 (octal 777)"))
    }
}

/// An environment that a program can be given. Its values are never repeated.
pub(crate) fn environment(given: BTreeMap<String, String>) -> Read<BTreeMap<String, String>> {
    let is_name = |name: &str| !name.is_empty() && !name.contains(['=', '\0']);
    match given
        .iter()
        .find(|(name, value)| !is_name(name) || value.contains('\0'))
    {
        Some((name, _)) if is_name(name) => Err(WordsError::new(format!(
            "the value of the variable {name} contains a NUL byte"
        ))),
        Some((name, _)) => Err(WordsError::new(format!("`{name}` cannot name a variable"))),
        None => Ok(given),
    }
}

pub(crate) fn labels(labels: BTreeMap<String, String>) -> Read<BTreeMap<String, String>> {
    match labels.keys().find(|name| name.contains('=')) {
        Some(name) => Err(WordsError::new(format!(
            "the name of the label `{name}` contains an equals sign"
        ))),
        None => Ok(labels),
    }
}

/// Where a task comes from, and what set it off if its caller states that.
pub(crate) fn origin_of(given: Option<api::Origin>, trigger: Option<api::TriggerRequest>) -> Read<Origin> {
    let api::Origin {
        source,
        session,
        message,
        url,
        key,
    } = given.unwrap_or_default();
    Ok(Origin {
        source,
        session,
        message,
        url,
        key,
        trigger: trigger.map(stated_trigger).transpose()?,
    })
}

fn stated_trigger(given: api::TriggerRequest) -> Read<StatedTrigger> {
    let by = given.by.known().filter(|by| by.is_stated());
    let by = by.ok_or_else(|| {
        let message = format!("trigger.by must be system or policy, not `{}`", given.by);
        WordsError::new(message).with_hint("all else is derived from where the submit comes from")
    })?;
    if given.detail.trim().is_empty() {
        return Err(WordsError::new("trigger.detail is empty: say which one"));
    }
    Ok(StatedTrigger {
        by,
        detail: given.detail,
    })
}

/// The word that was given; the default if none was.
pub(crate) fn word<T: Words + Default>(given: Option<&Word<T>>) -> Read<T> {
    given.map_or_else(|| Ok(T::default()), known)
}

/// The word that was given, which must be one of its list.
pub(crate) fn known<T: Words>(given: &Word<T>) -> Read<T> {
    given
        .known()
        .ok_or_else(|| WordsError::new(UnknownWord::new::<T>(given.as_str()).to_string()))
}

pub(crate) fn read<T: std::str::FromStr<Err: std::fmt::Display>>(field: &str, typed: &str) -> Read<T> {
    typed
        .parse()
        .map_err(|error| WordsError::new(format!("{field}: {error}")))
}

pub(crate) fn ids(numbers: &[u64]) -> Read<Vec<TaskId>> {
    numbers.iter().map(|number| id("after", *number)).collect()
}

/// The id with this number.
pub(crate) fn id(field: &str, number: u64) -> Read<TaskId> {
    TaskId::new(number).ok_or_else(|| WordsError::new(format!("{field}: {number} is not a task id")))
}

pub(crate) fn prerequisites(typed: &[String]) -> Read<Vec<Prerequisite>> {
    typed.iter().map(|typed| read("requires", typed)).collect()
}

pub(crate) fn later(now: Timestamp, wait_ms: u64) -> Timestamp {
    let wait = SignedDuration::try_from(Duration::from_millis(wait_ms.min(LONGEST_WAIT_MS)));
    wait.ok()
        .and_then(|wait| now.checked_add(wait).ok())
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_that_no_program_can_have_is_refused() {
        let ask = |name: &str, value: &str| environment([(name.to_owned(), value.to_owned())].into()).is_ok();
        assert!(ask("A", "b=c\n"));
        assert!(!ask("A=B", "") && !ask("", "x") && !ask("A\0", "x") && !ask("A", "x\0"));
    }

    #[test]
    fn an_endless_wait_does_not_overflow() {
        assert!(later(Timestamp::UNIX_EPOCH, u64::MAX) > Timestamp::UNIX_EPOCH);
        assert_eq!(later(Timestamp::MAX, u64::MAX), Timestamp::MAX);
    }
}
