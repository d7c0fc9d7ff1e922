//! Removing a worktree: nothing that only it has is lost, wherever it is cut off.

use std::fs;
use std::path::Path;

use longhaul_worktrees::{Direct, Record, TreeStatus, adopt, forget, remove};

use crate::dying::at_every_call;
use crate::world::{World, files, git, work_in, write};

#[test]
fn a_removal_that_dies_anywhere_loses_nothing_and_is_finished_by_the_next() {
    at_every_call(|runner| {
        let world = World::new();
        world.prepared();
        work_in(&world.worktree());
        git(&world.worktree(), &["add", "changed"]);
        write(&world.worktree().join("changed"), "and changed again\n");
        let held = files(&world.worktree());
        let mut record = world.known();
        let _ = remove(runner, &world.places(), &mut record, TreeStatus::Discarded);
        if world.worktree().join("changed").exists() {
            assert_eq!(files(&world.worktree()), held, "it was there, but not whole");
        }
        let mut record = world.known();
        remove(&Direct, &world.places(), &mut record, TreeStatus::Discarded).expect("the next one can");
        assert!(!world.worktree().exists());
        assert_eq!(
            world.git(&["branch", "--list", "--format=%(refname:short)", "longhaul/*"]),
            "longhaul/salvage/1-work"
        );
        let other = world.root.join("other");
        world.git(&[
            "worktree",
            "add",
            "-q",
            &other.to_string_lossy(),
            "longhaul/salvage/1-work",
        ]);
        assert_eq!(files(&other), held);
        assert_eq!(
            git(&other, &["show", "HEAD^:changed"]),
            "one\nTWO\nthree",
            "what was staged is kept, too"
        );
        let patch = fs::read_to_string(world.places().salvage().join("1-work.patch")).expect("a patch was written");
        assert!(patch.contains("+and changed again"));
        world.check_repository();
    });
}

#[test]
fn a_patch_brings_everything_back() {
    let world = World::new();
    world.prepared();
    work_in(&world.worktree());
    let held = files(&world.worktree());
    let mut record = world.known();
    let saved = remove(&Direct, &world.places(), &mut record, TreeStatus::Discarded).expect("it can go");
    let patch = saved.patch.expect("there was something to save");
    world.git(&["apply", &patch.to_string_lossy()]);
    assert_eq!(files(&world.repository()), held);
}

#[test]
fn a_worktree_in_which_nothing_was_done_goes_without_a_trace() {
    let world = World::new();
    world.prepared();
    let mut record = world.known();
    let saved = remove(&Direct, &world.places(), &mut record, TreeStatus::Discarded).expect("it can go");
    assert!(saved.is_nothing());
    assert_eq!(world.git(&["branch", "--list", "longhaul/*"]), "");
    forget(&Direct, &world.places(), 1).expect("it can be forgotten");
    assert_eq!(world.git(&["for-each-ref", "refs/longhaul"]), "");
    assert!(Record::read(&world.places(), 1).expect("it can be read").is_none());
}

#[test]
fn commits_on_another_branch_or_on_none_are_saved_like_those_on_its_own() {
    let world = World::new();
    world.prepared();
    let tree = world.worktree();
    write(&tree.join("one"), "1\n");
    git(&tree, &["add", "-A"]);
    git(&tree, &["commit", "-qm", "on its own branch"]);
    git(&tree, &["switch", "-q", "--detach", "main"]);
    write(&tree.join("two"), "2\n");
    git(&tree, &["add", "-A"]);
    git(&tree, &["commit", "-qm", "on none"]);
    let mut record = world.known();
    remove(&Direct, &world.places(), &mut record, TreeStatus::Discarded).expect("it can go");
    let all = world.git(&["log", "--branches=longhaul/*", "--format=%s"]);
    assert!(all.contains("on its own branch") && all.contains("on none"), "{all}");
}

