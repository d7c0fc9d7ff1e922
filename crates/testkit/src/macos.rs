//! Processes as `ps` shows them. Untested: no macOS machine has run this.
//!
//! `ps -E` prints arguments and environment as one line of words, so both lists hold the same words here; that is
//! enough to find a world's processes.

use crate::processes::Process;

/// All processes of this user.
#[expect(
    clippy::disallowed_methods,
    reason = "the one helper command of the test world on macOS"
)]
pub(crate) fn all_processes() -> Vec<Process> {
    let listed = std::process::Command::new("ps")
        .args(["-axEww", "-o", "pid=,ppid=,stat=,command="])
        .output();
    let text = listed
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    text.lines().filter_map(one).collect()
}

/// Whether the process exists and is not a zombie.
pub(crate) fn is_alive(pid: u32) -> bool {
    all_processes().iter().any(|process| process.pid == pid)
}

fn one(line: &str) -> Option<Process> {
    let mut words = line.split_whitespace();
    let pid = words.next()?.parse().ok()?;
    let parent = words.next()?.parse().ok()?;
    if words.next()?.starts_with('Z') {
        return None;
    }
    let words: Vec<String> = words.map(str::to_owned).collect();
    Some(Process {
        pid,
        parent,
        arguments: words.clone(),
        environment: words,
    })
}
