//! The seven rules that hold after every fault, checked from outside.
//!
//! No acknowledged task is missing; the runs of one task never overlap; it has one terminal state, which never
//! changes; its history is in order and consistent with its state; no process of a terminal task lives; slots are
//! live attempts; nothing is `completed` that did not itself exit 0.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;

use crate::marks;
use crate::tasks::is_terminal;
use crate::wait::wait_for;
use crate::world::World;

/// How long a claim may take to show its supervisor, and a receipt to show its end.
const SETTLES_WITHIN: Duration = Duration::from_secs(6);

const LEGAL: [(&str, &[&str]); 3] = [
    ("waiting", &["waiting", "queued", "canceled", "failed"]),
    ("queued", &["queued", "running", "waiting", "canceled"]),
    (
        "running",
        &[
            "running",
            "completed",
            "failed",
            "canceled",
            "interrupted",
            "waiting",
            "queued",
        ],
    ),
];

impl World {
    /// Checks the seven rules on every task of this world.
    ///
    /// # Panics
    /// With the rule that is broken.
    #[track_caller]
    pub fn check_truth(&self) {
        let tasks: BTreeMap<u64, Value> = self
            .tasks()
            .into_iter()
            .map(|task| (task["id"].as_u64().expect("a task has an id"), task))
            .collect();
        for id in self.acknowledged.lock().expect("no test panics while it notes").iter() {
            assert!(tasks.contains_key(id), "the acknowledged task {id} is missing");
        }
        for id in tasks.keys() {
            let (task, history) = self.at_one_moment(*id);
            check_facts(*id, &task);
            self.check_final(*id, &task);
            check_history(*id, &task, &history);
            self.check_marks(*id, &task);
        }
        self.check_processes();
    }

    /// A task and its history with no change between the two looks.
    fn at_one_moment(&self, id: u64) -> (Value, Vec<Value>) {
        let mut before = self.task(id);
        let agreed = wait_for(SETTLES_WITHIN, || {
            let history = self.history(id);
            let after = self.task(id);
            let is_quiet = before["state"] == after["state"] && before["attempt"] == after["attempt"];
            before = after;
            is_quiet.then_some(history)
        });
        let history = agreed.unwrap_or_else(|| panic!("task {id} never stands still: {before:#}"));
        (before, history)
    }

    fn check_final(&self, id: u64, task: &Value) {
        if !is_terminal(&task["state"]) {
            return;
        }
        let now = (task["state"].clone(), task["outcome"].clone());
        let mut seen = self.seen_terminal.lock().expect("no test panics while it notes");
        let before = seen.entry(id).or_insert_with(|| now.clone());
        assert_eq!(*before, now, "the terminal state of task {id} changed");
    }

    fn check_marks(&self, id: u64, task: &Value) {
        let marks = marks::read(&self.marks(), id);
        assert!(
            marks.iter().all(|mark| mark.word != "overlap"),
            "task {id} ran twice at once: {marks:?}"
        );
        if task["state"] == "completed" && !marks.is_empty() {
            let last = marks.last().expect("there is one");
            let is_true = last.word == "end" && last.code == Some(0);
            assert!(
                is_true,
                "task {id} is completed, but its program did not exit 0: {marks:?}"
            );
        }
    }

    fn check_processes(&self) {
        let mut last = String::new();
        let agreed = wait_for(SETTLES_WITHIN, || {
            // Looked at before the states, so that what ends in between is not taken for a leftover.
            let processes = self.processes();
            let tasks = self.tasks();
            let terminal: BTreeSet<String> = tasks
                .iter()
                .filter(|task| is_terminal(&task["state"]))
                .map(|task| task["id"].to_string())
                .collect();
            let left: Vec<_> = processes
                .iter()
                .filter(|process| {
                    process
                        .variable("LONGHAUL_TASK_ID")
                        .is_some_and(|id| terminal.contains(id))
                })
                .collect();
            let supervised: BTreeSet<u64> = processes
                .iter()
                .filter_map(|process| process.supervises())
                .map(|(task, _)| task)
                .collect();
            let running: BTreeSet<u64> = tasks
                .iter()
                .filter(|task| task["state"] == "running")
                .filter_map(|task| task["id"].as_u64())
                .collect();
            last = format!("alive although terminal: {left:?}; running: {running:?}; supervised: {supervised:?}");
            (left.is_empty() && supervised == running).then_some(())
        });
        assert!(agreed.is_some(), "processes and states do not agree: {last}");
    }
}

fn check_facts(id: u64, task: &Value) {
    let is_over = is_terminal(&task["state"]);
    assert_eq!(
        is_over,
        !task["ended_at"].is_null(),
        "task {id}: ended_at and state do not agree: {task:#}"
    );
    assert_eq!(
        is_over,
        !task["outcome"].is_null(),
        "task {id}: outcome and state do not agree: {task:#}"
    );
    for length in ["queue_ms", "duration_ms"] {
        let is_length = task[length].is_null() || task[length].as_u64().is_some();
        assert!(is_length, "task {id}: {length} is negative or no number: {task:#}");
    }
    if task["state"] == "completed" {
        assert_eq!(
            task["outcome"]["exit_code"], 0,
            "task {id} is completed without exit code 0: {task:#}"
        );
    }
}

fn check_history(id: u64, task: &Value, history: &[Value]) {
    assert!(!history.is_empty(), "task {id} has no history");
    let mut before: Option<&Value> = None;
    for entry in history {
        for field in ["at", "event", "to", "actor"] {
            assert!(!entry[field].is_null(), "task {id}: a step without {field}: {entry}");
        }
        if let Some(before) = before {
            assert_eq!(
                entry["from"], before["to"],
                "task {id}: a step from nowhere: {history:#?}"
            );
            let from = before["to"].as_str().unwrap_or_default();
            let legal = LEGAL
                .iter()
                .find(|(state, _)| *state == from)
                .map_or(&[] as &[&str], |(_, to)| to);
            let to = entry["to"].as_str().unwrap_or_default();
            assert!(legal.contains(&to), "task {id} went from {from} to {to}: {history:#?}");
        }
        before = Some(entry);
    }
    let last = before.map(|entry| entry["to"].clone());
    assert_eq!(
        last.as_ref(),
        Some(&task["state"]),
        "task {id}: history and state do not agree: {history:#?}"
    );
}
