//! Git worktrees for tasks: made, looked at, brought in, saved, removed. And what writers change in place.
//!
//! It knows git and files and nothing else; how a program is started is handed in. Half of it runs as steps of an attempt,
//! under the attempt's supervisor; the other half answers the daemon's questions.
//!
//! What this is not: it decides nothing about tasks, and knows no database.

mod apply;
mod blockers;
mod books;
mod changes;
mod cloned;
mod direct;
mod error;
mod file;
mod git;
mod in_place;
mod include;
mod land;
mod merge;
mod names;
mod patch;
mod prepare;
mod project;
mod record;
mod remove;
mod report;
pub mod repository;
mod runner;
mod settle;
mod snapshot;
pub mod step;
mod submodules;

pub use apply::{Applied, Intent, apply, clear_landed, recover};
pub use changes::{Changes, FileChange, changes};
pub use cloned::{Cloned, cloned};
pub use direct::Direct;
pub use error::TreeError;
pub use file::FileError;
pub use git::{Git, GitError};
pub use in_place::Picture;
pub use land::{LandOrder, LandOutcome, OLDEST_GIT, Ready, check_git, clear_check_of, landable, merge_only, target};
/// An error with its causes, in one line.
pub use longhaul_model::with_causes as told;
pub use names::{Places, below, branch, slug};
pub use patch::{Hunk, Line, LineKind};
pub use prepare::{Preparing, leave, prepare};
pub use project::{FILE as PROJECT_FILE, Found, Project, ProjectError, find, trust};
/// What the engine calls it today.
pub use record::TreeStatus as Standing;
pub use record::{Place, Record, Salvaged, TreeStatus};
pub use remove::{adopt, forget, is_saved_already, note, remove};
pub use report::Report;
pub use runner::{Ended, LOCAL_VARIABLES, Program, Runner};
pub use step::StepOrder;
