//! The transition table, as data: what [`transition`](crate::transition) does, for the documentation and its test.

use std::fmt::Write as _;

use crate::outcome::Reason;
use crate::state::StateName::{self, Canceled, Completed, Failed, Interrupted, Queued, Running, Waiting};

/// What one event may make of a task in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The state before.
    pub from: StateName,
    /// The event's name.
    pub event: &'static str,
    /// The states it may lead to; the same state stands for a change of facts only.
    pub to: &'static [StateName],
    /// What decides among them.
    pub rule: &'static str,
}

const fn row(from: StateName, event: &'static str, to: &'static [StateName], rule: &'static str) -> Row {
    Row { from, event, to, rule }
}

/// Every state and event that lead to a change. What is not listed changes nothing.
pub const TABLE: &[Row] = &[
    row(Waiting, "held", &[Waiting], "adds the hold"),
    row(
        Waiting,
        "released",
        &[Waiting, Queued],
        "queued if that was the last wait",
    ),
    row(
        Waiting,
        "edited",
        &[Waiting, Queued],
        "queued if nothing is left to wait for",
    ),
    row(
        Waiting,
        "time-came",
        &[Waiting, Queued],
        "queued if that was the last wait",
    ),
    row(
        Waiting,
        "dependency-ended",
        &[Waiting, Queued, Failed],
        "failed unless the dependency completed",
    ),
    row(
        Waiting,
        "prerequisite-probed",
        &[Waiting, Queued, Failed],
        "failed if it can never be met",
    ),
    row(Waiting, "deadline-passed", &[Failed], "only before the first attempt"),
    row(
        Waiting,
        "cancel-requested",
        &[Canceled],
        "nothing runs, so it is gone at once",
    ),
    row(Queued, "held", &[Waiting], "leaves the line"),
    row(
        Queued,
        "edited",
        &[Queued, Waiting],
        "keeps its place unless it has something to wait for",
    ),
    row(
        Queued,
        "claimed",
        &[Running],
        "the fence must be above every earlier one",
    ),
    row(
        Queued,
        "agent-limited",
        &[Waiting],
        "waits with the task that found its agent's usage limit reached",
    ),
    row(
        Queued,
        "cancel-requested",
        &[Canceled],
        "nothing runs, so it is gone at once",
    ),
    row(
        Running,
        "cancel-requested",
        &[Running],
        "notes who asked; ends when the tree is gone",
    ),
    row(
        Running,
        "never-started",
        &[Queued, Canceled],
        "the attempt is not counted; canceled if somebody had asked",
    ),
    row(
        Running,
        "attempt-ended",
        &[Completed, Failed, Canceled, Interrupted, Waiting, Queued],
        "an acknowledged cancel wins unless the program had ended by then; waiting for a further attempt; queued to begin \
         anew, once, if the session it was to go on with is gone",
    ),
];

/// The page `docs/state-machine.md`, printed from the table and the reasons.
pub fn state_machine_page() -> String {
    let mut page = String::from(
        "# The life of a task\n\n\
         Printed from `crates/model` by `cargo xtask gen`; do not edit.\n\n\
         A state changes only through `transition(life, event, now)`. Whatever is not in this table changes nothing:\n\
         the terminal states are never left, and news about an older attempt (a smaller fence) is dropped.\n\n\
         | From | Event | To | Rule |\n|---|---|---|---|\n",
    );
    for Row { from, event, to, rule } in TABLE {
        let to: Vec<_> = to.iter().map(|state| format!("`{state}`")).collect();
        writeln!(page, "| `{from}` | `{event}` | {} | {rule} |", to.join(", ")).expect("a string takes every write");
    }
    page.push_str(
        "\n## Reasons\n\nEvery outcome has one of these.\n\n\
         | Reason | What it means | What to do | `--retries` |\n|---|---|---|---|\n",
    );
    for reason in Reason::ALL {
        let (meaning, advice) = reason.explained();
        let retried = match reason {
            Reason::AgentError => "only `overloaded`",
            Reason::Lost => "only with `--retry-lost`",
            _ if reason.is_covered_by_retries() => "yes",
            _ => "no",
        };
        writeln!(page, "| `{reason}` | {meaning} | {advice} | {retried} |").expect("a string takes every write");
    }
    page
}
