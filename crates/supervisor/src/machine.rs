//! What the daemon may ask about this machine without owning a process.

use std::io;

use crate::process;

/// The id of this boot of the machine: another one means that no process of before is left.
pub fn boot_id() -> io::Result<String> {
    process::boot_id()
}

/// The parent of a process; nothing if there is no such process.
pub fn parent(pid: i32) -> Option<i32> {
    process::read(pid).map(|facts| facts.parent)
}
