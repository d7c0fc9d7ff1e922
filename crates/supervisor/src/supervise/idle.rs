//! Whether a program has come to nothing: judged only when its idle limit has passed without output.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::tree::Tree;
use crate::process;

/// Less processor time than this in a whole window is none.
const IDLE_CPU_MS: u64 = 1000;
/// The window's first look at the processor time is taken once the program has been quiet for this long, so that a
/// talking program is never looked at.
const QUIET: Duration = Duration::from_secs(1);

/// Watches one program.
#[derive(Debug)]
pub(super) struct IdleWatch {
    limit: Duration,
    busy_path: PathBuf,
    window: Instant,
    cpu_ms: Option<u64>,
    /// Children started later than this count as work.
    settled: u64,
}

impl IdleWatch {
    /// `leader_start` is the program's start time.
    pub(super) fn new(limit_ms: u64, start_up_ms: u64, leader_start: u64, busy_path: PathBuf, now: Instant) -> Self {
        let settled = leader_start + start_up_ms * process::ticks_per_second() / 1000;
        Self {
            limit: Duration::from_millis(limit_ms),
            busy_path,
            window: now,
            cpu_ms: None,
            settled,
        }
    }

    /// There was output.
    pub(super) fn output_came(&mut self, now: Instant) {
        self.window = now;
        self.cpu_ms = None;
    }

    fn quiet(&self) -> Duration {
        QUIET.min(self.limit / 4)
    }

    /// When to call [`IdleWatch::is_idle`] again.
    pub(super) fn deadline(&self) -> Instant {
        self.window
            + if self.cpu_ms.is_none() {
                self.quiet()
            } else {
                self.limit
            }
    }

    /// Whether the whole limit has passed and nothing speaks for life.
    pub(super) fn is_idle(&mut self, now: Instant, tree: &Tree) -> bool {
        if now < self.deadline() {
            return false;
        }
        let cpu_ms = tree.cpu_ms();
        let Some(before_ms) = self.cpu_ms.replace(cpu_ms) else {
            return false;
        };
        let living = tree.living();
        let working = cpu_ms.saturating_sub(before_ms) >= IDLE_CPU_MS
            || self.busy_path.exists()
            || living.iter().any(|one| one.start_time > self.settled);
        if working {
            self.window = now;
        }
        !working
    }
}
