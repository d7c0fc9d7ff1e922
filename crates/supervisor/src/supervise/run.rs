//! The loop around one running program: signals, output, limits, the way to its end, and the proof that its tree is
//! gone.
//!
//! Each turn looks at the children first and at requests second, so that a program that ended by itself before a
//! request was seen keeps its true exit.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use longhaul_failpoint::failpoint;
use rustix::event::{PollFd, PollFlags, Timespec};

use super::capture::{Feed, FeedError};
use super::idle::IdleWatch;
use super::ladder::{Escalation, Ladder};
use super::leftovers::StepLeftovers;
use super::life::Supervisor;
use super::tree::Reaped;
use crate::clock;
use crate::document::{self, Durability, VERSION};
use crate::folder;
use crate::receipt::{Exit, Leftover};
use crate::signal::Signal;
use crate::spec::{Leftovers, Role, Rung, Step, When};

/// After the leader's end: no output for this long ends the wait for more, and so does this long altogether.
const LINGER: Duration = Duration::from_millis(100);
const LONGEST_LINGER: Duration = Duration::from_secs(1);
/// What leftovers have to end by themselves, and how often those that appear meanwhile are asked as well.
const LEFTOVER_GRACE: Duration = Duration::from_secs(2);
const LEFTOVER_LOOK: Duration = Duration::from_millis(100);
/// A tree that is still alive after this is reported, and then killed at most once a second.
const STUBBORN: Duration = Duration::from_secs(5);
const STUBBORN_PAUSE: Duration = Duration::from_secs(1);
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// Why a program was ended by us. The first cause counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cause {
    Stop,
    Timeout { after_ms: u64 },
    Idle { after_ms: u64 },
    Lost(Signal),
    Overflow(String),
}

/// What became of one program.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) exit: Exit,
    pub(super) cause: Option<Cause>,
    pub(super) leftovers: Vec<Leftover>,
    pub(super) ended_at_us: i64,
    pub(super) duration: Duration,
    /// A request to stop was seen before the leader ended.
    pub(super) asked_before_end: bool,
    /// What could not be written of its output.
    pub(super) trouble: Option<String>,
}

#[derive(Debug)]
enum Phase {
    /// The leader runs.
    Running,
    /// It is being asked to end.
    Stopping(Ladder),
    /// It is over; what is in the pipes still comes.
    Draining { since: Instant, quiet_since: Instant },
    /// It is over; the rest of its tree is being asked to end.
    Asking { until: Instant, look: Instant },
    /// The tree is being killed.
    Killing {
        since: Instant,
        next: Instant,
        pause: Duration,
        reported: HashSet<i32>,
    },
    /// The tree is gone, or what is left is left on purpose.
    Over,
}

