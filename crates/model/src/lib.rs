//! What a task is and how it may live.
//!
//! Everything here is a value or a plain function of values: no async, no files, no SQL, no HTTP, and nobody asks the
//! time (it is an argument). The heart is [`transition`]: the only way a [`Life`] changes.

mod access;
mod block;
mod causes;
mod duration;
mod effect;
mod event;
mod id;
mod kind;
mod landing;
mod life;
mod notification;
mod origin;
mod outcome;
mod prerequisite;
mod queue;
mod retry;
mod secrets;
mod spec;
mod state;
mod table;
mod task;
mod transition;
mod trigger;
mod wait;
mod words;
mod work;

pub use access::{Access, Enforcement, Isolation};
pub use block::BlockKind;
pub use causes::with_causes;
pub use duration::{DurationError, format_duration, parse_duration};
pub use effect::Effect;
pub use event::{Ending, Event, Probe, Verdict};
pub use id::{AttemptNumber, Fence, IdError, QueueName, QueueNameError, TaskId};
pub use kind::{Gives, KindRules, TaskKind, Tells};
pub use landing::{Conflict, Landing};
pub use life::{Life, Policy};
pub use notification::{Delivery, DeliveryState, Notification, Occasion};
pub use origin::{Actor, Origin, StatedTrigger};
pub use outcome::{AgentError, Outcome, Reason};
pub use prerequisite::{Prerequisite, PrerequisiteError};
pub use queue::{Queue, QueueLimits};
pub use retry::backoff;
pub use secrets::Secrets;
pub use spec::{Leftovers, Notify, Spec, SpecError, StandardInput};
pub use state::{
    ACTIVE, Ended, HOLDS_A_SLOT, MAY_BE_EDITED, MAY_BE_REDISPATCHED, Running, State, StateName, Stopping, TERMINAL,
};
pub use table::{Row, TABLE, state_machine_page};
pub use task::{Attempt, Facts, HistoryEntry, Progress, Session, Task, TaskEvent, Usage, Worktree};
pub use transition::{Rejected, transition};
pub use trigger::{Trigger, TriggerSource};
pub use wait::{UnmetPrerequisite, Wait, WaitKind, Waiting, Waits};
pub use words::{UnknownWord, Words};
pub use work::{AgentWork, LandManner, LandWork, ReviewScope, Work, WorkError, without_credentials};
