//! The one room of xtask that starts programs, asks for the time and reads the environment.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};

/// The workspace's root folder.
pub(crate) fn root() -> PathBuf {
    let mut folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    folder.pop();
    folder
}

/// The folder cargo builds into.
pub(crate) fn target() -> PathBuf {
    variable("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// A program, started in the workspace's root.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    #[expect(clippy::disallowed_methods, reason = "this is the room")]
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

/// The cargo that runs us.
pub(crate) fn cargo() -> Command {
    program(variable("CARGO").unwrap_or_else(|| "cargo".to_owned()))
}

/// A variable of the environment; `None` if it is unset or not text.
pub(crate) fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "this is the room")]
    std::env::var(name).ok()
}

/// Runs it with our own standard streams; anything but exit code 0 is an error that names the command line.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = line_of(command);
    let status = command.status().with_context(|| format!("starting `{line}`"))?;
    ensure!(status.success(), "`{line}` ended with {status}");
    Ok(())
}

/// Runs it and hands back what it wrote to stdout; anything but exit code 0 is an error with its stderr.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let line = line_of(command);
    let output = command.output().with_context(|| format!("starting `{line}`"))?;
    if !output.status.success() {
        bail!(
            "`{line}` ended with {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("reading the output of `{line}`"))
}

/// Whether the program can be started at all (asked by its `--version`).
pub(crate) fn is_there(name: impl AsRef<OsStr>) -> bool {
    program(name)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
}

/// The command line as a person would type it.
pub(crate) fn line_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| quoted(&word.to_string_lossy()))
        .collect::<Vec<_>>()
        .join(" ")
}

/// One word, in quotes if a shell would split or read it.
pub(crate) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=+,@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Time since 1970 by the wall clock: the only clock that two processes can compare.
pub(crate) fn wall_clock() -> Duration {
    #[expect(clippy::disallowed_methods, reason = "this is the room")]
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Writes the wall clock, in nanoseconds, to the named file.
pub(crate) fn stamp(arguments: &[String]) -> Result<()> {
    let [file] = arguments else {
        bail!("stamp takes one file")
    };
    std::fs::write(file, wall_clock().as_nanos().to_string()).with_context(|| format!("writing {file}"))
}

/// Asks `condition` until it holds; an error naming `what` when `limit` has passed.
pub(crate) fn wait_until(what: &str, limit: Duration, mut condition: impl FnMut() -> bool) -> Result<()> {
    let begun = std::time::Instant::now();
    while !condition() {
        ensure!(begun.elapsed() < limit, "waited {limit:?} in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

/// Reads a text file, with its path in the error.
pub(crate) fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_only_where_a_shell_would_split_it() {
        assert_eq!(quoted("--after"), "--after");
        assert_eq!(quoted("it's late"), r"'it'\''s late'");
        assert_eq!(quoted(""), "''");
    }
}
