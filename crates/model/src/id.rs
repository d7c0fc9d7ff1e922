//! One type for each number and name, so that a wrong argument does not compile.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A task's number. Never reused, never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskId(NonZeroU64);

/// What was typed is not a task's number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{typed}` is not a task id: ids are whole numbers from 1 up")]
pub struct IdError {
    /// The text as typed.
    pub typed: String,
}

impl TaskId {
    /// The id with this number; nothing for zero and for what a signed 64-bit column cannot hold.
    pub fn new(number: u64) -> Option<Self> {
        NonZeroU64::new(number).filter(|n| n.get() <= i64::MAX as u64).map(Self)
    }

    /// The bare number.
    pub fn get(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for TaskId {
    type Err = IdError;

    /// Accepts `17` and `#17`.
    fn from_str(typed: &str) -> Result<Self, IdError> {
        let digits = typed.strip_prefix('#').unwrap_or(typed);
        // `u64::from_str` would accept a leading plus sign.
        let is_plain = digits.bytes().all(|b| b.is_ascii_digit());
        let number = if is_plain { digits.parse().ok() } else { None };
        number.and_then(Self::new).ok_or_else(|| IdError {
            typed: typed.to_owned(),
        })
    }
}

/// Orders the claims of one task: grows with every claim, so that news about an older attempt is recognised as stale.
/// It is not the attempt count: a claim whose attempt never started uses a fence but no attempt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fence(pub u64);

impl Fence {
    /// The fence of the next claim.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Fence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which execution of a task this is, counted from 1; 0 stands for "none yet".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttemptNumber(pub u32);

impl fmt::Display for AttemptNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The name of a queue: 1 to 64 letters, digits, `-`, `_`, `.` or `/`. `total` is reserved for the limit over all queues.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QueueName(String);

/// What was typed cannot name a queue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{typed}` cannot name a queue: use 1 to 64 letters, digits, `-`, `_`, `.` or `/`, and not `total`")]
pub struct QueueNameError {
    /// The text as typed.
    pub typed: String,
}

impl QueueName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for QueueName {
    /// The queue that always exists.
    fn default() -> Self {
        Self("default".to_owned())
    }
}

impl FromStr for QueueName {
    type Err = QueueNameError;

    fn from_str(typed: &str) -> Result<Self, QueueNameError> {
        let is_legal = (1..=64).contains(&typed.len())
            && typed != "total"
            && typed.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
        if is_legal {
            Ok(Self(typed.to_owned()))
        } else {
            Err(QueueNameError {
                typed: typed.to_owned(),
            })
        }
    }
}

impl TryFrom<String> for QueueName {
    type Error = QueueNameError;

    fn try_from(typed: String) -> Result<Self, QueueNameError> {
        typed.parse()
    }
}

impl From<QueueName> for String {
    fn from(name: QueueName) -> Self {
        name.0
    }
}

impl fmt::Display for QueueName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_id_is_a_whole_number_from_one_up() {
        assert_eq!("17".parse::<TaskId>().map(TaskId::get), Ok(17));
        assert_eq!("#17".parse::<TaskId>().map(TaskId::get), Ok(17));
        for typed in [
            "",
            "0",
            "-1",
            "+1",
            "1.5",
            "x",
            "9223372036854775808",
            "18446744073709551616",
        ] {
            assert!(typed.parse::<TaskId>().is_err(), "{typed}");
        }
    }

    #[test]
    fn a_queue_name_is_short_plain_and_not_total() {
        assert!("nightly/builds-2".parse::<QueueName>().is_ok());
        for typed in ["", "total", "two words", "é", &"x".repeat(65)] {
            assert!(typed.parse::<QueueName>().is_err(), "{typed}");
        }
    }
}
