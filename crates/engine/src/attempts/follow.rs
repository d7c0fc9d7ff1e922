//! The one who follows a running attempt: what keeps it from writing, how far it is, what its agent says.
//!
//! It looks again and again until it is dropped, at the latest with the end of the supervisor. What it finds is news, not
//! truth: what cannot be kept now, the next look or the end tells.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use longhaul_agents::Adapter;
use longhaul_model::{Access, Facts, Progress, Task, Tells};
use longhaul_store::{Fact, FactsAmend};
use longhaul_supervisor::AttemptFolder;
use longhaul_supervisor::output::Reader;
use tokio::time::Instant;

use super::enforcement;
use super::owned::OwnedAttempt;
use crate::executors::agent::known_of;
use crate::executors::{executor, tail_text};
use crate::runtime::blocking;
use crate::transcripts::{Glimpse, Transcript};

/// How soon the record of the enforcement is looked for again, at first and at most: steps before the program may take
/// long.
const ENFORCEMENT_LOOK: Duration = Duration::from_millis(10);
const LONGEST_ENFORCEMENT_LOOK: Duration = Duration::from_secs(1);
/// How often the output is looked at for progress: often enough for a bar, rarely enough to cost nothing.
const PROGRESS_LOOK: Duration = Duration::from_millis(300);
/// How often the output of an agent is read on.
const ACTIVITY_LOOK: Duration = Duration::from_millis(250);
/// The shortest time between two writes of what an agent was seen to do, the first session id excepted.
const BETWEEN_WRITES: Duration = Duration::from_millis(500);
/// How many pieces are read in one look: an agent that floods is read along with, and not at the cost of all others.
const PIECES_AT_ONCE: usize = 32;

/// Follows one attempt.
pub(super) struct Follower<'a> {
    attempt: &'a OwnedAttempt,
    folder: PathBuf,
    /// When the enforcement is looked for, and how long after that again; nothing once it is known.
    enforcement: Option<(Instant, Duration)>,
    output: OutputWatch,
    /// When the output is looked at next.
    next_output: Option<Instant>,
}

/// What is to be seen in the output.
enum OutputWatch {
    /// Nothing that is kept while it runs.
    Plain,
    /// How far it is, and what was kept of that last.
    Progress(Option<Progress>),
    /// What an agent does, and when some of it was kept last.
    Activity {
        transcript: Arc<Mutex<Transcript>>,
        adapter: &'static dyn Adapter,
        written: Option<Instant>,
    },
}

impl<'a> Follower<'a> {
    /// Who follows this attempt.
    pub(super) fn of(attempt: &'a OwnedAttempt) -> Self {
        let (task, now) = (attempt.task(), Instant::now());
        let is_confined = task.as_ref().is_some_and(|task| task.spec.access == Access::ReadOnly);
        let output = task.map_or(OutputWatch::Plain, |task| OutputWatch::of(attempt, &task));
        Self {
            attempt,
            folder: attempt.folder(),
            enforcement: is_confined.then_some((now, ENFORCEMENT_LOOK)),
            next_output: output.pause().map(|pause| now + pause),
            output,
        }
    }

    /// Looks on until it is dropped.
    pub(super) async fn run(mut self) -> Infallible {
        loop {
            let enforcement = self.enforcement.map(|(at, _)| at);
            let Some(next) = enforcement.into_iter().chain(self.next_output).min() else {
                return std::future::pending().await;
            };
            tokio::time::sleep_until(next).await;
            let Some(task) = self.task() else {
                return std::future::pending().await;
            };
            if enforcement == Some(next) {
                self.look_for_enforcement(&task).await;
            } else {
                self.look_at_output(&task).await;
                self.next_output = self.output.pause().map(|pause| Instant::now() + pause);
            }
        }
    }

    /// The task, as long as this attempt of it runs.
    fn task(&self) -> Option<Arc<Task>> {
        let task = self.attempt.task()?;
        (task.life.fence == self.attempt.fence()).then_some(task)
    }

    async fn look_for_enforcement(&mut self, task: &Task) {
        let folder = self.folder.clone();
        let looked = blocking(move || AttemptFolder::at(folder).leader().ok().flatten()).await;
        if let Some(reached) = looked.flatten().and_then(|leader| leader.sandbox) {
            // What cannot be kept now the receipt says again.
            self.attempt
                .amend(enforcement::facts_of(task.spec.access, &reached))
                .await;
            self.enforcement = None;
        } else if let Some((at, pause)) = &mut self.enforcement {
            *at = Instant::now() + *pause;
            *pause = (*pause * 2).min(LONGEST_ENFORCEMENT_LOOK);
        }
    }

