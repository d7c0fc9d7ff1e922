//! Asking what is stored.

use longhaul_model::{QueueName, StateName, Task, TaskId};

use crate::acts::Damaged;

/// Which tasks to list. Everything that is set must hold; the default lists all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskFilter {
    /// In one of these states; empty for any.
    pub states: Vec<StateName>,
    /// Working in this workspace.
    pub workspace: Option<String>,
    /// Run by this agent.
    pub agent: Option<String>,
    /// Of this kind.
    pub kind: Option<String>,
    /// Submitted from this task.
    pub parent: Option<TaskId>,
    /// With a label of this name, and of this value if one is given.
    pub label: Option<(String, Option<String>)>,
    /// With each of these words in name, request or summary; of the last one its beginning is enough. Any text is safe;
    /// one without a word in it finds nothing.
    pub search: Option<String>,
    /// From this chat session.
    pub origin_session: Option<String>,
    /// In this queue.
    pub queue: Option<QueueName>,
    /// In the chain with this root.
    pub chain: Option<TaskId>,
    /// Only those that somebody should look at.
    pub needs_attention: bool,
}

/// How many tasks there are. Kept current with every write, so asking costs nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub(crate) states: [u64; StateName::ALL.len()],
    /// Failed or interrupted, not repeated, not acknowledged.
    pub needs_attention: u64,
}

impl Counts {
    /// How many are in `state`.
    pub fn of(&self, state: StateName) -> u64 {
        self.states[state as usize]
    }

    /// How many there are in all.
    pub fn total(&self) -> u64 {
        self.states.iter().sum()
    }
}

/// Every task that is not over.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ActiveTasks {
    /// Those that can be read, oldest first.
    pub tasks: Vec<Task>,
    /// Those that cannot. They are left as they are; one of them must not keep the others from running.
    pub damaged: Vec<Damaged>,
}

/// Which events are still kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventBounds {
    /// The oldest kept; one above `newest` if none is.
    pub oldest: u64,
    /// The newest ever; 0 before the first.
    pub newest: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_counted_at_its_place_in_the_list_of_all() {
        for (place, state) in StateName::ALL.into_iter().enumerate() {
            assert_eq!(state as usize, place);
        }
    }
}
