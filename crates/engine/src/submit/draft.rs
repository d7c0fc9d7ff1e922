//! What somebody asks for, on its way to becoming a task: each step takes the draft and completes or refuses it.

use std::collections::BTreeMap;
use std::path::Path;

use longhaul_model::{Actor, Spec, TaskId};

use crate::workspace;

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The task.
    pub spec: Spec,
    /// Whether it says where a writer works. If it does not, the project decides, or the configuration.
    pub says_isolation: bool,
    /// Its submitter's environment; nothing if they have none to give.
    pub environment: Option<BTreeMap<String, String>>,
    /// The task it belongs to; nothing from outside.
    pub parent: Option<TaskId>,
    /// The idempotency key and the hash of the request.
    pub key: Option<(String, String)>,
    /// Who asks.
    pub actor: Actor,
}

/// A submission on its way.
pub(super) struct Draft {
    pub(super) spec: Spec,
    pub(super) says_isolation: bool,
    /// Nothing until it is known whose it gets, if nobody gave one.
    pub(super) environment: Option<BTreeMap<String, String>>,
    pub(super) parent: Option<TaskId>,
    pub(super) key: Option<(String, String)>,
    pub(super) actor: Actor,
    /// Whether a request with its key came before: it is answered with that one's task, whatever is in use by now.
    pub(super) is_known: bool,
}

impl Draft {
    pub(super) fn of(submission: Submission, is_known: bool) -> Self {
        Self {
            spec: submission.spec,
            says_isolation: submission.says_isolation,
            environment: submission.environment,
            parent: submission.parent,
            key: submission.key,
            actor: submission.actor,
            is_known,
        }
    }

    /// The workspace of its folder, once that is settled.
    pub(super) fn workspace(&self) -> String {
        workspace::of(Path::new(&self.spec.cwd)).to_string_lossy().into_owned()
    }
}