    async fn look_at_output(&mut self, task: &Arc<Task>) {
        match &mut self.output {
            OutputWatch::Plain => {}
            OutputWatch::Progress(kept) => {
                let (folder, of) = (self.folder.clone(), Arc::clone(task));
                let looked = blocking(move || {
                    let reader = Reader::open(folder);
                    let progress = executor(&of.spec.work).progress(&tail_text(&reader, 3, None));
                    (progress, reader.produced().unwrap_or(0))
                });
                if let Some((Some(progress), bytes)) = looked.await
                    && kept.as_ref() != Some(&progress)
                {
                    let facts = vec![Fact::Progress(Some(progress.clone())), Fact::OutputBytes(bytes)];
                    if self.attempt.amend(facts).await {
                        *kept = Some(progress);
                    }
                }
            }
            OutputWatch::Activity {
                transcript,
                adapter,
                written,
            } => {
                let read = Arc::clone(transcript);
                let look = move || {
                    read.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .glimpse(PIECES_AT_ONCE)
                };
                let Some(Some(glimpse)) = blocking(look).await else {
                    return;
                };
                let news = news(&task.facts, &known(*adapter, &glimpse, &task.facts));
                let is_news = news.iter().any(|fact| !matches!(fact, Fact::OutputBytes(_)));
                let is_first_session =
                    task.facts.session.is_none() && news.iter().any(|fact| matches!(fact, Fact::Session(_)));
                let is_time = written.is_none_or(|written| written.elapsed() >= BETWEEN_WRITES);
                if is_news && (is_time || is_first_session) && self.attempt.amend(news).await {
                    *written = Some(Instant::now());
                }
            }
        }
    }
}

impl OutputWatch {
    fn of(attempt: &OwnedAttempt, task: &Task) -> Self {
        match (task.spec.work.rules().tells, &attempt.transcript) {
            (Tells::Progress, _) => Self::Progress(None),
            (Tells::Activity, Some((transcript, adapter))) => Self::Activity {
                transcript: Arc::clone(transcript),
                adapter: *adapter,
                written: None,
            },
            (Tells::Activity | Tells::Nothing, _) => Self::Plain,
        }
    }

    /// How long after a look the next one is; nothing if there is nothing to see.
    fn pause(&self) -> Option<Duration> {
        match self {
            Self::Plain => None,
            Self::Progress(_) => Some(PROGRESS_LOOK),
            Self::Activity { .. } => Some(ACTIVITY_LOOK),
        }
    }
}

impl OwnedAttempt {
    /// Adds to what is known of the attempt. False if it could not be kept.
    pub(super) async fn amend(&self, facts: Vec<Fact>) -> bool {
        let amend = FactsAmend {
            task: self.id(),
            fence: self.fence(),
            facts,
            at: self.room.installation.clock.now(),
        };
        self.room.ledger.amend(amend).await.is_ok()
    }
}

/// What is known of an agent's run, after what was seen of it.
fn known(adapter: &dyn Adapter, glimpse: &Glimpse, before: &Facts) -> Facts {
    Facts {
        activity: glimpse.last_line.clone().or(before.activity.clone()),
        output_bytes: glimpse.output_bytes,
        ..known_of(adapter, &glimpse.reading, before)
    }
}

/// What is known now and was not before.
fn news(before: &Facts, now: &Facts) -> Vec<Fact> {
    let mut news = Vec::new();
    if now.session != before.session {
        news.extend(now.session.clone().map(Fact::Session));
    }
    if now.usage != before.usage {
        news.extend(now.usage.clone().map(Fact::Usage));
    }
    if now.session_usage != before.session_usage {
        news.extend(now.session_usage.clone().map(Fact::SessionUsage));
    }
    if now.progress != before.progress {
        news.push(Fact::Progress(now.progress.clone()));
    }
    if now.activity != before.activity {
        news.extend(now.activity.clone().map(Fact::Activity));
    }
    if now.output_bytes != before.output_bytes {
        news.push(Fact::OutputBytes(now.output_bytes));
    }
    news
}
