//! The process tree of one attempt: who is in it, how to kill it, and the proof that nobody is left.
//!
//! The supervisor is its tree's subreaper, so every descendant that loses its parent becomes its child. When the
//! system says that there is no child left to wait for, the tree is empty.

mod kill;

use std::collections::HashSet;
use std::io;
use std::path::PathBuf;

use super::platform;
use crate::cgroup::{Door, Leaf};
use crate::process::{self, Process};
use crate::receipt::{Exit, Resources};
use crate::signal::Signal;

/// The tree of the step that runs now.
#[derive(Debug)]
pub(super) struct Tree {
    own_pid: i32,
    marker: String,
    cgroup_prefix: Option<PathBuf>,
    leaf: Option<Leaf>,
    leaves_made: u32,
    /// Left running on purpose by an earlier step.
    kept: HashSet<(i32, u64)>,
    /// The leader, until it has been waited for.
    leader: Option<i32>,
    leaf_cpu_ms: u64,
    peak_memory_bytes: u64,
    every_step_had_a_leaf: bool,
}

/// What waiting for children brought.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reaped {
    /// How the leader ended, the one time that it is told.
    pub(super) leader: Option<Exit>,
    /// Whether there is no child at all any more.
    pub(super) childless: bool,
}

impl Tree {
    pub(super) fn new(own_pid: i32, marker: String, cgroup_prefix: Option<PathBuf>) -> Self {
        Self {
            own_pid,
            marker,
            cgroup_prefix,
            leaf: None,
            leaves_made: 0,
            kept: HashSet::new(),
            leader: None,
            leaf_cpu_ms: 0,
            peak_memory_bytes: 0,
            every_step_had_a_leaf: true,
        }
    }

    /// Makes a control group for the next program, if this machine has them; returns its door.
    pub(super) fn make_room(&mut self) -> Option<Door> {
        self.leaves_made += 1;
        let made = self.cgroup_prefix.as_ref().and_then(|prefix| {
            let mut path = prefix.clone().into_os_string();
            path.push(format!("-{}", self.leaves_made));
            Leaf::create(path.into()).ok()
        });
        let door = made.as_ref().and_then(|leaf| leaf.open_door().ok());
        self.leaf = made;
        self.every_step_had_a_leaf &= door.is_some();
        door
    }

    /// The step's program has been started.
    pub(super) fn lead_by(&mut self, leader: i32) {
        self.leader = Some(leader);
    }

    /// Waits for all children that have ended. Until the leader has been waited for, its number is its own.
    pub(super) fn reap(&mut self) -> Reaped {
        let mut reaped = Reaped {
            leader: None,
            childless: false,
        };
        loop {
            let mut status = 0;
            // SAFETY: status is ours to write.
            let pid = unsafe { libc::waitpid(-1, &raw mut status, libc::WNOHANG) };
            if pid > 0 {
                if self.leader == Some(pid) {
                    self.leader = None;
                    reaped.leader = Some(exit(status));
                }
                continue;
            }
            if pid < 0 {
                let error = io::Error::last_os_error();
                if error.kind() == io::ErrorKind::Interrupted {
                    continue;
                }
                reaped.childless = error.raw_os_error() == Some(libc::ECHILD);
            }
            return reaped;
        }
    }

    /// Sends a signal to the leader's process group, as long as the leader has not been waited for.
    pub(super) fn signal_group(&self, signal: Signal) {
        if let Some(leader) = self.leader {
            // SAFETY: kill has no preconditions; the group's number is the leader's, which nobody else has.
            unsafe {
                libc::kill(-leader, signal.raw());
                if signal != Signal::STOP && signal != Signal::KILL {
                    // A stopped program would not hear it.
                    libc::kill(-leader, libc::SIGCONT);
                }
            }
        }
    }

    /// All that is alive now and not kept on purpose.
    pub(super) fn living(&self) -> Vec<Process> {
        let mut living = process::descendants(self.own_pid);
        for stray in process::strays(&self.marker, self.own_pid) {
            if !living.iter().any(|one| one.pid == stray.pid) {
                living.push(stray);
            }
        }
        living.retain(|one| !one.zombie && !self.kept.contains(&(one.pid, one.start_time)));
        living
    }

    /// Whether nobody is left, given what waiting for children brought.
    pub(super) fn is_empty(&self, reaped: Reaped) -> bool {
        if self.leader.is_some() {
            return false;
        }
        let proven = if self.kept.is_empty() {
            reaped.childless
        } else {
            self.living().is_empty()
        };
        proven
            && process::strays(&self.marker, self.own_pid).is_empty()
            && self.leaf.as_ref().is_none_or(Leaf::is_empty)
    }

    /// What is alive now stays alive.
    pub(super) fn keep_living(&mut self) {
        self.kept
            .extend(self.living().iter().map(|one| (one.pid, one.start_time)));
        // Nobody would remove the group after the last of them.
        if let Some(leaf) = &self.leaf {
            leaf.release();
        }
        self.clear_room();
    }

    /// Whether an earlier step has left something running on purpose.
    pub(super) fn keeps_any(&self) -> bool {
        !self.kept.is_empty()
    }

    /// The step is over: takes the control group's figures and removes it.
    pub(super) fn clear_room(&mut self) {
        self.collect_leaf_facts();
        if let Some(leaf) = self.leaf.take() {
            leaf.remove();
        }
    }

    fn collect_leaf_facts(&mut self) {
        if let Some(leaf) = &self.leaf {
            self.leaf_cpu_ms += leaf.cpu_ms().unwrap_or(0);
            self.peak_memory_bytes = self.peak_memory_bytes.max(leaf.peak_memory_bytes().unwrap_or(0));
        }
    }

    /// Processor time of this step's tree so far; only differences mean anything.
    pub(super) fn cpu_ms(&self) -> u64 {
        if let Some(cpu_ms) = self
            .leaf
            .as_ref()
            .filter(|leaf| !leaf.members().is_empty())
            .and_then(Leaf::cpu_ms)
        {
            return cpu_ms;
        }
        let living: u64 = process::descendants(self.own_pid).iter().map(|one| one.cpu_ms).sum();
        living + children_usage().cpu_ms
    }

    /// What all steps used.
    pub(super) fn resources(&self) -> Resources {
        let usage = children_usage();
        Resources {
            cpu_ms: usage.cpu_ms.max(if self.every_step_had_a_leaf {
                self.leaf_cpu_ms
            } else {
                0
            }),
            peak_memory_bytes: if self.peak_memory_bytes > 0 {
                self.peak_memory_bytes
            } else {
                usage.peak_memory_bytes
            },
        }
    }
}

fn exit(status: libc::c_int) -> Exit {
    if libc::WIFSIGNALED(status) {
        Exit::Signaled {
            signal: Signal::from_raw(libc::WTERMSIG(status)),
        }
    } else {
        Exit::Exited {
            code: libc::WEXITSTATUS(status),
        }
    }
}

/// Of all descendants that have been waited for.
fn children_usage() -> Resources {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the structure is ours to write, and all zeros is a value of it.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_CHILDREN, usage.as_mut_ptr());
        usage.assume_init()
    };
    let millis =
        |time: libc::timeval| time.tv_sec.unsigned_abs() * 1000 + u64::try_from(time.tv_usec).unwrap_or(0) / 1000;
    Resources {
        cpu_ms: millis(usage.ru_utime) + millis(usage.ru_stime),
        peak_memory_bytes: usage.ru_maxrss.unsigned_abs() * platform::MAXRSS_UNIT_BYTES,
    }
}
