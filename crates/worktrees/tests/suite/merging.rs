//! The manners of landing, and conflicts.

use longhaul_model::LandManner;
use longhaul_worktrees::{Direct, LandOutcome, apply, merge_only};

use crate::world::{World, git, refusal, write};

fn two_commits(world: &World) {
    let tree = world.worktree();
    for (name, text) in [("one", "1\n"), ("two", "2\n")] {
        write(&tree.join(name), text);
        git(&tree, &["add", "-A"]);
        git(
            &tree,
            &[
                "-c",
                "user.name=Bob",
                "-c",
                "user.email=bob@example.org",
                "commit",
                "-qm",
                name,
            ],
        );
    }
}

fn subjects(world: &World) -> String {
    world.git(&["log", "--format=%s by %an"])
}

#[test]
fn each_manner_makes_the_history_it_says() {
    for (manner, expected) in [
        (LandManner::Squash, "land it by Ada\nof the user by Ada\nfirst by Ada"),
        (
            LandManner::Merge,
            "land it by Ada\nof the user by Ada\ntwo by Bob\none by Bob\nfirst by Ada",
        ),
        (
            LandManner::Rebase,
            "two by Bob\none by Bob\nof the user by Ada\nfirst by Ada",
        ),
    ] {
        let world = World::new();
        world.prepared();
        two_commits(&world);
        world.write("own", "changed\n");
        world.commit("of the user");
        let order = world.land_order(manner);
        let Ok(LandOutcome::Ready(ready)) = merge_only(&Direct, &order) else {
            panic!("it fits")
        };
        apply(&Direct, &order, &ready).expect("nothing is in the way");
        let mut found: Vec<String> = subjects(&world).lines().map(str::to_owned).collect();
        let mut wanted: Vec<&str> = expected.lines().collect();
        assert_eq!(found.len(), wanted.len(), "{manner:?}: {found:?}");
        if manner == LandManner::Merge {
            // Commits of the same second come in any order.
            found.sort();
            wanted.sort_unstable();
        }
        assert_eq!(found, wanted, "{manner:?}");
        assert_eq!(world.git(&["status", "--porcelain"]), "");
    }
}

#[test]
fn conflicts_are_told_by_file_with_both_sides_and_nothing_is_touched() {
    let world = World::new();
    world.prepared();
    let tree = world.worktree();
    write(&tree.join("changed"), "one\nof the task\nthree\n");
    write(&tree.join("added"), "by the task\n");
    write(&tree.join("gone"), "still needed\n");
    std::fs::remove_file(tree.join("own")).expect("it is there");
    world.write("changed", "one\nof the user\nthree\n");
    world.write("added", "by the user\n");
    world.write("own", "still needed\n");
    std::fs::remove_file(world.repository().join("gone")).expect("it is there");
    world.commit("of the user");
    let before = world.seen();
    let Ok(LandOutcome::Conflicts(landing)) = merge_only(&Direct, &world.land_order(LandManner::Squash)) else {
        panic!("it does not fit");
    };
    let told: Vec<(&str, &str)> = landing
        .conflicts
        .iter()
        .map(|conflict| (conflict.path.as_str(), conflict.kind.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("added", "both-added"),
            ("changed", "both-changed"),
            ("gone", "deleted-in-target"),
            ("own", "deleted-in-worktree")
        ]
    );
    let changed = &landing.conflicts[1];
    assert_eq!(changed.target.as_deref(), Some("of the user\n"));
    assert_eq!(changed.worktree.as_deref(), Some("of the task\n"));
    assert_eq!(landing.conflicts[2].worktree.as_deref(), Some("still needed\n"));
    assert_eq!(landing.commit, None);
    assert_eq!(world.seen(), before);
}

#[test]
fn what_is_in_the_target_already_is_not_landed_again() {
    let world = World::new();
    world.prepared();
    two_commits(&world);
    world.git(&["merge", "-q", "--ff-only", "longhaul/1-work"]);
    let course = merge_only(&Direct, &world.land_order(LandManner::Squash)).expect("there is nothing to refuse");
    assert!(matches!(course, LandOutcome::Nothing { .. }), "{course:?}");
}

#[test]
fn unresolved_conflict_markers_are_not_landed() {
    let world = World::new();
    world.prepared();
    write(&world.worktree().join("changed"), "of the task\n");
    world.write("changed", "of the user\n");
    world.commit("of the user");
    let mut order = world.order();
    order.onto_target = true;
    let mut report = longhaul_worktrees::Report::default();
    longhaul_worktrees::prepare(&Direct, &order, &mut report).expect("conflicts are left for the task");
    assert!(report.notes[0].contains("conflicts in changed"), "{report:?}");
    let error = merge_only(&Direct, &world.land_order(LandManner::Squash)).expect_err("it is not resolved");
    assert!(refusal(error).contains("changed"));
    write(&world.worktree().join("changed"), "of both\n");
    let order = world.land_order(LandManner::Squash);
    let Ok(LandOutcome::Ready(ready)) = merge_only(&Direct, &order) else {
        panic!("it is resolved")
    };
    apply(&Direct, &order, &ready).expect("nothing is in the way");
    assert_eq!(world.git(&["show", "HEAD:changed"]), "of both");
}
