//! Steps around a program: ours, and the project's own commands.

use std::ffi::OsString;
use std::path::Path;

use longhaul_supervisor::Step;
use longhaul_worktrees::{LOCAL_VARIABLES, Project, StepOrder};

use super::Arrangement;
use crate::executors::Plan;
use crate::shared::Shared;

/// Runs a command with everything that it prints on standard error: standard output is the program's alone.
const APART: &str = r#"exec 1>&2; eval "$1""#;

/// The words that have this very program do a step of ours.
pub(crate) fn step_words(shared: &Shared, order: &StepOrder) -> Vec<OsString> {
    let order = serde_json::to_string(order).expect("invariant: an order is JSON");
    let mut words: Vec<OsString> = Vec::new();
    // Nothing but what a test arms.
    if !shared.supervisor_environment.is_empty() {
        words.push("env".into());
        for (name, value) in &shared.supervisor_environment {
            let mut set = name.clone();
            set.push("=");
            set.push(value);
            words.push(set);
        }
    }
    words.extend([
        shared.supervisor_program.clone().into(),
        "worktree-step".into(),
        order.into(),
    ]);
    words
}

/// A step of ours.
pub(super) fn step(shared: &Shared, name: &str, order: &StepOrder) -> Step {
    Step::run(name, step_words(shared, order))
}

/// The project's set-up, for a worktree that was just made.
pub(super) fn setup_steps(project: &Project, worktree: &Path) -> Vec<Step> {
    let limit = Project::limit_ms(project.setup_timeout);
    let step = |command: &String| shell("set-up", command, worktree).within_ms(limit);
    project.setup.iter().map(step).collect()
}

/// The project's tear-down, whatever happened before.
pub(super) fn teardown_steps(project: &Project, worktree: &Path) -> Vec<Step> {
    let limit = Project::limit_ms(project.teardown_timeout);
    let step = |command: &String| shell("tear-down", command, worktree).always().within_ms(limit);
    project.teardown.iter().map(step).collect()
}

/// The project's check of a landing, in the merged tree.
pub(crate) fn check_steps(project: &Project, folder: &Path) -> Vec<Step> {
    let limit = Project::limit_ms(project.check_timeout);
    let step = |command: &String| shell("check", command, folder).within_ms(limit);
    project.check.iter().map(step).collect()
}

fn shell(name: &str, command: &str, folder: &Path) -> Step {
    Step::run(name, ["sh", "-c", APART, "sh", command]).in_folder(folder.to_owned())
}

impl Arrangement {
    /// Puts the steps around those of the plan.
    pub(crate) fn enclose(&mut self, plan: &mut Plan) {
        let own = std::mem::take(&mut plan.steps);
        plan.steps = self.before.drain(..).chain(own).chain(self.after.drain(..)).collect();
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
