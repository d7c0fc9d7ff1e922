//! Durable truth: what was acknowledged is here, and nothing else is.
//!
//! The store is a closed set of named acts ([`Store`]'s methods, their words in `acts/`). Whatever changes a task's
//! state goes through [`longhaul_model::transition`] inside the transaction and is stored by compare-and-set with its
//! history row and its event. What this is not: it starts nothing, decides nothing about who may run, and never asks
//! the time; every act is told it.

mod acts;
mod sqlite;
mod store;

pub use acts::{
    AcknowledgeError, ActiveTasks, Applied, Apply, ApplyError, CompletionFilter, Counts, Damaged, DeliveriesSet,
    DueNotifications, Edit, EditError, EventBounds, Fact, FactsAmend, FactsError, InsertError, Inserted, Key,
    LimitsChange, MoveToFrontError, NewTask, OpenError, OpenOptions, PruneRules, QueueChange, Repeat, StoreFault,
    TaskFilter,
};
pub use store::Store;
