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

/// Whether the process exists and is not a zombie.
pub(crate) fn is_alive(pid: u32) -> bool {
    state_and_parent(pid).is_some_and(|(state, _)| state != 'Z' && state != 'X')
}

fn one(pid: u32) -> Option<Process> {
    let (state, parent) = state_and_parent(pid)?;
    if state == 'Z' || state == 'X' {
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
