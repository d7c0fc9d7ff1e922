//! System calls in the form of results.

use std::ffi::CString;
use std::io;

/// What a call returned, as a result.
pub(crate) fn checked(returned: impl Into<i64>) -> io::Result<i64> {
    match returned.into() {
        value if value < 0 => Err(io::Error::last_os_error()),
        value => Ok(value),
    }
}

/// A path for the system.
pub(crate) fn text(path: &str) -> io::Result<CString> {
    CString::new(path).map_err(|_| io::ErrorKind::InvalidInput.into())
}

/// Does something in a process of its own, so that it touches nothing else; 0 is success, else it is the error.
pub(crate) fn apart(act: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    // SAFETY: this program has one thread.
    unsafe {
        match libc::fork() {
            -1 => Err(io::Error::last_os_error()),
            0 => {
                let code = act().map_or_else(|error| error.raw_os_error().unwrap_or(255), |()| 0);
                libc::_exit(code)
            }
            pid => {
                let mut status = 0;
                libc::waitpid(pid, &raw mut status, 0);
                match libc::WEXITSTATUS(status) {
                    0 if libc::WIFEXITED(status) => Ok(()),
                    errno => Err(io::Error::from_raw_os_error(errno)),
                }
            }
        }
    }
}
