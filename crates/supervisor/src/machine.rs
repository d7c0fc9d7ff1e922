//! What the daemon may ask about this machine without owning a process.

use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use crate::process;

/// The id of this boot of the machine: another one means that no process of before is left.
pub fn boot_id() -> io::Result<String> {
    process::boot_id()
}

/// The parent of a process; nothing if there is no such process.
pub fn parent(pid: i32) -> Option<i32> {
    process::read(pid).map(|facts| facts.parent)
}

/// Whether the command line of a process names this folder or something in it, as that of a supervisor does.
pub fn is_told_of(pid: i32, folder: &Path) -> bool {
    process::is_told(pid, folder.as_os_str().as_bytes())
}
