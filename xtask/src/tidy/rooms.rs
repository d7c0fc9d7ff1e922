//! The rooms inside the engine: who may use whom, who opens the store, and who starts work.
//!
//! Read from the paths that begin with `crate::`. Test modules are free. A room is a folder of the engine, or a file beside
//! `lib.rs`.

use std::collections::BTreeSet;

use super::Finding;
use super::tree::Tree;

const ENGINE: &str = "crates/engine/src/";

/// What every room stands on: values, words, and how work is started. None of these knows a task.
const GROUND: &[&str] = &[
    "clock",
    "config",
    "finding",
    "homes",
    "installation",
    "private_files",
    "programs",
    "runtime",
    "shell_environment",
];

/// Each room with those that it may use beside the ground, from the roof down: a room uses only what stands below it.
const ROOMS: &[(&str, &[&str])] = &[
    (
        "boot",
        &[
            "handle",
            "effects",
            "reconcile",
            "submit",
            "attempts",
            "dispatch",
            "family",
            "notify",
            "ledger",
            "agents",
            "machine",
        ],
    ),
    (
        "handle",
        &[
            "submit",
            "reconcile",
            "dispatch",
            "doctor",
            "family",
            "notify",
            "transcripts",
            "ledger",
            "workspace",
            "agents",
            "scheduler",
        ],
    ),
    ("effects", &["reconcile", "attempts", "dispatch", "family", "ledger"]),
    (
        "reconcile",
        &["attempts", "dispatch", "family", "transcripts", "ledger", "workspace"],
    ),
    ("submit", &["family", "ledger", "workspace", "agents", "scheduler"]),
    (
        "attempts",
        &["dispatch", "transcripts", "executors", "ledger", "workspace"],
    ),
    ("doctor", &["dispatch", "ledger", "workspace", "agents", "machine"]),
    ("dispatch", &["executors", "ledger", "scheduler"]),
    ("notify", &["ledger"]),
    ("family", &["ledger"]),
    ("transcripts", &["executors"]),
    // Side by side: an executor is told values, and asks nobody.
    ("executors", &["workspace", "agents"]),
    ("ledger", &["workspace", "scheduler"]),
    ("workspace", &[]),
    ("agents", &[]),
    ("machine", &[]),
    ("scheduler", &[]),
];

/// Words that only some rooms may say, and what to do instead.
const WORDS: &[(&str, &[&str], &str)] = &[
    (
        "Store::open",
        &["boot.rs"],
        "only the ledger holds the store: ask it, or read `ledger.stored()`",
    ),
    (
        "tokio::spawn",
        &["runtime.rs"],
        "`runtime::spawn`, or `run_to_completion` for what must be taken in",
    ),
];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.below(ENGINE).filter(|(path, _)| path.ends_with(".rs")) {
        let place = path.strip_prefix(ENGINE).unwrap_or(path);
        let room = place.split('/').next().unwrap_or(place).trim_end_matches(".rs");
        if ["lib", "samples"].contains(&room) || place.ends_with("tests.rs") {
            continue;
        }
        let shipped = shipped(text);
        findings.extend(forbidden(path, room, &used(shipped)));
        for (word, places, instead) in WORDS {
            let may = places.iter().any(|may| place.starts_with(may));
            if shipped.contains(word) && !may {
                findings.push(format!("{path}: must not say `{word}`: {instead}"));
            }
        }
    }
    findings
}

/// What a room uses although it may not.
fn forbidden(path: &str, room: &str, used: &BTreeSet<&str>) -> Vec<Finding> {
    let of_ground = GROUND.contains(&room);
    let may_use = ROOMS
        .iter()
        .find(|(name, _)| *name == room)
        .map(|(_, may_use)| *may_use);
    let may_use = match may_use {
        Some(may_use) => may_use,
        None if of_ground => &[],
        None => {
            return vec![format!(
                "{path}: a room without a line in the table; give it one in xtask/src/tidy/rooms.rs"
            )];
        }
    };
    let is_fine = |name: &&&str| **name == room || GROUND.contains(*name) || may_use.contains(*name);
    let broken = used.iter().filter(|name| !is_fine(name));
    broken
        .map(|name| format!("{path}: the room `{room}` must not use `{name}`"))
        .collect()
}

/// The rooms that a text names after `crate::`, also in a list of several.
fn used(text: &str) -> BTreeSet<&str> {
    let mut used = BTreeSet::new();
    for (at, found) in text.match_indices("crate::") {
        let is_whole = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$');
        let after = &text[at + found.len()..];
        let names = match after.strip_prefix('{') {
            Some(list) => top_level(list),
            None => vec![after],
        };
        used.extend(
            names
                .into_iter()
                .filter(|_| is_whole)
                .map(word)
                .filter(|name| is_room(name)),
        );
    }
    used
}

/// The parts of a list in braces, those of inner lists left out.
fn top_level(list: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0_u32, 0, Vec::new());
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                parts.push(&list[start..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts
}

fn word(text: &str) -> &str {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    &text[..end.unwrap_or(text.len())]
}

/// A module and not an item of the crate's root.
fn is_room(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name != "samples"
}

/// A file without the module of its tests, which stands at its end.
fn shipped(text: &str) -> &str {
    text.find("#[cfg(test)]\nmod tests").map_or(text, |end| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(file: &str, text: &str) -> Vec<Finding> {
        check(&Tree::from(&[(&format!("{ENGINE}{file}"), text)]))
    }

    #[test]
    fn every_room_uses_only_what_stands_below_it_so_that_no_circle_is_allowed() {
        for (floor, (room, may_use)) in ROOMS.iter().enumerate() {
            for used in *may_use {
                let below = ROOMS.iter().skip(floor + 1).any(|(name, _)| name == used);
                assert!(below, "{room} may use {used}, which does not stand below it");
            }
        }
    }

    #[test]
    fn an_executor_that_asks_the_ledger_is_found_however_it_names_it() {
        assert_eq!(findings("executors/land.rs", "use crate::ledger::Ledger;").len(), 1);
        assert_eq!(
            findings("executors/land.rs", "fn ask(ledger: &crate::ledger::Ledger) {}").len(),
            1
        );
        let list = "use crate::{\n    config::{Config, NotifySettings},\n    ledger::Ledger,\n};";
        assert_eq!(findings("executors/land.rs", list).len(), 1);
        assert!(findings("executors/land.rs", "use crate::workspace::{self, ledger};").is_empty());
    }

    #[test]
    fn the_ground_knows_no_room() {
        assert_eq!(findings("runtime.rs", "use crate::dispatch::Input;").len(), 1);
        assert!(findings("installation.rs", "use crate::clock::Clock;").is_empty());
    }

    #[test]
    fn a_room_without_a_line_in_the_table_is_found() {
        assert_eq!(findings("shared.rs", "").len(), 1);
    }

    #[test]
    fn who_opens_the_store_or_starts_work_by_himself_is_found_but_in_tests() {
        let text = "let store = Store::open(folder, options);";
        assert_eq!(findings("notify/outbox.rs", text).len(), 1);
        assert!(findings("boot.rs", text).is_empty());
        let tested = format!("use x;\n\n#[cfg(test)]\nmod tests {{\n{text}\n}}");
        assert!(findings("notify/outbox.rs", &tested).is_empty());
    }
}