/// One program that has been started.
pub(super) struct Run<'a> {
    supervisor: &'a mut Supervisor,
    step: &'a Step,
    feed: Feed,
    phase: Phase,
    cause: Option<Cause>,
    exit: Option<(Exit, i64, Duration)>,
    leftovers: StepLeftovers,
    started: Instant,
    limit: Option<(Instant, u64)>,
    idle: Option<(IdleWatch, u64)>,
    asked_before_end: bool,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        supervisor: &'a mut Supervisor,
        step: &'a Step,
        feed: Feed,
        leader_start: u64,
        started: Instant,
    ) -> Self {
        let spec = &supervisor.spec;
        let limit_ms = match (step.role, step.when) {
            (Role::Program, _) => spec.run_timeout_ms,
            (Role::Helper, When::Always) => step.time_limit_ms.or(Some(60_000)),
            (Role::Helper, When::OnSuccess) => step.time_limit_ms,
        };
        let idle_ms = spec.idle_timeout_ms.filter(|_| step.role == Role::Program);
        let watch = |limit_ms| {
            let busy_path = supervisor.attempt.busy_path();
            (
                IdleWatch::new(limit_ms, spec.start_up_ms, leader_start, busy_path, started),
                limit_ms,
            )
        };
        Self {
            limit: limit_ms.map(|limit_ms| (started + Duration::from_millis(limit_ms), limit_ms)),
            idle: idle_ms.map(watch),
            supervisor,
            step,
            feed,
            phase: Phase::Running,
            cause: None,
            exit: None,
            leftovers: StepLeftovers::default(),
            started,
            asked_before_end: false,
        }
    }

    /// Until the tree is gone.
    pub(super) fn finish(mut self) -> Ran {
        loop {
            self.supervisor.requests.take_signals();
            let reaped = self.reap();
            let now = clock::now();
            self.absorb(now);
            self.judge(now);
            self.advance(now, reaped);
            if matches!(self.phase, Phase::Over) {
                break;
            }
            self.wait();
        }
        self.take_the_rest();
        let (exit, ended_at_us, duration) = self.exit.expect("invariant: a run is over only after its leader");
        Ran {
            exit,
            cause: self.cause,
            leftovers: self.leftovers.into_list(),
            ended_at_us,
            duration,
            asked_before_end: self.asked_before_end,
            trouble: self.feed.trouble(),
        }
    }

    fn reap(&mut self) -> Reaped {
        let reaped = self.supervisor.tree.reap();
        if let Some(exit) = reaped.leader {
            self.exit = Some((exit, clock::wall_us(), self.started.elapsed()));
            failpoint!("supervisor.exited");
        }
        reaped
    }

    fn absorb(&mut self, now: Instant) {
        match self.feed.absorb(&mut self.supervisor.output) {
            Ok(0) => {}
            Ok(_) => {
                if let Some((idle, _)) = &mut self.idle {
                    idle.output_came(now);
                }
                if let Phase::Draining { quiet_since, .. } = &mut self.phase {
                    *quiet_since = now;
                }
            }
            Err(FeedError::Overflow(message)) => self.set_cause(Cause::Overflow(message)),
        }
    }

    /// Sets the cause if there is one to end the program for. Steps that are always done heed only their own limit.
    fn judge(&mut self, now: Instant) {
        if self.exit.is_some() {
            return;
        }
        let heeds = self.step.when == When::OnSuccess || self.step.role == Role::Program;
        if heeds {
            self.supervisor.requests.look(&self.supervisor.attempt);
            if self.supervisor.requests.stop().is_some() {
                self.asked_before_end = true;
                self.set_cause(Cause::Stop);
            }
            if let Some(signal) = self.supervisor.requests.told_to_end() {
                self.set_cause(Cause::Lost(signal));
            }
        }
        if let Some((until, after_ms)) = self.limit
            && now >= until
        {
            self.set_cause(Cause::Timeout { after_ms });
        }
        if self.cause.is_none()
            && let Some((idle, after_ms)) = &mut self.idle
            && idle.is_idle(now, &self.supervisor.tree)
        {
            let after_ms = *after_ms;
            self.set_cause(Cause::Idle { after_ms });
        }
    }

    fn set_cause(&mut self, cause: Cause) {
        if self.exit.is_none() {
            self.cause.get_or_insert(cause);
        }
    }

    fn advance(&mut self, now: Instant, reaped: Reaped) {
        let killing = matches!(self.phase, Phase::Killing { .. } | Phase::Over);
        if self.supervisor.requests.told_again() && !killing {
            self.phase = start_killing(now);
        } else if self.exit.is_some() && matches!(self.phase, Phase::Running | Phase::Stopping(_)) {
            self.phase = Phase::Draining {
                since: now,
                quiet_since: now,
            };
        } else if self.cause.is_some() && matches!(self.phase, Phase::Running) {
            self.phase = Phase::Stopping(Ladder::new(self.rungs()));
        }
        if let Phase::Stopping(ladder) = &mut self.phase {
            match ladder.escalate(now) {
                Escalation::Ask(signal) => self.supervisor.tree.signal_group(signal),
                Escalation::Wait => {}
                Escalation::Kill => self.phase = start_killing(now),
            }
        }
        if let Phase::Draining { since, quiet_since } = self.phase {
            let patient = now < quiet_since + LINGER && now < since + LONGEST_LINGER;
            // With nobody left who could write, all there is has been taken by now or is in the pipe.
            if self.feed.has_ended() || self.supervisor.tree.is_empty(reaped) || !patient {
                self.phase = Phase::Asking {
                    until: now + LEFTOVER_GRACE,
                    look: now,
                };
            }
        }
        if matches!(self.phase, Phase::Asking { .. }) {
            self.ask_leftovers(now, reaped);
        }
        if matches!(self.phase, Phase::Killing { .. }) {
            self.kill(now, reaped);
        }
    }

    fn rungs(&self) -> Vec<Rung> {
        let asked = self
            .supervisor
            .requests
            .stop()
            .filter(|_| self.cause == Some(Cause::Stop));
        asked
            .and_then(|request| request.ladder.clone())
            .unwrap_or_else(|| self.supervisor.spec.ladder.clone())
    }

    fn ask_leftovers(&mut self, now: Instant, reaped: Reaped) {
        let keeps = self.supervisor.spec.leftovers == Leftovers::Keep
            && self.step.role == Role::Program
            && self.cause.is_none();
        let Phase::Asking { until, look } = &mut self.phase else {
            return;
        };
        if self.supervisor.tree.is_empty(reaped) {
            self.phase = Phase::Over;
        } else if keeps {
            self.leftovers.keep(&mut self.supervisor.tree);
            self.phase = Phase::Over;
        } else if now >= *until {
            self.phase = start_killing(now);
        } else if now >= *look {
            *look = now + LEFTOVER_LOOK;
            self.leftovers.ask(&self.supervisor.tree);
        }
    }

    fn kill(&mut self, now: Instant, reaped: Reaped) {
        let Phase::Killing {
            since,
            next,
            pause,
            reported,
        } = &mut self.phase
        else {
            return;
        };
        if self.exit.is_some() && self.supervisor.tree.is_empty(reaped) {
            if !reported.is_empty() {
                let _ = std::fs::remove_file(self.supervisor.attempt.unkillable_path());
            }
            self.phase = Phase::Over;
            return;
        }
        if now < *next {
            return;
        }
        if self.exit.is_some() {
            self.leftovers.condemn(&self.supervisor.tree);
        }
        let met: HashSet<i32> = self.supervisor.tree.kill().iter().map(|one| one.pid).collect();
        let stubborn = now >= *since + STUBBORN;
        if stubborn && !met.is_empty() && met != *reported {
            report_unkillable(self.supervisor.attempt.path(), &met);
            *reported = met;
        }
        *next = now + if stubborn { STUBBORN_PAUSE } else { *pause };
        *pause = (*pause * 2).min(LONGEST_PAUSE);
    }

    /// Sleeps until something happens or is due.
    fn wait(&self) {
        let due = [
            self.feed.deadline(),
            match &self.phase {
                Phase::Running => self.limit.map(|(until, _)| until),
                Phase::Stopping(ladder) => ladder.until(),
                Phase::Draining { since, quiet_since } => Some((*quiet_since + LINGER).min(*since + LONGEST_LINGER)),
                Phase::Asking { until, look } => Some((*until).min(*look)),
                Phase::Killing { next, .. } => Some(*next),
                Phase::Over => Some(clock::now()),
            },
            self.idle
                .as_ref()
                .filter(|_| matches!(self.phase, Phase::Running))
                .map(|(idle, _)| idle.deadline()),
        ];
        let timeout = due
            .into_iter()
            .flatten()
            .min()
            .map(|due| due.saturating_duration_since(clock::now()));
        let mut polled = vec![PollFd::new(self.supervisor.requests.signals(), PollFlags::IN)];
        polled.extend(
            self.feed
                .watched()
                .into_iter()
                .map(|descriptor| PollFd::from_borrowed_fd(descriptor, PollFlags::IN)),
        );
        // Rounded up: waking a moment before something is due would only mean to sleep again.
        let timeout = timeout.map(|timeout| Timespec {
            tv_sec: timeout.as_secs().cast_signed(),
            tv_nsec: timeout.subsec_nanos().into(),
        });
        let _ = rustix::event::poll(&mut polled, timeout.as_ref());
    }

    /// What the tree wrote before it was gone.
    fn take_the_rest(&mut self) {
        let start = clock::now();
        loop {
            let taken = self.feed.settle(&mut self.supervisor.output).unwrap_or(0);
            // A full disk gets a few seconds; a kept process that goes on writing is cut off.
            let waits_for_space = matches!(self.feed, Feed::Copied(_)) && self.feed.deadline().is_some();
            if waits_for_space && start.elapsed() < STUBBORN && !self.supervisor.requests.told_again() {
                std::thread::sleep(LEFTOVER_LOOK);
                self.supervisor.requests.take_signals();
            } else if taken == 0 || start.elapsed() > LONGEST_LINGER {
                return;
            }
        }
    }
}

fn start_killing(now: Instant) -> Phase {
    Phase::Killing {
        since: now,
        next: now,
        pause: FIRST_PAUSE,
        reported: HashSet::new(),
    }
}

fn report_unkillable(attempt: &std::path::Path, pids: &HashSet<i32>) {
    #[derive(serde::Serialize)]
    struct Unkillable {
        version: u32,
        since_us: i64,
        pids: Vec<i32>,
    }
    let mut pids: Vec<i32> = pids.iter().copied().collect();
    pids.sort_unstable();
    let report = Unkillable {
        version: VERSION,
        since_us: clock::wall_us(),
        pids,
    };
    if let Err(error) = document::write(attempt, folder::UNKILLABLE, &report, Durability::Renamed) {
        super::log::complain(&format!("writing {}: {error}", folder::UNKILLABLE));
    }
}
