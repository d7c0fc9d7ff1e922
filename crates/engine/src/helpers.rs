//! Read-only helpers: agents that only read, and that were submitted from inside a task. Short, and few at once.

use longhaul_model::{Access, Spec, TaskId};

/// Whether it is one. A review takes as long as it takes.
pub(crate) fn is_helper(spec: &Spec, parent: Option<TaskId>) -> bool {
    let is_reader = spec.access == Access::ReadOnly;
    is_reader && parent.is_some() && spec.work.agent().is_some_and(|work| work.review.is_none())
}
