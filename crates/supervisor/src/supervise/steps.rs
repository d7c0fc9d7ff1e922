//! The walk over the steps, and the one end that follows from them.

use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::time::Duration;

use longhaul_failpoint::failpoint;

use super::capture::Feed;
use super::life::Supervisor;
use super::run::{Cause, Ran, Run};
use super::spawn::{NotSpawned, Spawned};
use super::{acts, remove_tree, spawn};
use crate::clock;
use crate::document::{self, Durability, VERSION};
use crate::folder;
use crate::process;
use crate::receipt::{End, Exit, Leftover, StepEnd, StepReport};
use crate::spec::{Act, Role, Stdin, Step, When};
use crate::started::Leader;

/// What the walk brought.
#[derive(Debug)]
pub(super) struct Walk {
    pub(super) end: End,
    pub(super) steps: Vec<StepReport>,
    pub(super) leftovers: Vec<Leftover>,
    pub(super) program_started_at_us: Option<i64>,
    pub(super) program_ended_at_us: Option<i64>,
    pub(super) program_duration: Option<Duration>,
    pub(super) asked_before_end: bool,
    pub(super) trouble: Option<String>,
}

/// How one step went.
#[derive(Debug)]
enum StepResult {
    /// It could not be started or done.
    NotStarted(String),
    /// It was not started, since what must be kept from it cannot be.
    Unenforced(String),
    /// It took longer than it may.
    TimedOut(u64),
    /// It was halted on request.
    Interrupted(Cause),
    /// It has no program, and went well.
    Done,
    /// Its program is over.
    Exited(Ran),
}

impl Supervisor {
    /// Does the steps in order.
    pub(super) fn walk(&mut self) -> Walk {
        let mut end: Option<End> = None;
        let mut walk = Walk {
            end: End::Stopped { exit: None },
            steps: Vec::new(),
            leftovers: Vec::new(),
            program_started_at_us: None,
            program_ended_at_us: None,
            program_duration: None,
            asked_before_end: false,
            trouble: None,
        };
        for step in self.spec.steps.clone() {
            self.requests.take_signals();
            self.requests.look_again();
            self.requests.look(&self.attempt);
            let optional = step.when == When::OnSuccess || step.role == Role::Program;
            let program_is_over = walk.program_ended_at_us.is_some();
            if optional
                && end.as_ref().is_none_or(is_success)
                && let Some(cause) = self.pending_cause()
            {
                end = Some(self.ended_between(&step, cause, program_is_over));
                walk.asked_before_end |= !program_is_over && self.requests.stop_seen().is_some();
            }
            let output_from = self.output.produced();
            let began = clock::now();
            let step_end = if optional && !end.as_ref().is_none_or(is_success) {
                StepEnd::Skipped
            } else {
                if step.role == Role::Program {
                    walk.program_started_at_us = Some(clock::wall_us());
                }
                let result = self.step(&step);
                let after = end.as_ref().is_some_and(is_success);
                let (step_end, its_end) = judge(&step, &result, after);
                if step.role == Role::Program && matches!(result, StepResult::NotStarted(_) | StepResult::Unenforced(_))
                {
                    walk.program_started_at_us = None;
                }
                if let StepResult::Exited(ran) = result {
                    walk.leftovers.extend(ran.leftovers);
                    walk.trouble = ran.trouble.or(walk.trouble);
                    if !program_is_over {
                        walk.asked_before_end |= ran.asked_before_end;
                    }
                    if step.role == Role::Program {
                        walk.program_ended_at_us = Some(ran.ended_at_us);
                        walk.program_duration = Some(ran.duration);
                    }
                } else if matches!(result, StepResult::Interrupted(Cause::Stop)) && !program_is_over {
                    walk.asked_before_end = true;
                }
                // The first thing that went wrong is the end; a step that is always done cannot undo it.
                if end.as_ref().is_none_or(is_success) && its_end.is_some() {
                    end = its_end;
                }
                step_end
            };
            walk.steps.push(StepReport {
                name: step.name.clone(),
                end: step_end,
                duration_us: clock::micros(began.elapsed()),
                output_from,
                output_until: self.output.produced(),
            });
        }
        walk.leftovers.truncate(100);
        walk.end = end.expect("invariant: a spec has a program, and a program has an end");
        walk
    }

    fn pending_cause(&self) -> Option<Cause> {
        match (self.requests.stop(), self.requests.told_to_end()) {
            (Some(_), _) => Some(Cause::Stop),
            (None, Some(signal)) => Some(Cause::Lost(signal)),
            (None, None) => None,
        }
    }

