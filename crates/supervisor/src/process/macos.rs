//! Processes as macOS tells of them: libproc and sysctl. Written from the manuals, not yet run on a Mac.
//!
//! There is no subreaper: an orphan goes to launchd, and is found again by its environment or session.

use std::fs::File;
use std::io;
use std::mem::{MaybeUninit, size_of};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::path::Path;

use super::Process;
use crate::signal::Signal;

/// A file without a name, for what must not be found on disk: its name is gone before anything is written.
pub(crate) fn nameless(folder: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let path = folder.join(".nameless");
    let file = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

/// The id of this boot.
pub(crate) fn boot_id() -> io::Result<String> {
    let mut buffer = [0_u8; 64];
    let mut length = buffer.len();
    // SAFETY: the name is NUL-terminated and the buffer as long as we say.
    let result = unsafe {
        libc::sysctlbyname(
            c"kern.bootsessionuuid".as_ptr(),
            buffer.as_mut_ptr().cast(),
            &raw mut length,
            std::ptr::null_mut(),
            0,
        )
    };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(String::from_utf8_lossy(&buffer[..length])
        .trim_end_matches('\0')
        .to_owned())
}

/// There are no pid namespaces.
pub(crate) fn pid_namespace() -> io::Result<u64> {
    Ok(0)
}

/// The process with that number; `None` if there is none.
pub(crate) fn read(pid: i32) -> Option<Process> {
    let facts: libc::proc_bsdinfo = information(pid, libc::PROC_PIDTBSDINFO)?;
    let times: Option<libc::proc_taskinfo> = information(pid, libc::PROC_PIDTASKINFO);
    // SAFETY: getsid has no preconditions.
    let session = unsafe { libc::getsid(pid) };
    Some(Process {
        pid,
        parent: i32::try_from(facts.pbi_ppid).ok()?,
        session,
        start_time: facts.pbi_start_tvsec * 1_000_000 + facts.pbi_start_tvusec,
        zombie: facts.pbi_status == libc::SZOMB,
        cpu_ms: times.map_or(0, |times| (times.pti_total_user + times.pti_total_system) / 1_000_000),
    })
}

/// How many units of [`Process::start_time`] a second has.
pub(crate) fn ticks_per_second() -> u64 {
    1_000_000
}

/// The children of a process.
pub(crate) fn children(pid: i32) -> Vec<i32> {
    all()
        .into_iter()
        .filter_map(read)
        .filter(|one| one.parent == pid)
        .map(|one| one.pid)
        .collect()
}

/// All processes.
pub(crate) fn all() -> Vec<i32> {
    let mut pids = vec![0_i32; 16_384];
    let size_bytes = i32::try_from(pids.len() * size_of::<i32>()).unwrap_or(i32::MAX);
    // SAFETY: the buffer is as long as we say.
    let count = unsafe { libc::proc_listallpids(pids.as_mut_ptr().cast(), size_bytes) };
    pids.truncate(usize::try_from(count).unwrap_or(0));
    pids.retain(|pid| *pid > 0);
    pids
}

/// Whether a process was started with exactly `variable` in its environment; no, if we may not look.
pub(crate) fn carries(pid: i32, variable: &[u8]) -> bool {
    let mut name = [libc::CTL_KERN, libc::KERN_PROCARGS2, pid];
    let mut buffer = vec![0_u8; 1 << 20];
    let mut length = buffer.len();
    // SAFETY: name and buffer are as long as we say.
    let result = unsafe {
        libc::sysctl(
            name.as_mut_ptr(),
            3,
            buffer.as_mut_ptr().cast(),
            &raw mut length,
            std::ptr::null_mut(),
            0,
        )
    };
    result == 0 && buffer[..length].split(|byte| *byte == 0).any(|one| one == variable)
}

/// Not told apart here.
pub(crate) fn channel(_descriptor: BorrowedFd<'_>) -> Option<String> {
    None
}

/// Not told apart here.
pub(crate) fn writes_to(_pid: i32, _channels: &[String]) -> bool {
    false
}

/// The command's name; empty if it is gone.
pub(crate) fn command(pid: i32) -> String {
    let mut buffer = [0_u8; 64];
    // SAFETY: the buffer is as long as we say.
    let length = unsafe { libc::proc_name(pid, buffer.as_mut_ptr().cast(), 64) };
    String::from_utf8_lossy(&buffer[..usize::try_from(length).unwrap_or(0).min(64)]).into_owned()
}

/// Whether its command line, or what stands behind it, has this text.
pub(crate) fn is_told(pid: i32, text: &[u8]) -> bool {
    carries(pid, text)
}

/// Processes of ours that are not our descendants, by environment or session.
pub(crate) fn strays(marker: &str, session: i32) -> Vec<Process> {
    let own = i32::try_from(std::process::id()).unwrap_or(0);
    all()
        .into_iter()
        .filter(|pid| *pid != own)
        .filter_map(read)
        .filter(|one| !one.zombie && (one.session == session || carries(one.pid, marker.as_bytes())))
        .collect()
}

/// A kqueue that becomes readable when the process ends; `None` if there is no such process.
pub(crate) fn open(pid: i32) -> io::Result<Option<OwnedFd>> {
    // SAFETY: a new descriptor that nobody else owns.
    let queue = unsafe {
        let raw = libc::kqueue();
        if raw < 0 {
            return Err(io::Error::last_os_error());
        }
        OwnedFd::from_raw_fd(raw)
    };
    let change = libc::kevent {
        ident: usize::try_from(pid).unwrap_or(0),
        filter: libc::EVFILT_PROC,
        flags: libc::EV_ADD,
        fflags: libc::NOTE_EXIT,
        data: 0,
        udata: std::ptr::null_mut(),
    };
    // SAFETY: one change, no events taken.
    let result = unsafe {
        libc::kevent(
            queue.as_raw_fd(),
            &raw const change,
            1,
            std::ptr::null_mut(),
            0,
            std::ptr::null(),
        )
    };
    match result {
        0 => Ok(Some(queue)),
        _ => match io::Error::last_os_error() {
            error if error.raw_os_error() == Some(libc::ESRCH) => Ok(None),
            error => Err(error),
        },
    }
}

/// Sends by number: the caller has just checked who has it, and macOS offers nothing better.
pub(crate) fn send(_descriptor: BorrowedFd<'_>, pid: i32, signal: Signal) -> io::Result<()> {
    // SAFETY: kill has no preconditions.
    match unsafe { libc::kill(pid, signal.raw()) } {
        0 => Ok(()),
        _ => match io::Error::last_os_error() {
            error if error.raw_os_error() == Some(libc::ESRCH) => Ok(()),
            error => Err(error),
        },
    }
}

fn information<T>(pid: i32, flavor: i32) -> Option<T> {
    let mut value = MaybeUninit::<T>::uninit();
    let size_bytes = i32::try_from(size_of::<T>()).ok()?;
    // SAFETY: the buffer is as long as we say, and is read only if it was filled whole.
    unsafe {
        let written = libc::proc_pidinfo(pid, flavor, 0, value.as_mut_ptr().cast(), size_bytes);
        (written == size_bytes).then(|| value.assume_init())
    }
}

/// There are no user namespaces.
pub(crate) fn is_in_our_user_namespace(_pid: i32) -> io::Result<bool> {
    Ok(true)
}

/// Not asked: no process of macOS carries a mark.
pub(crate) fn is_ours(_pid: i32) -> bool {
    false
}

/// There are no control groups.
pub(crate) fn control_group(_pid: i32) -> Option<String> {
    None
}
