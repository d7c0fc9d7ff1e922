//! What a task changed, as it is told.

use std::path::Path;

use longhaul_worktrees::{Changes, Direct, FileChange, LineKind, changes};

use crate::world::{World, at, git, work_in, write};

fn told(world: &World) -> Changes {
    changes(&Direct, &world.known(), true).expect("git can tell")
}

fn file<'c>(changes: &'c Changes, name: &str) -> &'c FileChange {
    let found = changes.files.iter().find(|file| file.path == Path::new(name));
    found.unwrap_or_else(|| panic!("{name} is not among {:#?}", changes.files))
}

#[test]
fn committed_uncommitted_and_untracked_changes_are_told_together() {
    let world = World::new();
    world.prepared();
    let tree = world.worktree();
    write(&tree.join("changed"), "one\nTWO\nthree\n");
    git(&tree, &["commit", "-qam", "committed"]);
    write(&tree.join("kept"), "kept\nmore\n");
    write(&tree.join("with \"quotes\" and ü"), "new\n");
    write(&tree.join("binary"), "a\0b");
    git(&tree, &["mv", "own", "moved"]);
    let before = git(&tree, &["status", "--porcelain"]);
    let objects = world.git(&["count-objects"]);
    let changes = told(&world);
    assert_eq!(file(&changes, "changed").status, "modified");
    let lines: Vec<(LineKind, &str)> = file(&changes, "changed").hunks[0]
        .lines
        .iter()
        .map(|line| (line.kind, line.text.as_str()))
        .collect();
    assert_eq!(
        lines,
        [
            (LineKind::Context, "one"),
            (LineKind::Delete, "two"),
            (LineKind::Add, "TWO"),
            (LineKind::Context, "three")
        ]
    );
    assert_eq!(file(&changes, "with \"quotes\" and ü").status, "untracked");
    assert_eq!(file(&changes, "with \"quotes\" and ü").hunks.len(), 1);
    assert!(file(&changes, "binary").is_binary);
    assert_eq!(file(&changes, "moved").old_path.as_deref(), Some(Path::new("own")));
    assert_eq!((changes.additions, changes.deletions), (3, 1));
    assert_eq!(changes.state, "present");
    assert_eq!(
        git(&tree, &["status", "--porcelain"]),
        before,
        "nothing is staged by a look"
    );
    assert_eq!(
        world.git(&["count-objects"]),
        objects,
        "nothing is written into the repository by a look"
    );
}

#[test]
fn what_came_from_the_target_is_not_told_as_the_tasks() {
    let world = World::new();
    world.prepared();
    write(&world.worktree().join("kept"), "of the task\n");
    world.write("own", "of the user\n");
    world.commit("of the user");
    let mut order = world.order();
    order.onto_target = true;
    longhaul_worktrees::prepare(&Direct, &order, &mut longhaul_worktrees::Report::default()).expect("it fits");
    let changes = told(&world);
    assert_eq!(changes.files.len(), 1, "{:#?}", changes.files);
    assert_eq!(changes.files[0].path, Path::new("kept"));
}

#[test]
fn a_huge_file_is_summarised_and_the_others_are_shown() {
    let world = World::new();
    world.prepared();
    write(&world.worktree().join("huge"), &"line\n".repeat(20_000));
    write(&world.worktree().join("kept"), "short\n");
    let changes = told(&world);
    assert!(file(&changes, "huge").is_truncated && file(&changes, "huge").hunks.is_empty());
    assert_eq!(file(&changes, "huge").additions, Some(20_000));
    assert_eq!(file(&changes, "kept").hunks.len(), 1);
    assert!(changes.is_truncated);
}

#[test]
fn a_workspace_inside_a_hand_made_worktree_tells_its_own_changes() {
    let world = World::new();
    let by_hand = world.root.join("by-hand");
    world.git(&["worktree", "add", "-q", "-b", "other", &by_hand.to_string_lossy()]);
    world.record();
    let mut record = world.known();
    record.workspace.clone_from(&by_hand);
    record.place.as_mut().expect("it has one").target = Some("other".to_owned());
    record.write(&world.places()).expect("it is ours");
    longhaul_worktrees::prepare(&Direct, &world.order(), &mut longhaul_worktrees::Report::default()).expect("it can");
    work_in(&world.worktree());
    assert!(told(&world).files.len() >= 7);
    let order = world.land_order(longhaul_model::LandManner::Squash);
    let Ok(longhaul_worktrees::LandOutcome::Ready(ready)) = longhaul_worktrees::merge_only(&Direct, &order) else {
        panic!("it fits");
    };
    longhaul_worktrees::apply(&Direct, &order, &ready).expect("nothing is in the way");
    assert_eq!(at(&by_hand).text(&["status", "--porcelain"]).expect("git tells"), "");
    assert!(by_hand.join("becomes-folder/inside").exists());
    assert_eq!(
        world.git(&["status", "--porcelain"]),
        "",
        "the repository's own checkout is not touched"
    );
}
