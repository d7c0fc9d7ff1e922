//! Linux: the process table in `/proc` (proc(5)).

use std::fs;
use std::io;

/// Whether it is gone, or only waits for its parent to notice. What cannot be determined counts as alive.
pub(crate) fn has_ended(pid: u32) -> bool {
    match fs::read_to_string(format!("/proc/{pid}/stat")) {
        // The name in parentheses may itself hold parentheses; the state is the first word after the last one.
        Ok(stat) => stat
            .rsplit_once(')')
            .is_some_and(|(_, rest)| matches!(rest.trim_start().chars().next(), Some('Z' | 'X'))),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_living_process_has_not_ended() {
        assert!(!has_ended(std::process::id()));
    }
}
