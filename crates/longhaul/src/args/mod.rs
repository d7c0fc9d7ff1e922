//! The command line as it is typed. What it means is decided in `commands/`.

mod access;
mod acts;
mod agent;
mod command_line;
mod daemon;
#[cfg(test)]
mod documented;
mod looking;
mod page;
mod queues;
mod review;
mod run;
mod trees;
mod values;
mod waiting;

pub(crate) use acts::{CancelArguments, EditArguments, IdsArguments, PruneArguments, RepeatArguments, WakeArguments};
pub(crate) use command_line::{Command, CommandLine};
pub(crate) use daemon::{CompletionsArguments, DaemonCommand, InternalCommand, JsonArguments};
pub(crate) use looking::{
    ActivityArguments, InboxArguments, ListArguments, LogsArguments, ResultArguments, StatusArguments,
};
pub(crate) use page::{NotificationsArguments, OpenArguments, TokenCommand};
pub(crate) use queues::{LimitArguments, PauseArguments};
pub(crate) use review::{AdversarialReviewArguments, ReviewArguments, ReviewedArguments};
pub(crate) use run::{CloneArguments, RunArguments, SubmitArguments};
pub(crate) use trees::{DiffArguments, DiscardArguments, LandArguments, RedispatchArguments, TrustArguments};
pub(crate) use values::{Clearable, WaitLimit};
pub(crate) use waiting::{AwaitArguments, WaitArguments};
