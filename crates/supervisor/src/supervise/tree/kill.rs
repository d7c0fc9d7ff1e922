//! One round of killing: the control group at once, then everything that descends from us.

use std::collections::HashSet;

use super::Tree;
use crate::process::{self, Process};
use crate::signal::Signal;

/// How often one round looks for processes that appeared while it was stopping others.
const LOOKS: u32 = 8;

impl Tree {
    /// Kills everything alive. Rounds are repeated until the tree is proven empty, since a process may fork between
    /// the look and the signal. Returns what was met.
    pub(in crate::supervise) fn kill(&self) -> Vec<Process> {
        if let Some(leaf) = &self.leaf {
            let _ = leaf.kill();
        }
        if !self.keeps_any() {
            self.signal_group(Signal::KILL);
        }
        // Stopped first: what is stopped starts nothing new while the rest is being found.
        let mut stopped = HashSet::new();
        let mut met = Vec::new();
        for _ in 0..LOOKS {
            let fresh: Vec<Process> = self
                .living()
                .into_iter()
                .filter(|one| stopped.insert((one.pid, one.start_time)))
                .collect();
            if fresh.is_empty() {
                break;
            }
            for one in &fresh {
                self.send(one, Signal::STOP);
            }
            met.extend(fresh);
        }
        for one in &met {
            self.send(one, Signal::KILL);
        }
        met
    }

    fn send(&self, target: &Process, signal: Signal) {
        if target.parent == self.own_pid {
            // Our own child: only we wait for it, so its number is its own, and no time is lost on proving it.
            // SAFETY: kill has no preconditions.
            unsafe { libc::kill(target.pid, signal.raw()) };
        } else {
            process::signal(target, signal);
        }
    }
}
