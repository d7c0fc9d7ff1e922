//! Where an attempt works, and what that takes: values only.

use std::collections::BTreeMap;
use std::path::PathBuf;

use longhaul_model::{Fence, Task};
use longhaul_supervisor::Step;
use longhaul_worktrees::LOCAL_VARIABLES;

use crate::installation::Installation;

/// Where an attempt works, and what that takes.
#[derive(Debug, Default)]
pub(crate) struct Arrangement {
    /// The folder the program runs in.
    pub(crate) folder: PathBuf,
    /// The worktree; nothing if it works in place.
    pub(crate) worktree: Option<longhaul_model::Worktree>,
    /// What an agent should be told before its prompt; usually nothing.
    pub(crate) remarks: Vec<String>,
    /// Steps before everything else.
    pub(crate) before: Vec<Step>,
    /// Steps after everything else, done whatever happened.
    pub(crate) after: Vec<Step>,
    /// Whether variables that would lead git elsewhere are taken from the program.
    pub(crate) is_own_checkout: bool,
    /// What the owner should know, beside what the steps tell.
    pub(crate) notes: Vec<String>,
}

/// What an arrangement is made from.
#[derive(Clone, Copy)]
pub(crate) struct Site<'a> {
    pub(crate) installation: &'a Installation,
    pub(crate) task: &'a Task,
    /// The attempt's fence.
    pub(crate) fence: Fence,
    /// The environment the task was submitted with.
    pub(crate) environment: &'a BTreeMap<String, String>,
}

impl Arrangement {
    /// Puts the steps around those of the program.
    pub(crate) fn enclose(&mut self, steps: &mut Vec<Step>) {
        let own = std::mem::take(steps);
        *steps = self.before.drain(..).chain(own).chain(self.after.drain(..)).collect();
    }

    /// A prompt with what an agent should know before it.
    pub(crate) fn told_before<'p>(&self, prompt: &'p str) -> std::borrow::Cow<'p, str> {
        if self.remarks.is_empty() {
            return prompt.into();
        }
        format!("{}\n\n{prompt}", self.remarks.join("\n\n")).into()
    }

    /// Variables that the program must not have.
    pub(crate) fn without(&self) -> &'static [&'static str] {
        if self.is_own_checkout { &LOCAL_VARIABLES } else { &[] }
    }
}
