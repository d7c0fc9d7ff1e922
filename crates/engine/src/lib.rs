//! The mind of the daemon: who starts when, what became of whom, and what follows.
//!
//! [`Engine::start`] opens the store and starts the loops; the [`Handle`] is all that the rest of the daemon sees. The
//! rooms, from the roof down (who may use whom is checked by `cargo xtask tidy`):
//!
//! - `boot`: opens the store, builds the rooms, starts the loops.
//! - `handle`: what can be asked from outside, one method each.
//! - `submit`: the way of a task into the store, step by step.
//! - `effects`: turns what follows from a change into a hand.
//! - `reconcile`: hunts for anything that was missed, a file for each hunt.
//! - `attempts`: an attempt in the daemon's hands, from the claim to its end.
//! - `dispatch`: the one loop that decides who starts.
//! - `transcripts`: what agents did, read from their output.
//! - `notify`: tells those who are not looking.
//! - `family`: tasks inside tasks.
//! - `doctor`: what works on this machine and what does not.
//! - `executors`: the kinds of work; they are told values.
//! - `ledger`: store and board; the only writer of tasks.
//! - `workspace`: the folders and worktrees that tasks work in.
//! - `agents`: the coding agents of this machine.
//! - `scheduler`: who may start, a pure thought about a board.
//! - `installation`, `config`, `clock`, `machine`: what never changes, what can be set, what time it is.
//! - `programs`, `private_files`, `homes`, `shell_environment`, `finding`, `runtime`: what all stand on.
//!
//! What this is not: it speaks no HTTP, reads no arguments and no environment.

mod agents;
mod attempts;
mod boot;
mod clock;
mod config;
mod dispatch;
mod doctor;
mod effects;
mod executors;
mod family;
mod finding;
mod handle;
mod homes;
mod installation;
mod ledger;
mod machine;
mod notify;
mod private_files;
mod programs;
mod reconcile;
mod runtime;
#[cfg(test)]
mod samples;
mod scheduler;
mod shell_environment;
mod submit;
mod transcripts;
mod workspace;

pub use agents::{AgentFinding, AgentReport};
pub use boot::{Boot, BootError, Engine};
pub use clock::Clock;
pub use config::{Config, NotifySettings, Webhook, WebhookSecret};
pub use family::ProcessOwner;
pub use finding::{Finding, Level};
pub use handle::{
    ActError, ActivityError, Canceling, EditError, Handle, LandError, OutputOf, QueueView, QueuesView, Submitted, View,
    WaitError, Waited,
};
pub use longhaul_agents::{AgentSettings, Agents, AgentsError, TemplateOutput, TemplateSettings, WriteMode};
pub use longhaul_store::{
    CompletionFilter, Counts, EditError as StoreEditError, EventBounds, InsertError, StoreFault, TaskFilter,
};
pub use longhaul_supervisor::ReadError as OutputReadError;
pub use longhaul_supervisor::output;
pub use longhaul_worktrees::{Changes, FileChange, Hunk, Line, LineKind, Project, ProjectError, Salvaged, TreeError};
pub use scheduler::{Block, LaneWaiter, WorkspaceLanes};
pub use submit::{RepeatError, Rights, SessionError, Submission, SubmitError};
pub use transcripts::{ActivityEntry, ActivityPage, TranscriptError, activity};
pub use workspace::{ChangesError, TreeState, WorktreeView};
