//! Moving bytes from a program into a file.
//!
//! From a pipe the kernel moves them itself where it can; then the supervisor needs no buffer at all.

use std::fs::File;
use std::io;
use std::os::fd::BorrowedFd;
use std::os::unix::fs::FileExt;

/// The most that is moved at once.
pub(super) const CHUNK_BYTES: u64 = 256 << 10;

/// How bytes are moved; learnt from the first refusal.
#[derive(Debug, Default)]
pub(super) struct Transfer {
    buffer: Vec<u8>,
    /// Read from the source but not yet written: the file was full.
    held: Vec<u8>,
    refused: bool,
}

impl Transfer {
    /// Moves at most `limit` bytes to `position`. 0 means the source has ended; `WouldBlock` that it has none now.
    pub(super) fn run(
        &mut self,
        source: BorrowedFd<'_>,
        is_pipe: bool,
        file: &File,
        position: u64,
        limit: u64,
    ) -> io::Result<u64> {
        let limit = limit.min(CHUNK_BYTES);
        if is_pipe && !self.refused && self.held.is_empty() {
            match splice(source, file, position, limit) {
                Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
                    self.refused = true;
                }
                moved => return moved,
            }
        }
        self.copy(source, file, position, limit)
    }

    fn copy(&mut self, source: BorrowedFd<'_>, file: &File, position: u64, limit: u64) -> io::Result<u64> {
        if self.held.is_empty() {
            self.buffer.resize(64 << 10, 0);
            let room = usize::try_from(limit).map_or(self.buffer.len(), |limit| limit.min(self.buffer.len()));
            match rustix::io::read(source, &mut self.buffer[..room]) {
                // A terminal whose last user has gone says EIO, not end of file (pty(7)).
                Err(rustix::io::Errno::IO) | Ok(0) => return Ok(0),
                Ok(count) => self.held.extend_from_slice(&self.buffer[..count]),
                Err(errno) => return Err(errno.into()),
            }
        }
        let count = usize::try_from(limit).map_or(self.held.len(), |limit| limit.min(self.held.len()));
        file.write_all_at(&self.held[..count], position)?;
        self.held.drain(..count);
        Ok(count as u64)
    }

    /// Whether bytes are held that the source no longer has.
    pub(super) fn holds_bytes(&self) -> bool {
        !self.held.is_empty()
    }
}

#[cfg(target_os = "linux")]
fn splice(source: BorrowedFd<'_>, file: &File, position: u64, limit: u64) -> io::Result<u64> {
    use rustix::pipe::SpliceFlags;
    let mut position = position;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let moved = rustix::pipe::splice(source, None, file, Some(&mut position), limit, SpliceFlags::NONBLOCK)?;
    Ok(moved as u64)
}

#[cfg(not(target_os = "linux"))]
fn splice(_source: BorrowedFd<'_>, _file: &File, _position: u64, _limit: u64) -> io::Result<u64> {
    Err(io::ErrorKind::Unsupported.into())
}
