//! The hidden `worktree-step ORDER`: this process does one step of an attempt about its worktree, under the attempt's
//! supervisor.
//!
//! What this is not: a command for people. Its order is sealed with the attempt.

use std::ffi::OsString;
use std::process::ExitCode;

use longhaul_worktrees::StepOrder;

use crate::exit;

pub(crate) fn run(order: Option<OsString>) -> ExitCode {
    let order = order.and_then(|order| order.into_string().ok());
    match order.and_then(|order| serde_json::from_str::<StepOrder>(&order).ok()) {
        Some(order) => ExitCode::from(longhaul_worktrees::step::run(&order)),
        None => ExitCode::from(exit::USAGE),
    }
}
