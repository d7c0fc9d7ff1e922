//! The walls between the crates: who may use whom, and what each must not know.
//!
//! Read from the manifests, because a dependency that is not declared cannot be used. `[dev-dependencies]` are free.

use std::collections::BTreeSet;

use super::Finding;
use super::tree::Tree;

/// One crate's walls.
struct Wall {
    name: &'static str,
    may_use: &'static [&'static str],
    must_not_know: &'static [&'static str],
}

const fn wall(name: &'static str, may_use: &'static [&'static str], must_not_know: &'static [&'static str]) -> Wall {
    Wall {
        name,
        may_use,
        must_not_know,
    }
}

/// ARCHITECTURE.md shows the same table to people.
const WALLS: &[Wall] = &[
    wall("failpoint", &[], &["tokio", "serde", "rusqlite", "axum", "hyper"]),
    wall(
        "model",
        &[],
        &[
            "tokio", "futures", "rusqlite", "axum", "hyper", "http", "rustix", "libc", "clap", "reqwest", "tracing",
        ],
    ),
    wall(
        "agents",
        &["model"],
        &[
            "tokio", "rusqlite", "axum", "hyper", "rustix", "libc", "clap", "reqwest",
        ],
    ),
    wall(
        "supervisor",
        &["model", "failpoint"],
        &[
            "tokio", "rusqlite", "axum", "hyper", "http", "clap", "reqwest", "tracing",
        ],
    ),
    wall(
        "store",
        &["model", "failpoint"],
        &["axum", "hyper", "http", "clap", "utoipa", "reqwest"],
    ),
    wall(
        "worktrees",
        &["model", "failpoint"],
        &[
            "tokio", "rusqlite", "axum", "hyper", "http", "clap", "reqwest", "tracing",
        ],
    ),
    wall(
        "engine",
        &["model", "agents", "store", "supervisor", "worktrees", "failpoint"],
        &["axum", "clap", "utoipa", "rusqlite"],
    ),
    wall("api", &["model"], &["rusqlite", "axum", "clap"]),
    wall(
        "server",
        &["api", "engine", "model", "failpoint"],
        &["clap", "rusqlite"],
    ),
    wall(
        "longhaul",
        &[
            "agents",
            "api",
            "model",
            "server",
            "supervisor",
            "worktrees",
            "failpoint",
        ],
        &["rusqlite", "axum"],
    ),
    wall(
        "testkit",
        &[
            "failpoint",
            "model",
            "agents",
            "supervisor",
            "store",
            "engine",
            "api",
            "server",
        ],
        &[],
    ),
];

/// Names of crates that only one room of the binary may say.
const ROOMS: &[(&str, &[&str])] = &[
    // `internal` prints the server's OpenAPI document.
    (
        "longhaul_server",
        &[
            "crates/longhaul/src/commands/daemon",
            "crates/longhaul/src/commands/internal",
        ],
    ),
    (
        "longhaul_supervisor",
        &["crates/longhaul/src/commands/supervise", "crates/longhaul/src/neutral"],
    ),
    ("longhaul_worktrees", &["crates/longhaul/src/commands/worktree_step"]),
];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.below("crates/").filter(|(path, _)| path.ends_with("/Cargo.toml")) {
        let Some(name) = path
            .strip_prefix("crates/")
            .and_then(|rest| rest.strip_suffix("/Cargo.toml"))
        else {
            continue;
        };
        if name.contains('/') {
            continue;
        }
        match WALLS.iter().find(|wall| wall.name == name) {
            None => findings.push(format!(
                "{path}: a crate without walls; give it a line in xtask/src/tidy/walls.rs"
            )),
            Some(wall) => match dependencies(text) {
                Ok(used) => findings.extend(broken(wall, path, &used)),
                Err(error) => findings.push(format!("{path}: {error}")),
            },
        }
    }
    for (path, text) in tree.below("crates/longhaul/src/") {
        for (word, rooms) in ROOMS {
            let is_room = |room: &&str| {
                path.strip_prefix(*room)
                    .is_some_and(|rest| rest.starts_with(['.', '/']))
            };
            if text.contains(word) && !rooms.iter().any(is_room) {
                findings.push(format!(
                    "{path}: names {word}, which only {}.rs may",
                    rooms.join(".rs and ")
                ));
            }
        }
    }
    findings
}

fn broken(wall: &Wall, path: &str, used: &BTreeSet<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in used {
        if let Some(ours) = name.strip_prefix("longhaul-") {
            if !wall.may_use.contains(&ours) {
                findings.push(format!("{path}: {} must not use {ours}", wall.name));
            }
        } else if wall.must_not_know.contains(&name.as_str()) {
            findings.push(format!("{path}: {} must not know {name}", wall.name));
        }
    }
    findings
}

/// The packages that a manifest's shipped code can name, those for one platform included.
fn dependencies(manifest: &str) -> Result<BTreeSet<String>, toml::de::Error> {
    let manifest: toml::Table = toml::from_str(manifest)?;
    let mut tables: Vec<&toml::Table> = vec![&manifest];
    if let Some(targets) = manifest.get("target").and_then(toml::Value::as_table) {
        tables.extend(targets.values().filter_map(toml::Value::as_table));
    }
    let mut names = BTreeSet::new();
    for table in tables {
        for (name, value) in table
            .get("dependencies")
            .and_then(toml::Value::as_table)
            .into_iter()
            .flatten()
        {
            let package = value.get("package").and_then(toml::Value::as_str).unwrap_or(name);
            names.insert(package.to_owned());
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<Finding> {
        check(&Tree::from(&[(path, text)]))
    }

    #[test]
    fn the_model_may_not_know_a_runtime_even_under_another_name_or_for_one_platform() {
        let renamed = "[dependencies]\nrt = { package = \"tokio\", version = \"1\" }\n";
        assert_eq!(findings("crates/model/Cargo.toml", renamed).len(), 1);
        let platform = "[target.'cfg(unix)'.dependencies]\ntokio.workspace = true\n";
        assert_eq!(findings("crates/model/Cargo.toml", platform).len(), 1);
    }

    #[test]
    fn a_wall_between_our_crates_stops_only_shipped_code() {
        assert_eq!(
            findings(
                "crates/api/Cargo.toml",
                "[dependencies]\nlonghaul-store.workspace = true\n"
            )
            .len(),
            1
        );
        assert!(
            findings(
                "crates/api/Cargo.toml",
                "[dev-dependencies]\nlonghaul-store.workspace = true\n"
            )
            .is_empty()
        );
    }

    #[test]
    fn a_crate_without_a_line_in_the_table_is_found() {
        assert_eq!(findings("crates/shared/Cargo.toml", "").len(), 1);
    }

    #[test]
    fn only_the_daemon_command_may_name_the_server() {
        let text = "use longhaul_server::serve;";
        assert_eq!(findings("crates/longhaul/src/commands/run.rs", text).len(), 1);
        assert_eq!(findings("crates/longhaul/src/commands/daemon_status.rs", text).len(), 1);
        assert!(findings("crates/longhaul/src/commands/daemon.rs", text).is_empty());
        assert!(findings("crates/longhaul/src/commands/daemon/run.rs", text).is_empty());
    }
}
