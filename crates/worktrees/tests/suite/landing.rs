//! Bringing a worktree's changes into the workspace, and being cut off while doing so.

use std::fs;
use std::path::Path;

use longhaul_model::LandManner;
use longhaul_worktrees::{
    Applied, Direct, LandOutcome, Runner, TreeError, TreeStatus, apply, clear_landed, merge_only, recover,
};

use crate::dying::at_every_call;
use crate::world::{World, files, git, refusal, work_in, write};

/// A world with work to land, and with changes of the user's own that have nothing to do with it.
fn busy() -> World {
    let world = World::new();
    world.prepared();
    work_in(&world.worktree());
    world.write("own", "changed by the user\n");
    world.write("staged", "staged by the user\n");
    world.git(&["add", "staged"]);
    world.write("untracked", "of the user\n");
    world
}

fn land(runner: &dyn Runner, world: &World, manner: LandManner) -> Result<Applied, TreeError> {
    let order = world.land_order(manner);
    match merge_only(runner, &order)? {
        LandOutcome::Ready(ready) => apply(runner, &order, &ready),
        other => panic!("{other:?}"),
    }
}

/// Everything of the task is there, and everything of the user is as it was.
fn check_landed(world: &World) {
    let found = files(&world.repository());
    let text = |name: &str| found.get(Path::new(name)).map(String::as_str);
    assert_eq!(text("changed"), Some("one\nTWO\nthree\n"));
    assert_eq!(text("becomes-folder/inside"), Some("now a folder\n"));
    assert_eq!(text("folder"), Some("now a file\n"));
    assert_eq!(text("gone"), None);
    assert_eq!(text("own"), Some("changed by the user\n"));
    assert_eq!(world.git(&["status", "--porcelain"]), " M own\nA  staged\n?? untracked");
    world.check_repository();
}

#[test]
fn a_landing_that_dies_anywhere_is_all_or_nothing() {
    at_every_call(|runner| {
        let world = busy();
        let before = world.seen();
        let _ = land(runner, &world, LandManner::Squash);
        let has_landed = recover(&Direct, &world.places(), 1).expect("it can be brought to an end");
        match world.known().standing {
            TreeStatus::Landed { .. } => check_landed(&world),
            _ => {
                assert_ne!(has_landed, Some(true));
                assert_eq!(world.seen(), before, "half of it was left behind");
                world.check_repository();
                land(&Direct, &world, LandManner::Squash).expect("it can be landed now");
                check_landed(&world);
            }
        }
        assert!(world.places().intents().is_empty());
        clear_landed(&Direct, &world.places(), 1).expect("it can go");
        assert!(!world.worktree().exists());
        assert_eq!(
            world.git(&["branch", "--list", "longhaul/*"]),
            "",
            "its branch went with it"
        );
    });
}

#[test]
fn a_recovery_that_dies_anywhere_is_finished_by_the_next() {
    for has_moved in [false, true] {
        at_every_call(|runner| {
            let world = busy();
            let before = world.seen();
            cut_off(&world, has_moved);
            let _ = recover(runner, &world.places(), 1);
            let end = recover(&Direct, &world.places(), 1).expect("it can be brought to an end");
            assert!(end.is_none_or(|end| end == has_moved));
            if has_moved {
                check_landed(&world);
            } else {
                assert_eq!(world.seen(), before);
            }
            world.check_repository();
        });
    }
}

/// A landing that was killed in the middle of writing files: some are new, some old, one missing, one half written. With
/// `has_moved` the branch has moved already, and only the index has not.
fn cut_off(world: &World, has_moved: bool) {
    let order = world.land_order(LandManner::Squash);
    let Ok(LandOutcome::Ready(ready)) = merge_only(&Direct, &order) else {
        panic!("it fits")
    };
    let intent = serde_json::json!({"task": 2, "tree": 1, "workspace": world.repository(), "ready": ready});
    write(&world.places().intent(1), &intent.to_string());
    write(&world.repository().join(".git/index.lock"), "longhaul landing 2\n");
    let repository = world.repository();
    write(&repository.join("changed"), "one\nTW");
    fs::remove_file(repository.join("gone")).expect("it is there");
    fs::remove_file(repository.join("becomes-folder")).expect("it is there");
    write(&repository.join("becomes-folder/inside"), "now a folder\n");
    if has_moved {
        world.git(&["update-ref", "refs/heads/main", &ready.new, &ready.old]);
    }
}

#[test]
fn what_somebody_writes_into_a_cut_off_landing_stays() {
    let world = busy();
    cut_off(&world, false);
    world.write("changed", "written by the user meanwhile\n");
    assert_eq!(
        recover(&Direct, &world.places(), 1).expect("it can be ended"),
        Some(false)
    );
    assert_eq!(
        files(&world.repository())[Path::new("changed")],
        "written by the user meanwhile\n"
    );
    assert!(world.git(&["status", "--porcelain"]).contains(" M changed"));
    assert!(world.repository().join("gone").exists());
}

