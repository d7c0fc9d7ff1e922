//! A review by each real agent: it may read the changes, and what it finds is understood.

use std::fs;

use longhaul_testkit::RealAgent;
use serde_json::json;

use crate::stage::{LONG, Stage};

crate::with_each_agent!(the_changes_are_read_and_the_findings_understood);

fn the_changes_are_read_and_the_findings_understood(agent: RealAgent) {
    let Some(stage) = Stage::set(agent) else { return };
    let world = &stage.world;
    let repository = world.path("repo");
    fs::create_dir(&repository).expect("a folder");
    world
        .program("git")
        .args(["init", "--quiet"])
        .cwd(&repository)
        .run()
        .ok();
    fs::write(repository.join("code.rs"), "a line to be reviewed\n").expect("a file");
    let changes = world.home().join("state/attempts/1/review/changes.diff");
    let answer = json!({
        "verdict": "needs-attention", "summary": "One thing.",
        "findings": [{"severity": "high", "file": "code.rs", "line_start": 1, "line_end": 1, "title": "Wrong",
                      "body": "Because.", "confidence": 0.9}]
    });
    let focus = format!(
        "stub: {}",
        json!([{"run": format!("cat {}", changes.display())}, {"say": answer.to_string()}])
    );
    let call = world.longhaul(["adversarial-review", "--agent", agent.name(), "--", &focus]);
    let ran = call.cwd(&repository).spawn().wait_within(LONG).expect("it ends");
    assert_eq!(
        ran.ok().text(),
        "Review: needs attention, 1 finding\n\nOne thing.\n\n1. [high] code.rs:1  Wrong (90 % sure)\n   Because.\n"
    );
    let activity = world.longhaul(["activity", "1"]).run().ok().text();
    assert!(activity.contains("diff --git a/code.rs b/code.rs"), "{activity}");
}
