//! The commands: one file per word.

mod ack;
mod r#await;
mod cancel;
mod clone;
mod completions;
mod daemon;
mod daemon_care;
mod daemon_install;
mod dispatch;
mod doctor;
mod each;
mod edit;
mod export;
mod hold;
mod internal;
mod limit;
mod list;
mod logs;
mod overview;
mod pause;
mod prune;
mod redispatch;
mod release;
mod result;
mod resume;
mod retry;
mod run;
mod status;
mod submit;
pub(crate) mod supervise;
mod top;
mod version;
mod wake;

pub(crate) use dispatch::dispatch;
use dispatch::{Context, Outcome};
use each::{each, show};
