//! Steps around a program: ours, and the project's own commands.

use std::ffi::OsString;
use std::path::Path;

use longhaul_supervisor::Step;
use longhaul_worktrees::{Project, StepOrder};

use crate::installation::Installation;

/// The step of ours that makes a worktree ready.
pub(crate) const WORKTREE_STEP: &str = "worktree";
/// The step of ours that notes what an attempt left in its worktree.
pub(crate) const WORKTREE_LEFT_STEP: &str = "worktree-left";

/// Runs a command with everything that it prints on standard error: standard output is the program's alone.
const APART: &str = r#"exec 1>&2; eval "$1""#;

/// The words that have this very program do a step of ours.
pub(crate) fn step_words(installation: &Installation, order: &StepOrder) -> Vec<OsString> {
    let order = serde_json::to_string(order).expect("invariant: an order is JSON");
    let mut words: Vec<OsString> = Vec::new();
    // Nothing but what a test arms.
    if !installation.supervisor_environment.is_empty() {
        words.push("env".into());
        for (name, value) in &installation.supervisor_environment {
            let mut set = name.clone();
            set.push("=");
            set.push(value);
            words.push(set);
        }
    }
    words.extend([
        installation.supervisor_program.clone().into(),
        "worktree-step".into(),
        order.into(),
    ]);
    words
}

/// A step of ours.
pub(super) fn step(installation: &Installation, name: &str, order: &StepOrder) -> Step {
    Step::run(name, step_words(installation, order))
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
