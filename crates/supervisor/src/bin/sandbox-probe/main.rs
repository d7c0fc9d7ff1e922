//! For tests only: tries to do what a confined program must not be able to do, and says what the system answered.
//!
//! Reads lines of an attempt and its words, parted by tabs, from the file that it is given; writes each line back with
//! `ok` or the system's refusal at its end.

#[cfg(target_os = "linux")]
mod attempts;
#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod kernel;

use std::process::ExitCode;

/// What it tries is Linux's own.
#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    ExitCode::from(2)
}

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    use std::io::Write as _;
    let Some(list) = std::env::args_os().nth(1) else {
        return ExitCode::from(2);
    };
    let Ok(list) = std::fs::read_to_string(list) else {
        return ExitCode::from(2);
    };
    for line in list.lines() {
        let words: Vec<&str> = line.split('\t').collect();
        let answer = match attempts::attempt(&words) {
            Ok(()) => "ok".to_owned(),
            Err(error) => match error.raw_os_error() {
                Some(errno) => format!("refused {errno}"),
                None => format!("refused {error}"),
            },
        };
        if writeln!(std::io::stdout(), "{line}\t{answer}").is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
