//! Usage limits.

use std::fs;

use serde_json::json;

use crate::stage::{SESSION, reason, submit, world};

#[test]
fn at_a_usage_limit_all_tasks_of_the_agent_wait_and_go_on_by_themselves() {
    let world = world(
        r#"echo "$p: $*" >> runs
        case "$*" in *resume*) say done; exit 0;; esac
        case "$p" in *limit)
            begin; echo '{"type":"turn.failed","error":{"message":"You have hit your usage limit. Try again in 4 seconds."}}'; exit 1;;
        *) say fine;; esac"#,
    );
    let first = submit(&world, &["--write"], "limit");
    let parked = world.reach(first, "waiting");
    assert_eq!(parked["waiting_for"][0]["kind"], "usage-limit");
    assert!(parked["waiting_for"][0]["until"].is_string());
    assert_eq!(parked["session"]["id"], SESSION);
    let other = submit(&world, &["--write"], "other");
    assert_eq!(world.reach(other, "waiting")["waiting_for"][0]["kind"], "usage-limit");
    let rather_fails = submit(&world, &["--write", "--no-park"], "limit");
    assert_eq!(reason(&world.finish(rather_fails)), "usage-limit");
    let first = world.finish(first);
    assert_eq!((&first["state"], &first["attempt"]), (&json!("completed"), &json!(2)));
    assert_eq!(world.finish(other)["attempt"], 1);
    let runs = fs::read_to_string(world.path("runs")).expect("they ran");
    assert_eq!(
        runs.lines()
            .filter(|run| run.contains(&format!("resume -- {SESSION}")))
            .count(),
        1,
        "{runs}"
    );
    assert_eq!(
        runs.lines()
            .filter(|run| run.starts_with("other") || run.contains("other:"))
            .count(),
        1,
        "{runs}"
    );
}
