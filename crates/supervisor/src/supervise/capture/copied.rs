//! Output through pipes or a terminal, emptied by the supervisor.
//!
//! When the disk is full the program is left to wait on its full pipe until there is space again: nothing is lost. A limit
//! on the size of our files never goes away: what comes after it is read and let go, and the receipt says so.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::OFlags;
use rustix::io::Errno;

use super::ChildEnds;
use crate::clock;
use crate::output::{Absorbed, OutputDescriptor, Stream, Writer};

/// Chunks taken from one stream before the other and the signals get their turn.
const CHUNKS: u32 = 8;
/// A pipe is enlarged once this much came at once.
const BUSY_BYTES: u64 = 48 << 10;
const RETRY: Duration = Duration::from_secs(1);

/// See the module.
#[derive(Debug)]
pub(in crate::supervise) struct Copied {
    sources: Vec<Tap>,
    /// Writing failed: not before then again.
    stalled: Option<(Instant, String)>,
    /// No more can ever be written, and why.
    over: Option<String>,
}

#[derive(Debug)]
struct Tap {
    stream: Stream,
    descriptor: OwnedFd,
    is_pipe: bool,
    enlarged: bool,
}

impl Copied {
    pub(super) fn pipes() -> io::Result<(Self, ChildEnds)> {
        let (from_stdout, stdout) = pipe()?;
        let (from_stderr, stderr) = pipe()?;
        let tap = |stream, descriptor| Tap {
            stream,
            descriptor,
            is_pipe: true,
            enlarged: false,
        };
        let sources = vec![tap(Stream::Stdout, from_stdout), tap(Stream::Stderr, from_stderr)];
        Ok((
            Self {
                sources,
                stalled: None,
                over: None,
            },
            ChildEnds {
                stdout,
                stderr,
                on_terminal: false,
            },
        ))
    }

    pub(super) fn terminal(descriptor: OwnedFd) -> io::Result<Self> {
        set_nonblocking(&descriptor)?;
        let tap = Tap {
            stream: Stream::Stdout,
            descriptor,
            is_pipe: false,
            enlarged: true,
        };
        Ok(Self {
            sources: vec![tap],
            stalled: None,
            over: None,
        })
    }

    pub(super) fn watched(&self) -> Vec<BorrowedFd<'_>> {
        match self.stalled {
            Some(_) => Vec::new(),
            None => self.sources.iter().map(|tap| tap.descriptor.as_fd()).collect(),
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.stalled.as_ref().map(|(until, _)| *until)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.sources.is_empty()
    }

    pub(super) fn trouble(&self) -> Option<String> {
        let stalled = self.stalled.as_ref().map(|(_, why)| why);
        self.over.as_ref().or(stalled).cloned()
    }

    pub(super) fn absorb(&mut self, writer: &mut Writer) -> u64 {
        if self.stalled.as_ref().is_some_and(|(until, _)| clock::now() < *until) {
            return 0;
        }
        self.stalled = None;
        if self.over.is_some() {
            let mut let_go = 0;
            self.sources.retain(|tap| {
                let (bytes, over) = tap.let_go();
                let_go += bytes;
                !over
            });
            return let_go;
        }
        let ready = self.ready(writer);
        let mut taken = 0;
        let mut ended = Vec::new();
        for (tap, ready) in self.sources.iter_mut().zip(ready) {
            match ready {
                Ready::No => {}
                Ready::Ended => ended.push(tap.stream),
                Ready::Yes => match tap.take(writer) {
                    Ok((bytes, over)) => {
                        taken += bytes;
                        if over {
                            ended.push(tap.stream);
                        }
                    }
                    Err(error) if error.kind() == io::ErrorKind::FileTooLarge => self.over = Some(error.to_string()),
                    Err(error) => self.stalled = Some((clock::now() + RETRY, error.to_string())),
                },
            }
        }
        self.sources.retain(|tap| !ended.contains(&tap.stream));
        taken
    }

    /// Asked before reading, so that a program without output costs no file.
    fn ready(&self, writer: &Writer) -> Vec<Ready> {
        let mut polled: Vec<PollFd<'_>> = self
            .sources
            .iter()
            .map(|tap| PollFd::new(&tap.descriptor, PollFlags::IN))
            .collect();
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        if polled.is_empty() || rustix::event::poll(&mut polled, Some(&at_once)).is_err() {
            return self.sources.iter().map(|_| Ready::No).collect();
        }
        let judge = |(polled, tap): (&PollFd<'_>, &Tap)| match polled.revents() {
            events if events.contains(PollFlags::IN) || writer.holds_bytes(tap.stream) => Ready::Yes,
            events if events.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) => Ready::Ended,
            _ => Ready::No,
        };
        polled.iter().zip(&self.sources).map(judge).collect()
    }
}

enum Ready {
    Yes,
    No,
    Ended,
}

impl Tap {
    /// Takes a few chunks; returns how many bytes, and whether the stream is over.
    fn take(&mut self, writer: &mut Writer) -> io::Result<(u64, bool)> {
        let mut taken = 0;
        for _ in 0..CHUNKS {
            let source = OutputDescriptor {
                descriptor: self.descriptor.as_fd(),
                is_pipe: self.is_pipe,
            };
            match writer.absorb(self.stream, source)? {
                Absorbed::Bytes(count) => {
                    taken += count;
                    if count < BUSY_BYTES {
                        break;
                    }
                    if !self.enlarged {
                        self.enlarged = true;
                        enlarge(&self.descriptor);
                    }
                }
                Absorbed::Nothing => break,
                Absorbed::Ended => return Ok((taken, true)),
            }
        }
        Ok((taken, false))
    }

    /// Reads a few chunks into nothing; returns how many bytes, and whether the stream is over.
    fn let_go(&self) -> (u64, bool) {
        let mut buffer = [0; 16 << 10];
        let mut let_go = 0;
        for _ in 0..CHUNKS {
            match rustix::io::read(&self.descriptor, &mut buffer) {
                Ok(0) | Err(Errno::IO) => return (let_go, true),
                Ok(count) => let_go += count as u64,
                Err(_) => break,
            }
        }
        (let_go, false)
    }
}

fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (reading_end, writing_end) = rustix::pipe::pipe()?;
    for end in [&reading_end, &writing_end] {
        rustix::io::fcntl_setfd(end, rustix::io::FdFlags::CLOEXEC)?;
    }
    // Ours only: a program must find its own end blocking.
    set_nonblocking(&reading_end)?;
    Ok((reading_end, writing_end))
}

fn set_nonblocking(descriptor: &OwnedFd) -> io::Result<()> {
    let flags = rustix::fs::fcntl_getfl(descriptor)?;
    Ok(rustix::fs::fcntl_setfl(descriptor, flags | OFlags::NONBLOCK)?)
}

#[cfg(target_os = "linux")]
fn enlarge(pipe: &OwnedFd) {
    const ENLARGED_BYTES: usize = 1 << 20;
    // Refused above the user's limit for all pipes (pipe(7)); then it is slower.
    let _ = rustix::pipe::fcntl_setpipe_size(pipe, ENLARGED_BYTES);
}

#[cfg(not(target_os = "linux"))]
fn enlarge(_pipe: &OwnedFd) {}
