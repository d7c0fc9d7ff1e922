//! Processes as Linux tells of them: `/proc` and pidfds (proc(5), pidfd_open(2)).

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::process::{Pid, PidfdFlags};

use super::Process;
use crate::signal::Signal;

/// A file without a name, for what must not be found on disk. In memory here.
pub(crate) fn nameless(_folder: &Path) -> io::Result<File> {
    Ok(rustix::fs::memfd_create("longhaul", rustix::fs::MemfdFlags::CLOEXEC)?.into())
}

/// The id of this boot.
pub(crate) fn boot_id() -> io::Result<String> {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").map(|id| id.trim().to_owned())
}

/// The inode of our pid namespace.
pub(crate) fn pid_namespace() -> io::Result<u64> {
    fs::metadata("/proc/self/ns/pid").map(|metadata| metadata.ino())
}

/// The process with that number; `None` if there is none.
pub(crate) fn read(pid: i32) -> Option<Process> {
    let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in brackets and may itself contain any byte: what follows the last bracket counts.
    let after_name = stat.iter().rposition(|byte| *byte == b')')? + 1;
    let text = std::str::from_utf8(&stat[after_name..]).ok()?;
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    // Numbered as in proc(5), where the state is field 3.
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    let ticks = number(14)? + number(15)? + number(16)? + number(17)?;
    Some(Process {
        pid,
        parent: i32::try_from(number(4)?).ok()?,
        session: i32::try_from(number(6)?).ok()?,
        start_time: number(22)?,
        zombie: matches!(*fields.first()?, "Z" | "X"),
        cpu_ms: ticks * 1000 / ticks_per_second(),
    })
}

/// How many units of [`Process::start_time`] a second has.
pub(crate) fn ticks_per_second() -> u64 {
    // SAFETY: sysconf has no preconditions.
    let ticks = unsafe { libc::sysconf(libc::_SC_CLK_TCK) };
    u64::try_from(ticks).unwrap_or(100).max(1)
}

/// The children of a process.
pub(crate) fn children(pid: i32) -> Vec<i32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for thread in threads.flatten() {
        match fs::read_to_string(thread.path().join("children")) {
            Ok(list) => found.extend(list.split_ascii_whitespace().filter_map(|pid| pid.parse::<i32>().ok())),
            Err(error) if error.kind() == io::ErrorKind::NotFound && thread.path().exists() => {
                // A kernel built without these lists: look at every process instead.
                return all()
                    .into_iter()
                    .filter_map(read)
                    .filter(|one| one.parent == pid)
                    .map(|one| one.pid)
                    .collect();
            }
            Err(_) => {}
        }
    }
    found
}

/// All processes that we can see.
pub(crate) fn all() -> Vec<i32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}

/// Whether a process was started with exactly `variable` (`NAME=VALUE`) in its environment; no, if we may not look.
pub(crate) fn carries(pid: i32, variable: &[u8]) -> bool {
    fs::read(format!("/proc/{pid}/environ"))
        .is_ok_and(|environment| environment.split(|byte| *byte == 0).any(|one| one == variable))
}

/// The system's name of what one of our own descriptors is open on, if it is one that only its holders can write to:
/// a pipe or a file. `None` for a terminal, whose name is used again.
pub(crate) fn channel(descriptor: BorrowedFd<'_>) -> Option<String> {
    let target = fs::read_link(format!("/proc/self/fd/{}", descriptor.as_raw_fd())).ok()?;
    let target = target.to_str()?;
    (!target.starts_with("/dev/")).then(|| target.to_owned())
}

/// Whether a process has one of these open for writing; no, if we may not look.
pub(crate) fn writes_to(pid: i32, channels: &[String]) -> bool {
    let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return false;
    };
    descriptors.flatten().any(|descriptor| {
        let is_channel = fs::read_link(descriptor.path())
            .is_ok_and(|target| channels.iter().any(|channel| target.as_os_str() == channel.as_str()));
        is_channel && is_open_for_writing(pid, &descriptor.file_name())
    })
}

fn is_open_for_writing(pid: i32, descriptor: &std::ffi::OsStr) -> bool {
    let Some(number) = descriptor.to_str() else {
        return false;
    };
    // `flags:` in octal, see proc_pid_fdinfo(5).
    fs::read_to_string(format!("/proc/{pid}/fdinfo/{number}"))
        .ok()
        .and_then(|facts| {
            let flags = facts
                .lines()
                .find_map(|line| line.strip_prefix("flags:"))?
                .trim()
                .to_owned();
            i32::from_str_radix(&flags, 8).ok()
        })
        .is_some_and(|flags| flags & libc::O_ACCMODE != libc::O_RDONLY)
}

/// The command's name, at most 15 bytes; empty if it is gone.
pub(crate) fn command(pid: i32) -> String {
    fs::read(format!("/proc/{pid}/comm"))
        .map(|name| String::from_utf8_lossy(&name).trim_end().to_owned())
        .unwrap_or_default()
}

/// Whether its command line has this text.
pub(crate) fn is_told(pid: i32, text: &[u8]) -> bool {
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    !text.is_empty() && words.windows(text.len()).any(|window| window == text)
}

/// Whether a process is in our own user namespace. An error if it cannot be told: the process is gone, or does not let
/// its own user look (prctl(2), `PR_SET_DUMPABLE`).
pub(crate) fn is_in_our_user_namespace(pid: i32) -> io::Result<bool> {
    let namespace = |process: &str| fs::metadata(format!("/proc/{process}/ns/user")).map(|facts| facts.ino());
    let ours = match namespace("self") {
        // A kernel without user namespaces has one for all.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        ours => ours?,
    };
    Ok(namespace(&pid.to_string())? == ours)
}

/// Whether a process belongs to our own user.
pub(crate) fn is_ours(pid: i32) -> bool {
    let own = rustix::process::geteuid().as_raw();
    // The owner of the folder is root's for a process that hides; its status tells the truth to everybody.
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let mut uids = status.lines().filter_map(|line| line.strip_prefix("Uid:"));
    uids.next()
        .and_then(|uids| uids.split_ascii_whitespace().next()?.parse::<u32>().ok())
        == Some(own)
}

/// The path behind `0::` in `/proc/PID/cgroup`; nothing without the unified hierarchy.
pub(crate) fn control_group(pid: i32) -> Option<String> {
    let groups = fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
    groups
        .lines()
        .find_map(|line| line.strip_prefix("0::"))
        .map(str::to_owned)
}

/// Processes of ours that are not our descendants: none, because we are their subreaper (prctl(2)).
pub(crate) fn strays(_marker: &str, _session: i32) -> Vec<Process> {
    Vec::new()
}

/// A pidfd; `None` if there is no such process.
pub(crate) fn open(pid: i32) -> io::Result<Option<OwnedFd>> {
    let Some(pid) = Pid::from_raw(pid) else { return Ok(None) };
    match rustix::process::pidfd_open(pid, PidfdFlags::empty()) {
        Ok(descriptor) => Ok(Some(descriptor)),
        Err(rustix::io::Errno::SRCH | rustix::io::Errno::INVAL) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}

/// Sends through a pidfd.
pub(crate) fn send(descriptor: BorrowedFd<'_>, _pid: i32, signal: Signal) -> io::Result<()> {
    let Some(signal) = rustix::process::Signal::from_named_raw(signal.raw()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    match rustix::process::pidfd_send_signal(descriptor, signal) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}
