//! Processes as `/proc` shows them.

use std::fs;

use crate::processes::Process;

/// All processes whose files may be read.
pub(crate) fn all_processes() -> Vec<Process> {
    let Ok(folders) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    folders
        .flatten()
        .filter_map(|entry| one(entry.file_name().to_str()?.parse().ok()?))
        .collect()
}

/// Whether the process exists and is not a zombie. A killed process whose first thread is a zombie still holds its
/// sockets and locks until its last thread is gone.
pub(crate) fn is_alive(pid: u32) -> bool {
    state_and_parent(pid).is_some_and(|(state, _)| !is_dead(state) || has_more_threads(pid))
}

fn is_dead(state: char) -> bool {
    state == 'Z' || state == 'X'
}

fn has_more_threads(pid: u32) -> bool {
    fs::read_dir(format!("/proc/{pid}/task")).is_ok_and(|threads| threads.count() > 1)
}

fn one(pid: u32) -> Option<Process> {
    let (state, parent) = state_and_parent(pid)?;
    if is_dead(state) {
        return None;
    }
    let arguments = words(&fs::read(format!("/proc/{pid}/cmdline")).ok()?);
    let environment = words(&fs::read(format!("/proc/{pid}/environ")).ok()?);
    Some(Process {
        pid,
        parent,
        arguments,
        environment,
    })
}

fn state_and_parent(pid: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may itself hold spaces and parentheses.
    let mut rest = stat.rsplit_once(") ")?.1.split(' ');
    Some((rest.next()?.chars().next()?, rest.next()?.parse().ok()?))
}

fn words(bytes: &[u8]) -> Vec<String> {
    let parts = bytes.split(|byte| *byte == 0).filter(|part| !part.is_empty());
    parts.map(|part| String::from_utf8_lossy(part).into_owned()).collect()
}
