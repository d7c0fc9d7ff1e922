//! A program that is asked something: what it printed, beside how it ended.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use super::run::{ProgramEnd, start_and_wait};

/// More of an answer is not read.
const LONGEST_ANSWER_BYTES: u64 = 64 << 10;

/// What a program answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProgramAnswer {
    /// How it ended.
    pub(crate) end: ProgramEnd,
    /// The beginning of what it printed on standard output; whatever is not UTF-8 is replaced.
    pub(crate) stdout: String,
}

/// Runs a program to its end or its limit and reads its answer. Blocks; call it from a blocking thread.
///
/// The answer goes through a file without a name: some programs exit before a pipe has taken all they wrote.
pub(crate) fn ask(
    words: &[&str],
    folder: &Path,
    environment: Option<&BTreeMap<String, String>>,
    limit: Duration,
) -> io::Result<ProgramAnswer> {
    let mut file = tempfile::tempfile()?;
    let end = start_and_wait(
        words,
        folder,
        environment,
        Vec::new(),
        limit,
        Stdio::from(file.try_clone()?),
    )?;
    file.rewind()?;
    let mut bytes = Vec::new();
    file.take(LONGEST_ANSWER_BYTES).read_to_end(&mut bytes)?;
    Ok(ProgramAnswer {
        end,
        stdout: String::from_utf8_lossy(&bytes).into_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(script: &str, limit: Duration) -> ProgramAnswer {
        ask(&["sh", "-c", script], Path::new("/"), None, limit).expect("sh runs")
    }

    #[test]
    fn an_answer_is_read_with_its_end() {
        let answer = asked("echo 1.2.3; echo no >&2; exit 3", Duration::from_secs(30));
        assert_eq!(answer.stdout, "1.2.3\n");
        assert_eq!(answer.end, ProgramEnd::Exited(3));
    }

    #[test]
    fn what_was_said_before_the_limit_is_kept_and_floods_are_cut() {
        let answer = asked("echo so far; sleep 1000", Duration::from_secs(2));
        assert_eq!((answer.stdout.as_str(), answer.end), ("so far\n", ProgramEnd::TimedOut));
        let flood = asked("head -c 1000000 /dev/zero", Duration::from_secs(30));
        assert_eq!(flood.stdout.len(), 64 << 10);
    }
}
