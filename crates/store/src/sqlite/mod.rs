//! The store in one SQLite file: one thread writes, in groups; readers have connections of their own.

mod completion;
mod dependency;
mod environment;
mod events;
mod facts_amend;
mod fault;
mod file_checks;
mod file_system;
mod history;
mod journal;
mod life_write;
mod lock;
mod message;
mod migrate;
mod notifications;
mod open;
mod open_refusal;
mod prune;
mod query;
mod queue_set;
mod reader;
mod row;
mod search;
mod session;
mod tally;
mod task_apply;
mod task_edit;
mod task_insert;
mod task_move_to_front;
mod task_read;
mod tasks_acknowledge;
mod tasks_list;
mod work;
mod writer;
#[cfg(test)]
mod writer_tests;

pub(crate) use migrate::SCHEMA_VERSION;
pub(crate) use open::Sqlite;
pub(crate) use writer::Lane;

/// The acts, as they are done here.
pub(crate) mod act {
    pub(crate) use super::completion::{completions_take, untaken_completions};
    pub(crate) use super::environment::environment;
    pub(crate) use super::events::{event_bounds, events_after};
    pub(crate) use super::facts_amend::facts_amend;
    pub(crate) use super::history::{attempts, history};
    pub(crate) use super::message::message;
    pub(crate) use super::notifications::{deliveries_set, due_notifications, notifications};
    pub(crate) use super::prune::prune;
    pub(crate) use super::queue_set::{limits, limits_set, queue_set, queues};
    pub(crate) use super::session::{task_of_origin_key, task_of_session};
    pub(crate) use super::tally::counts;
    pub(crate) use super::task_apply::{task_apply, task_apply_all};
    pub(crate) use super::task_edit::task_edit;
    pub(crate) use super::task_insert::{Prepared, is_key_known, task_insert};
    pub(crate) use super::task_move_to_front::task_move_to_front;
    pub(crate) use super::task_read::{active_tasks, children, dependents, descendants, needs_attention, task};
    pub(crate) use super::tasks_acknowledge::tasks_acknowledge;
    pub(crate) use super::tasks_list::tasks;
}
