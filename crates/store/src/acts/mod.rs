//! The words of the acts: what each is asked, what it answers and how it fails, whatever database stands behind it.

mod completion;
mod delivery_set;
mod facts_amend;
mod fault;
mod open;
mod prune;
mod queue_set;
mod read;
mod task_apply;
mod task_edit;
mod task_insert;
mod task_move_to_front;
mod tasks_acknowledge;

pub use completion::CompletionFilter;
pub use delivery_set::{DeliveriesSet, DueNotifications};
pub use facts_amend::{Fact, FactsAmend, FactsError};
pub use fault::{Damaged, StoreFault};
pub use open::{OpenError, OpenOptions};
pub use prune::PruneRules;
pub use queue_set::{LimitsChange, QueueChange};
pub use read::{ActiveTasks, Counts, EventBounds, TaskFilter};
pub use task_apply::{Applied, Apply, ApplyError};
pub use task_edit::{Edit, EditError};
pub use task_insert::{InsertError, Inserted, Key, NewTask, Repeat};
pub use task_move_to_front::MoveToFrontError;
pub use tasks_acknowledge::AcknowledgeError;