#[test]
fn changes_of_ones_own_where_it_would_write_are_refused_and_kept() {
    type Act = fn(&World);
    let acts: [(&str, Act); 6] = [
        ("changed", |world| world.write("changed", "mine\n")),
        ("changed", |world| {
            world.write("changed", "mine\n");
            world.git(&["add", "changed"]);
            world.write("changed", "one\ntwo\nthree\n");
        }),
        ("gone", |world| {
            fs::remove_file(world.repository().join("gone")).expect("it is there")
        }),
        ("new/deep/file", |world| world.write("new/deep/file", "untracked\n")),
        ("new", |world| world.write("new", "untracked\n")),
        ("folder", |world| world.write("folder/untracked", "untracked\n")),
    ];
    for (name, act) in acts {
        let world = World::new();
        world.prepared();
        work_in(&world.worktree());
        act(&world);
        let before = world.seen();
        let error = merge_only(&Direct, &world.land_order(LandManner::Squash)).expect_err("it must be refused");
        assert!(refusal(error).contains(name), "{name}");
        assert_eq!(world.seen(), before, "{name}");
    }
}

#[test]
fn an_ignored_file_in_the_way_is_not_overwritten() {
    let world = World::new();
    world.prepared();
    write(&world.worktree().join("ignored-once"), "of the task\n");
    git(&world.worktree(), &["add", "-f", "ignored-once"]);
    world.write("ignored-once", "of the user\n");
    let error = merge_only(&Direct, &world.land_order(LandManner::Squash)).expect_err("it must be refused");
    assert!(refusal(error).contains("ignored-once"));
}

#[test]
fn only_the_branch_it_was_made_from_is_landed_on() {
    let world = busy();
    world.git(&["switch", "-qc", "elsewhere"]);
    let error = merge_only(&Direct, &world.land_order(LandManner::Squash)).expect_err("it must be refused");
    assert!(refusal(error).starts_with("main is not checked out"));
    world.git(&["switch", "-q", "--detach"]);
    assert!(merge_only(&Direct, &world.land_order(LandManner::Squash)).is_err());
    world.git(&["switch", "-q", "main"]);
    fs::write(
        world.repository().join(".git/MERGE_HEAD"),
        world.git(&["rev-parse", "HEAD"]),
    )
    .expect("it is ours");
    let error = merge_only(&Direct, &world.land_order(LandManner::Squash)).expect_err("it must be refused");
    assert!(refusal(error).starts_with("a merge is under way"));
}

#[test]
fn a_target_that_moves_before_it_is_touched_is_left_alone() {
    let world = busy();
    let order = world.land_order(LandManner::Squash);
    let Ok(LandOutcome::Ready(ready)) = merge_only(&Direct, &order) else {
        panic!("it fits")
    };
    world.git(&["commit", "-qm", "of the user", "--allow-empty", "--only"]);
    let before = world.seen();
    assert_eq!(apply(&Direct, &order, &ready).expect("nothing failed"), Applied::Moved);
    assert_eq!(world.seen(), before);
    assert!(world.places().intents().is_empty());
    land(&Direct, &world, LandManner::Squash).expect("it fits still");
    check_landed(&world);
}

#[test]
fn somebody_elses_git_command_is_waited_for_and_not_broken() {
    let world = busy();
    let lock = world.repository().join(".git/index.lock");
    write(&lock, "of another git");
    let order = world.land_order(LandManner::Squash);
    let Ok(LandOutcome::Ready(ready)) = merge_only(&Direct, &order) else {
        panic!("it fits")
    };
    let error = apply(&Direct, &order, &ready).expect_err("it is locked");
    assert!(refusal(error).starts_with("another git command"));
    assert_eq!(fs::read_to_string(&lock).expect("it is still there"), "of another git");
    fs::remove_file(lock).expect("it is there");
    recover(&Direct, &world.places(), 1).expect("nothing was touched");
    land(&Direct, &world, LandManner::Squash).expect("it is free now");
}

#[test]
fn hooks_of_the_user_do_not_run() {
    let world = busy();
    for name in [
        "pre-commit",
        "post-commit",
        "post-checkout",
        "reference-transaction",
        "post-index-change",
        "commit-msg",
    ] {
        let hook = world.repository().join(".git/hooks").join(name);
        write(
            &hook,
            "#!/bin/sh\ntouch \"$(git rev-parse --git-common-dir)/hook-ran\"\nexit 1\n",
        );
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(&hook, mode).expect("it is ours");
    }
    land(&Direct, &world, LandManner::Merge).expect("no hook is asked");
    clear_landed(&Direct, &world.places(), 1).expect("it can go");
    assert!(!world.repository().join(".git/hook-ran").exists());
}
