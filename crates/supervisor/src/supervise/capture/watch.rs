//! Tells when a file has been written to, once for each time it is armed, so that a flood costs its writer nothing.

#[cfg(target_os = "linux")]
pub(super) use linux::Watch;
#[cfg(target_os = "macos")]
pub(super) use macos::Watch;

/// By inotify(7).
#[cfg(target_os = "linux")]
mod linux {
    use std::fs::File;
    use std::io;
    use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
    use std::path::{Path, PathBuf};

    use rustix::event::{PollFd, PollFlags, Timespec};
    use rustix::fs::inotify::{self, CreateFlags, WatchFlags};

    use crate::output::Stream;

    #[derive(Debug)]
    pub(in super::super) struct Watch {
        descriptor: OwnedFd,
        paths: [PathBuf; 2],
    }

    impl Watch {
        pub(in super::super) fn new(folder: &Path) -> io::Result<Self> {
            let descriptor = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
            Ok(Self {
                descriptor,
                paths: Stream::ALL.map(|stream| folder.join(stream.file_name())),
            })
        }

        pub(in super::super) fn arm(&self, _files: &[File; 2]) -> io::Result<()> {
            let mut events = [0_u8; 512];
            while matches!(rustix::io::read(&self.descriptor, &mut events), Ok(count) if count > 0) {}
            for path in &self.paths {
                inotify::add_watch(&self.descriptor, path, WatchFlags::MODIFY | WatchFlags::ONESHOT)?;
            }
            Ok(())
        }

        pub(in super::super) fn has_fired(&self) -> bool {
            let mut polled = [PollFd::new(&self.descriptor, PollFlags::IN)];
            rustix::event::poll(&mut polled, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok_and(|count| count > 0)
        }
    }

    impl AsFd for Watch {
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.descriptor.as_fd()
        }
    }
}

/// By kqueue(2). Not yet run on a Mac.
#[cfg(target_os = "macos")]
mod macos {
    use std::fs::File;
    use std::io;
    use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
    use std::path::Path;

    use rustix::event::{PollFd, PollFlags, Timespec};

    #[derive(Debug)]
    pub(in super::super) struct Watch {
        descriptor: OwnedFd,
    }

    impl Watch {
        pub(in super::super) fn new(_folder: &Path) -> io::Result<Self> {
            // SAFETY: a new descriptor that nobody else owns.
            unsafe {
                let raw = libc::kqueue();
                if raw < 0 {
                    return Err(io::Error::last_os_error());
                }
                Ok(Self {
                    descriptor: OwnedFd::from_raw_fd(raw),
                })
            }
        }

        pub(in super::super) fn arm(&self, files: &[File; 2]) -> io::Result<()> {
            for file in files {
                let change = libc::kevent {
                    ident: usize::try_from(file.as_raw_fd()).unwrap_or(0),
                    filter: libc::EVFILT_VNODE,
                    flags: libc::EV_ADD | libc::EV_ONESHOT,
                    fflags: libc::NOTE_WRITE | libc::NOTE_EXTEND,
                    data: 0,
                    udata: std::ptr::null_mut(),
                };
                // SAFETY: one change, no events taken.
                let result = unsafe {
                    libc::kevent(
                        self.descriptor.as_raw_fd(),
                        &raw const change,
                        1,
                        std::ptr::null_mut(),
                        0,
                        std::ptr::null(),
                    )
                };
                if result != 0 {
                    return Err(io::Error::last_os_error());
                }
            }
            Ok(())
        }

        pub(in super::super) fn has_fired(&self) -> bool {
            let mut polled = [PollFd::new(&self.descriptor, PollFlags::IN)];
            rustix::event::poll(&mut polled, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok_and(|count| count > 0)
        }
    }

    impl AsFd for Watch {
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.descriptor.as_fd()
        }
    }
}