    /// The end if something was asked between two steps.
    fn ended_between(&self, step: &Step, cause: Cause, program_is_over: bool) -> End {
        match cause {
            Cause::Lost(signal) => lost(signal),
            _ if program_is_over => End::StepFailed {
                step: step.name.clone(),
                message: "it was asked to stop".to_owned(),
            },
            _ => End::Stopped { exit: None },
        }
    }

    fn step(&mut self, step: &Step) -> StepResult {
        let plain = |done: Result<(), String>| done.map_or_else(StepResult::NotStarted, |()| StepResult::Done);
        match &step.act {
            Act::Run { argv } => self.run(step, argv),
            Act::Rename { from, to } => plain(acts::rename(from, to)),
            Act::MakeFolder { path } => plain(acts::make_folder(path, self.umask)),
            Act::RemoveTree { path } => self.remove(step, path),
        }
    }

    fn remove(&mut self, step: &Step, path: &Path) -> StepResult {
        let start = clock::now();
        let heeds = step.when == When::OnSuccess;
        let limit_ms = step.time_limit_ms.or((!heeds).then_some(60_000));
        let mut halted = None;
        let (requests, attempt) = (&mut self.requests, &self.attempt);
        let mut go_on = || {
            requests.take_signals();
            requests.look(attempt);
            halted = match (requests.stop(), requests.told_to_end()) {
                (Some(_), _) if heeds => Some(StepResult::Interrupted(Cause::Stop)),
                (_, Some(signal)) if heeds || requests.told_again() => {
                    Some(StepResult::Interrupted(Cause::Lost(signal)))
                }
                _ => limit_ms
                    .filter(|limit_ms| start.elapsed() > Duration::from_millis(*limit_ms))
                    .map(StepResult::TimedOut),
            };
            if halted.is_some() {
                Err(io::ErrorKind::Interrupted.into())
            } else {
                Ok(())
            }
        };
        let removed = remove_tree::remove(path, &mut go_on);
        match (halted, removed) {
            (Some(halted), _) => halted,
            (None, Ok(())) => StepResult::Done,
            (None, Err(error)) => StepResult::NotStarted(format!("cannot remove {}: {error}", path.display())),
        }
    }

    fn run(&mut self, step: &Step, argv: &[std::ffi::OsString]) -> StepResult {
        let tmp = self.spec.private_tmp.then(|| self.attempt.file(folder::TMP));
        if let Some(tmp) = &tmp
            && let Err(error) = acts::make_folder(tmp, 0o077)
        {
            return StepResult::NotStarted(error);
        }
        let (feed, ends) = match Feed::open(self.spec.capture, self.attempt.path()) {
            Ok(opened) => opened,
            Err(error) => return StepResult::NotStarted(format!("cannot open the output: {error}")),
        };
        let channels = [&ends.stdout, &ends.stderr]
            .into_iter()
            .filter_map(|end| process::channel(end.as_fd()))
            .collect();
        // Before the fork: what the program takes to begin is part of its run.
        let started = clock::now();
        let spawned = spawn::spawn(spawn::Launch {
            argv,
            folder: step.cwd.as_deref().unwrap_or(&self.spec.cwd),
            environment: &self.environment,
            umask: self.umask,
            stdin: if step.role == Role::Program {
                &self.spec.stdin
            } else {
                &Stdin::Null
            },
            stdout: ends.stdout,
            stderr: ends.stderr,
            on_terminal: ends.on_terminal,
            door: self.tree.make_room(),
            sandbox: self
                .spec
                .sandbox
                .as_ref()
                .filter(|_| step.role == Role::Program)
                .map(|sandbox| (sandbox, tmp.as_deref())),
            restricted: self.spec.restricted,
        });
        let Spawned { pid: leader, reached } = match spawned {
            Ok(spawned) => spawned,
            Err(not) => {
                self.tree.clear_room();
                return match not {
                    NotSpawned::Program(message) => StepResult::NotStarted(message),
                    NotSpawned::Unenforced(message) => StepResult::Unenforced(message),
                };
            }
        };
        if step.role == Role::Program {
            self.reached.clone_from(&reached);
        }
        self.tree.lead_by(leader);
        // Not yet waited for, so its number is its own even if it has ended already.
        let start_time = process::read(leader).map_or(0, |facts| facts.start_time);
        let record = Leader {
            version: VERSION,
            pid: leader,
            start_time,
            step: step.name.clone(),
            channels,
            sandbox: reached,
        };
        if let Err(error) = document::write(self.attempt.path(), folder::LEADER, &record, Durability::Renamed) {
            super::log::complain(&format!("writing {}: {error}", folder::LEADER));
        }
        failpoint!("supervisor.spawned");
        let ran = Run::new(self, step, feed, start_time, started).finish();
        self.tree.clear_room();
        StepResult::Exited(ran)
    }
}

