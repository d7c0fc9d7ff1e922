//! What ends a waiter or a follower before its task: whoever read what it says is gone, as `head -1` soon is. The task never
//! notices.
//!
//! What this is not: the error of a write. A program that prints nothing for an hour would meet that one an hour late.

use std::fs;
use std::future::{Future, pending};
use std::os::fd::BorrowedFd;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::failure::Failure;

/// Waits for `work` for as long as anybody could read what comes of it.
///
/// # Errors
/// Those of `work`, and [`Failure::nobody_reads`].
pub(crate) async fn while_read<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::select! {
        // An end that is there already counts, whoever left.
        biased;
        done = work => done,
        () = all_gone() => Err(Failure::nobody_reads()),
    }
}

/// Ends when nobody is left at the other side; never for a file, which needs no reader.
async fn all_gone() {
    let stdout = rustix::stdio::stdout();
    let read = if is_thrown_away(stdout) {
        rustix::stdio::stderr()
    } else {
        stdout
    };
    // A file cannot be waited for, and whoever else cannot be is taken for one that stays.
    // SAFETY: nothing in this program closes or replaces its standard descriptors, so that it stays open and the same.
    let Ok(watched) = (unsafe { AsyncFd::register_with_interest(read, Interest::WRITABLE) }) else {
        return pending().await;
    };
    while let Ok(mut news) = watched.ready(Interest::WRITABLE).await {
        if news.ready().is_write_closed() {
            return;
        }
        // There is only room for more.
        news.clear_ready();
    }
    pending().await
}

/// Whether it is `/dev/null`: then what is told on standard error is all that is told.
fn is_thrown_away(descriptor: BorrowedFd<'_>) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(facts), Ok(null)) = (rustix::fs::fstat(descriptor), fs::metadata("/dev/null")) else {
        return false;
    };
    let is_device = rustix::fs::FileType::from_raw_mode(facts.st_mode).is_char_device();
    is_device && facts.st_rdev == null.rdev()
}
