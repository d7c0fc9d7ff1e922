//! A step about a worktree, or the daemon, is killed at a named point: what is left is consistent, and nothing is lost.

use longhaul_testkit::{PATIENCE, World, text, wait_for, worktree};
use serde_json::json;

/// A landing whose step is killed at this point, and what the supervisor and the daemon make of it.
fn a_landing_is_killed_at(point: &str) {
    let world = World::new();
    let project = world.repository();
    let id = world.submit_writer(&project, &[], "echo more >> file0; echo new > made; rm file1");
    let tree = worktree(&world.finish(id));
    let before = world.git(&project, &["rev-parse", "HEAD"]);
    world.longhaul(["daemon", "stop"]).run().ok();
    let mut armed = world.daemon().armed(point).start();
    world.longhaul(["land", "1", "-d"]).run().ok();
    // The daemon itself may be the one that dies: it removes what has landed.
    wait_for(PATIENCE, || {
        let answer = || world.longhaul(["status", "2", "--json"]).run();
        (armed.is_dead() || answer().json()["outcome"].is_object()).then_some(())
    });
    armed.crash();
    let _daemon = world.daemon().start();
    let landing = world.finish(2);
    let has_landed = world.git(&project, &["rev-parse", "HEAD"]) != before;
    assert_eq!(world.git(&project, &["status", "--porcelain"]), "", "{point}");
    assert_eq!(project.join("made").exists(), has_landed, "{point}");
    assert_eq!(project.join("file1").exists(), !has_landed, "{point}");
    assert!(!project.join(".git/index.lock").exists(), "{point}");
    assert_eq!(world.git(&project, &["fsck", "--no-dangling"]), "", "{point}");
    if has_landed {
        let gone = wait_for(PATIENCE, || (!tree.exists()).then_some(()));
        assert!(gone.is_some(), "{point}: what has landed is cleared away");
    } else {
        assert_eq!(landing["state"], "failed", "{point}");
        assert_eq!(text(&tree.join("made")), "new\n", "{point}");
        world.longhaul(["land", "1"]).run().ok();
    }
    assert_eq!(text(&project.join("made")), "new\n", "{point}");
}

macro_rules! a_landing_is_killed_at {
    ($($name:ident: $point:literal,)*) => {
        $(#[test]
        fn $name() {
            a_landing_is_killed_at($point);
        })*
    };
}

a_landing_is_killed_at! {
    a_landing_may_be_killed_after_the_worktrees_commit: "landing.committed",
    a_landing_may_be_killed_with_its_intent_on_disk: "landing.intended",
    a_landing_may_be_killed_with_the_index_locked: "landing.locked",
    a_landing_may_be_killed_with_the_files_changed: "landing.files-changed",
    a_landing_may_be_killed_with_the_branch_moved: "landing.branch-moved",
    a_landing_may_be_killed_with_its_record_written: "landing.recorded",
    a_landing_may_be_killed_before_the_worktree_goes: "worktrees.salvaged",
    a_landing_may_be_killed_after_the_worktree_went: "worktrees.removed",
}

/// A preparation that is killed at this point, and what is left of it.
fn a_preparation_is_killed_at(point: &str) {
    let world = World::new();
    let project = world.repository();
    let armed = world.daemon().armed(point).start();
    let id = world.submit_writer(&project, &[], "echo never");
    let task = world.finish(id);
    assert_eq!(
        (&task["state"], &task["outcome"]["reason"]),
        (&json!("failed"), &json!("setup")),
        "{task:#}"
    );
    armed.crash();
    let _daemon = world.daemon().start();
    if point != "worktrees.ready" {
        assert!(!worktree(&task).exists(), "{point}");
        assert_eq!(world.git(&project, &["branch", "--list", "longhaul/*"]), "", "{point}");
    }
    let again = world.longhaul(["redispatch", "1"]).run().ok().id();
    assert_eq!(world.finish(again)["state"], "completed", "{point}");
    assert_eq!(world.git(&project, &["status", "--porcelain"]), "");
}

macro_rules! a_preparation_is_killed_at {
    ($($name:ident: $point:literal,)*) => {
        $(#[test]
        fn $name() {
            a_preparation_is_killed_at($point);
        })*
    };
}

a_preparation_is_killed_at! {
    a_preparation_may_be_killed_once_it_is_recorded: "worktrees.recorded",
    a_preparation_may_be_killed_once_it_is_added: "worktrees.added",
    a_preparation_may_be_killed_once_it_is_filled: "worktrees.filled",
    a_preparation_may_be_killed_once_it_is_ready: "worktrees.ready",
}

/// The daemon dies while it gives a worktree up; the next one finishes, and nothing is lost.
fn a_discard_is_killed_at(point: &str) {
    let world = World::new();
    let project = world.repository();
    let id = world.submit_writer(&project, &[], "echo precious > made");
    let tree = worktree(&world.finish(id));
    world.longhaul(["daemon", "stop"]).run().ok();
    let armed = world.daemon().armed(point).start();
    let _ = world.api().request("POST", "/api/v1/tasks/1/discard").try_send();
    armed.crash();
    let _daemon = world.daemon().start();
    let said = world.longhaul(["discard", "1"]).run().ok().text();
    let branch = said
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("branch "))
        .expect("a branch");
    assert_eq!(
        world.git(&project, &["show", &format!("{branch}:made")]),
        "precious",
        "{point}"
    );
    assert!(!tree.exists(), "{point}");
    assert_eq!(
        world.git(&project, &["branch", "--list", "longhaul/*"]).lines().count(),
        1,
        "{point}"
    );
}

macro_rules! a_discard_is_killed_at {
    ($($name:ident: $point:literal,)*) => {
        $(#[test]
        fn $name() {
            a_discard_is_killed_at($point);
        })*
    };
}

a_discard_is_killed_at! {
    a_discard_may_be_killed_with_the_content_kept: "worktrees.snapshot-made",
    a_discard_may_be_killed_with_the_branch_made: "worktrees.branch-made",
    a_discard_may_be_killed_with_the_patch_written: "worktrees.patch-written",
    a_discard_may_be_killed_before_the_removal: "worktrees.salvaged",
    a_discard_may_be_killed_after_the_removal: "worktrees.removed",
}