fn is_success(end: &End) -> bool {
    *end == End::Exited { code: 0 }
}

fn lost(signal: crate::signal::Signal) -> End {
    End::Lost {
        cause: format!("the supervisor received {signal}"),
    }
}

/// What a step's result means for itself, and for the attempt (nothing, if it went well and is not the program).
fn judge(step: &Step, result: &StepResult, after_program: bool) -> (StepEnd, Option<End>) {
    let step_end = match result {
        StepResult::NotStarted(message) | StepResult::Unenforced(message) => StepEnd::Failed {
            message: message.clone(),
        },
        StepResult::TimedOut(after_ms) => StepEnd::TimedOut { after_ms: *after_ms },
        StepResult::Interrupted(_) => StepEnd::Failed {
            message: "it was asked to stop".to_owned(),
        },
        StepResult::Done => StepEnd::Done,
        StepResult::Exited(Ran {
            cause: Some(Cause::Timeout { after_ms }),
            ..
        }) => StepEnd::TimedOut { after_ms: *after_ms },
        StepResult::Exited(Ran {
            exit: Exit::Exited { code },
            ..
        }) => StepEnd::Exited { code: *code },
        StepResult::Exited(Ran {
            exit: Exit::Signaled { signal },
            ..
        }) => StepEnd::Signaled { signal: *signal },
    };
    let end = if step.role == Role::Program {
        Some(program_end(result))
    } else {
        helper_end(step, result, after_program)
    };
    (step_end, end)
}

fn program_end(result: &StepResult) -> End {
    match result {
        StepResult::NotStarted(message) => End::SpawnFailed {
            message: message.clone(),
        },
        StepResult::Unenforced(message) => End::Unenforced {
            message: message.clone(),
        },
        StepResult::Exited(ran) => match (&ran.cause, ran.exit) {
            (Some(Cause::Stop), exit) => End::Stopped { exit: Some(exit) },
            (Some(Cause::Timeout { after_ms }), _) => End::Timeout { after_ms: *after_ms },
            (Some(Cause::Idle { after_ms }), _) => End::IdleTimeout { after_ms: *after_ms },
            (Some(Cause::Lost(signal)), _) => lost(*signal),
            (Some(Cause::Overflow(message)), _) => End::OutputOverflow {
                message: message.clone(),
            },
            (None, Exit::Exited { code }) => End::Exited { code },
            (None, Exit::Signaled { signal }) => End::Signaled { signal },
        },
        StepResult::TimedOut(_) | StepResult::Interrupted(_) | StepResult::Done => {
            unreachable!("a checked spec's program is a command to run")
        }
    }
}

fn helper_end(step: &Step, result: &StepResult, after_program: bool) -> Option<End> {
    let message = match result {
        StepResult::Done => return None,
        StepResult::NotStarted(message) | StepResult::Unenforced(message) => message.clone(),
        StepResult::TimedOut(after_ms) => format!("it took longer than {after_ms} ms"),
        StepResult::Interrupted(cause) => return Some(halted_end(step, cause, after_program)),
        StepResult::Exited(ran) => match (&ran.cause, ran.exit) {
            (None, Exit::Exited { code: 0 }) => return None,
            (None, Exit::Exited { code }) => format!("it exited with code {code}"),
            (None, Exit::Signaled { signal }) => format!("it was ended by {signal}"),
            (Some(Cause::Timeout { after_ms }), _) => format!("it took longer than {after_ms} ms"),
            (Some(Cause::Overflow(message)), _) => message.clone(),
            (Some(cause), _) => return Some(halted_end(step, cause, after_program)),
        },
    };
    if step.when == When::Always && after_program {
        // Clearing up that fails is in the step's own report; the program's success stands.
        return None;
    }
    let step = step.name.clone();
    Some(if after_program {
        End::StepFailed { step, message }
    } else {
        End::SetUpFailed { step, message }
    })
}

fn halted_end(step: &Step, cause: &Cause, after_program: bool) -> End {
    match cause {
        Cause::Lost(signal) => lost(*signal),
        _ if after_program => End::StepFailed {
            step: step.name.clone(),
            message: "it was asked to stop".to_owned(),
        },
        _ => End::Stopped { exit: None },
    }
}
