//! The mind of the daemon: who starts when, what became of whom, and what follows.
//!
//! [`Engine::start`] opens the store and starts the loops; the [`Handle`] is all that the rest of the daemon sees. The
//! rooms: `dispatch` is the one loop that decides, `admit` the plain function it asks, `board` the copy of the active
//! tasks it looks at, `lending` the slots they use, `lanes` the workspaces they work in, `attempts` the daemon's hands on supervisors, `executors` the kinds of work, `agents` the coding agents of this machine, `reconcile` what
//! hunts for anything missed.
//!
//! What this is not: it speaks no HTTP, reads no arguments and no environment.

mod agents;
mod attempts;
mod boot;
mod clock;
mod config;
mod dispatch;
mod doctor;
mod enforcement;
mod executors;
mod family;
mod finding;
mod handle;
mod machine;
mod notify;
mod programs;
mod progress;
mod reconcile;
#[cfg(test)]
mod samples;
mod scheduler;
mod shared;
mod submit;
mod transcripts;
mod waiters;
mod workspace;

pub use agents::{AgentFinding, AgentReport};
pub use boot::{Boot, BootError, Engine};
pub use clock::Clock;
pub use config::{Config, NotifySettings, Webhook, WebhookSecret};
pub use finding::{Finding, Level};
pub use handle::{
    ActError, ActivityError, Belonging, Canceling, EditError, Handle, LandError, OutputOf, QueueView, QueuesView,
    RepeatError, Rights, SessionError, Submission, SubmitError, Submitted, View, WaitError, Waited,
};
pub use longhaul_agents::{AgentSettings, Agents, AgentsError, TemplateOutput, TemplateSettings, WriteMode};
pub use longhaul_store::{
    CompletionFilter, Counts, EditError as StoreEditError, EventBounds, InsertError, StoreFault, TaskFilter,
};
pub use longhaul_supervisor::ReadError as OutputReadError;
pub use longhaul_supervisor::output;
pub use longhaul_worktrees::{Changes, FileChange, Hunk, Line, LineKind, Project, ProjectError, Salvaged, TreeError};
pub use scheduler::{Block, LaneWaiter, WorkspaceLanes};
pub use transcripts::{ActivityEntry, ActivityPage, TranscriptError, activity};
pub use workspace::{ChangesError, Standing, TreeState};
