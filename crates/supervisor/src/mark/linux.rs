//! Linux: the hard limit on file locks.

use std::fs;
use std::io;
use std::sync::OnceLock;

/// Limits up to here are marks: nobody else has a reason to set one, and a mark that is lowered stays one.
const HIGHEST: u64 = 4_095;

/// What a process puts upon itself before it becomes a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark(u64);

impl Mark {
    /// The mark of this process's children: below our own limit, so that a daemon which itself runs in a restricted
    /// task still tells its own tasks from whoever started it.
    pub(crate) fn for_children() -> io::Result<Self> {
        Ok(Self(hard_limit("self")?.saturating_sub(1).min(HIGHEST)))
    }

    /// In the child, between fork and exec: one system call.
    pub(crate) fn put_on(self) -> io::Result<()> {
        let limit = libc::rlimit {
            rlim_cur: self.0,
            rlim_max: self.0,
        };
        // SAFETY: the structure outlives the call.
        match unsafe { libc::setrlimit(libc::RLIMIT_LOCKS, &raw const limit) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

/// Whether a process carries a mark that we do not carry ourselves. An error if it cannot be looked at.
pub(crate) fn is_carried_by(pid: i32) -> io::Result<bool> {
    let theirs = hard_limit(&pid.to_string())?;
    Ok(theirs <= HIGHEST && theirs < own_hard_limit()?)
}

/// Our own, which nobody changes once we run.
fn own_hard_limit() -> io::Result<u64> {
    static OWN: OnceLock<u64> = OnceLock::new();
    match OWN.get() {
        Some(own) => Ok(*own),
        None => hard_limit("self").map(|own| *OWN.get_or_init(|| own)),
    }
}

fn hard_limit(process: &str) -> io::Result<u64> {
    let table = fs::read_to_string(format!("/proc/{process}/limits"))?;
    find(&table).ok_or_else(|| io::Error::other("the table of limits has no line for file locks"))
}

/// The third field of `Max file locks  SOFT  HARD  locks` (proc_pid_limits(5)).
fn find(table: &str) -> Option<u64> {
    let line = table.lines().find_map(|line| line.strip_prefix("Max file locks"))?;
    match line.split_ascii_whitespace().nth(1)? {
        "unlimited" => Some(u64::MAX),
        number => number.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hard_limit_is_read_whatever_the_soft_one_is() {
        let line = |values: &str| format!("Max open files 1 2 files\nMax file locks            {values}  locks\n");
        assert_eq!(find(&line("5   unlimited")), Some(u64::MAX));
        assert_eq!(find(&line("5   4095")), Some(4_095));
        assert_eq!(find("Max open files 1 2 files\n"), None);
    }

    #[test]
    fn a_process_that_was_not_marked_carries_none() {
        let own = i32::try_from(std::process::id()).expect("a pid");
        assert!(!is_carried_by(own).expect("we can look at ourselves"));
        assert!(is_carried_by(i32::MAX).is_err());
    }
}