#[test]
fn of_a_repository_inside_it_the_branches_that_are_not_checked_out_are_saved_too() {
    let world = World::new();
    world.prepared();
    let inner = world.worktree().join("vendor");
    let from = world.git(&["rev-parse", "--show-toplevel"]);
    git(&world.worktree(), &["clone", "-q", &from, "vendor"]);
    git(&inner, &["switch", "-q", "-c", "aside"]);
    write(&inner.join("file"), "only here\n");
    git(&inner, &["add", "-A"]);
    git(
        &inner,
        &["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "aside"],
    );
    let aside = git(&inner, &["rev-parse", "HEAD"]);
    git(&inner, &["switch", "-q", "main"]);
    let mut record = world.known();
    let saved = remove(&Direct, &world.places(), &mut record, TreeStatus::Discarded).expect("it can go");
    let bundle = saved
        .bundles
        .first()
        .expect("it was saved")
        .to_string_lossy()
        .into_owned();
    let told = world.git(&["bundle", "list-heads", &bundle]);
    assert!(told.contains(&format!("{aside} refs/heads/aside")), "{told}");
}

#[test]
fn a_repository_inside_it_is_saved_as_a_bundle() {
    let world = World::new();
    world.prepared();
    let inner = world.worktree().join("vendor");
    fs::create_dir(&inner).expect("it is ours");
    git(&inner, &["init", "-q", "-b", "main"]);
    write(&inner.join("file"), "committed\n");
    git(&inner, &["add", "-A"]);
    git(
        &inner,
        &["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "inner"],
    );
    write(&inner.join("file"), "not committed\n");
    let mut record = world.known();
    let saved = remove(&Direct, &world.places(), &mut record, TreeStatus::Discarded).expect("it can go");
    let bundle = saved
        .bundles
        .first()
        .expect("it was saved")
        .to_string_lossy()
        .into_owned();
    let other = world.root.join("other");
    world.git(&["init", "-q", &other.to_string_lossy()]);
    git(
        &other,
        &["fetch", "-q", &bundle, "refs/longhaul/salvage:refs/heads/saved"],
    );
    assert_eq!(git(&other, &["show", "saved:file"]), "not committed");
}

#[test]
fn a_worktree_that_nobody_knows_any_more_is_adopted_and_saved() {
    let world = World::new();
    world.prepared();
    write(&world.worktree().join("kept"), "changed\n");
    Record::remove(&world.places(), 1).expect("it is forgotten");
    let mut record = adopt(&Direct, &world.places(), 1).expect("git still knows it");
    assert_eq!(record.workspace, world.repository());
    let saved = remove(&Direct, &world.places(), &mut record, TreeStatus::Discarded).expect("it can go");
    let branch = saved.branch.expect("it had changes");
    assert_eq!(world.git(&["show", &format!("{branch}:kept")]), "changed");
    assert!(!world.worktree().exists());
}

#[test]
fn what_git_does_not_know_as_a_worktree_is_never_removed() {
    let world = World::new();
    world.prepared();
    fs::remove_file(world.worktree().join(".git")).expect("it is there");
    write(&world.worktree().join("precious"), "precious\n");
    let mut record = world.known();
    assert!(remove(&Direct, &world.places(), &mut record, TreeStatus::Discarded).is_err());
    assert_eq!(files(&world.worktree())[Path::new("precious")], "precious\n");
}

#[test]
fn what_was_written_into_a_submodule_that_is_not_ready_is_saved() {
    let world = World::new();
    let source = world.root.join("library");
    fs::create_dir(&source).expect("it is ours");
    git(&source, &["init", "-q", "-b", "main"]);
    let identity = ["-c", "user.name=A", "-c", "user.email=a@b"];
    git(
        &source,
        &[&identity[..], &["commit", "-q", "--allow-empty", "-m", "lib"]].concat(),
    );
    let source = source.to_string_lossy().into_owned();
    world.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        &source,
        "module",
    ]);
    world.commit("with a submodule");
    world.git(&["submodule", "deinit", "-q", "--force", "module"]);
    world.prepared();
    write(&world.worktree().join("module/inside"), "precious\n");
    let mut record = world.known();
    let saved = remove(&Direct, &world.places(), &mut record, TreeStatus::Discarded).expect("it can go");
    assert!(!world.worktree().exists());
    let bundle = saved
        .bundles
        .first()
        .expect("git sees nothing of it, so it is in a bundle")
        .to_string_lossy()
        .into_owned();
    world.git(&["fetch", "-q", &bundle, "refs/longhaul/salvage"]);
    assert_eq!(world.git(&["show", "FETCH_HEAD:inside"]), "precious");
}
