//! Making a worktree ready.

use std::fs;
use std::os::unix::fs::symlink;

use longhaul_worktrees::{Direct, Report, TreeStatus, leave, prepare};

use crate::dying::at_every_call;
use crate::world::{World, files, git, refusal, work_in, write};

#[test]
fn a_preparation_that_dies_anywhere_is_made_good_by_the_next() {
    at_every_call(|runner| {
        let world = World::new();
        world.write("changed", "of the user\n");
        world.write("untracked", "of the user\n");
        let before = world.seen();
        world.record();
        let mut order = world.order();
        order.with_changes = true;
        let _ = prepare(runner, &order, &mut Report::default());
        prepare(&Direct, &order, &mut Report::default()).expect("the next one can");
        assert_eq!(world.seen(), before, "the workspace is not touched");
        assert_eq!(
            git(&world.worktree(), &["status", "--porcelain"]),
            " M changed\n?? untracked"
        );
        assert_eq!(git(&world.worktree(), &["branch", "--show-current"]), "longhaul/1-work");
        assert_eq!(world.git(&["worktree", "list"]).lines().count(), 2);
        world.check_repository();
    });
}

#[test]
fn what_never_became_ready_is_cleared_away_whole() {
    at_every_call(|runner| {
        let world = World::new();
        let before = world.seen();
        world.record();
        let _ = prepare(runner, &world.order(), &mut Report::default());
        if world.known().standing == TreeStatus::Ready {
            return;
        }
        leave(&Direct, &world.places(), 1).expect("it can be cleared");
        assert!(!world.worktree().exists());
        assert_eq!(world.git(&["branch", "--list", "longhaul/*"]), "");
        assert_eq!(world.git(&["worktree", "list"]).lines().count(), 1);
        assert_eq!(world.seen(), before);
    });
}

#[test]
fn a_further_task_goes_on_with_everything_that_is_there() {
    let world = World::new();
    world.prepared();
    work_in(&world.worktree());
    let before = files(&world.worktree());
    leave(&Direct, &world.places(), 1).expect("it can be left");
    let mut order = world.order();
    (order.task, order.goes_on) = (2, true);
    let mut report = Report::default();
    prepare(&Direct, &order, &mut report).expect("it goes on");
    assert_eq!(files(&world.worktree()), before);
    assert_eq!(report, Report::default());
    assert_eq!(world.known().task, 2);
    let told = world.git(&["worktree", "list", "--porcelain"]);
    assert!(told.contains("locked longhaul task 2 works here"), "{told}");
}

#[test]
fn a_removed_worktree_is_made_anew_at_the_same_path_and_says_so() {
    let world = World::new();
    world.prepared();
    write(&world.worktree().join("kept"), "changed\n");
    git(&world.worktree(), &["commit", "-qam", "work"]);
    leave(&Direct, &world.places(), 1).expect("it can be left");
    fs::remove_dir_all(world.worktree()).expect("somebody removes it");
    let mut order = world.order();
    (order.task, order.goes_on) = (2, true);
    let mut report = Report::default();
    prepare(&Direct, &order, &mut report).expect("it is made anew");
    assert_eq!(
        files(&world.worktree())[std::path::Path::new("kept")],
        "changed\n",
        "its commits are still there"
    );
    assert!(report.notes[0].contains("made anew at the same path"), "{report:?}");
}

#[test]
fn a_fresh_worktree_after_a_loss_saves_what_the_lost_one_held() {
    let world = World::new();
    world.prepared();
    write(&world.worktree().join("kept"), "lost?\n");
    let mut order = world.order();
    order.is_fresh = true;
    let mut report = Report::default();
    prepare(&Direct, &order, &mut report).expect("it is made anew");
    assert_eq!(files(&world.worktree())[std::path::Path::new("kept")], "kept\n");
    assert_eq!(world.git(&["show", "longhaul/salvage/1-work:kept"]), "lost?");
    assert!(
        report.notes.iter().any(|note| note.contains("longhaul/salvage/1-work")),
        "{report:?}"
    );
}

#[test]
fn ignored_files_that_are_named_come_along_and_nothing_is_written_through_a_link() {
    let world = World::new();
    let outside = world.root.join("outside");
    fs::create_dir(&outside).expect("it is ours");
    // In the commit `trap` is a link that leads out; in the workspace it is a folder now.
    symlink(&outside, world.repository().join("trap")).expect("it is ours");
    world.write(".gitignore", "ignored*\ntrap/\n.env\n");
    world.write(
        ".worktreeinclude",
        ".env\nignored-folder/*\n!ignored-folder/not\ntrap/\nuntracked\n",
    );
    world.commit("with a trap");
    fs::remove_file(world.repository().join("trap")).expect("it is there");
    world.write("trap/file", "escaped\n");
    world.write(".env", "SECRET=1\n");
    world.write("ignored-folder/deep/a", "a\n");
    world.write("ignored-folder/not", "not\n");
    world.write("ignored-other", "other\n");
    world.write("untracked", "not ignored\n");
    symlink("/etc/hostname", world.repository().join("ignored-folder/link")).expect("it is ours");
    world.record();
    let mut report = Report::default();
    prepare(&Direct, &world.order(), &mut report).expect("it can be made");
    let tree = world.worktree();
    assert_eq!(
        fs::read_to_string(tree.join(".env")).expect("it came along"),
        "SECRET=1\n"
    );
    assert!(tree.join("ignored-folder/deep/a").exists());
    assert!(tree.join("ignored-folder/link").is_symlink());
    for absent in ["ignored-folder/not", "ignored-other", "untracked"] {
        assert!(!tree.join(absent).exists(), "{absent}");
    }
    assert_eq!(
        fs::read_dir(&outside).expect("it is there").count(),
        0,
        "written through a link"
    );
    assert_eq!(git(&tree, &["status", "--porcelain"]), "");
}

#[test]
fn uncommitted_changes_go_onto_another_base_or_are_refused_as_a_whole() {
    let world = World::new();
    world.git(&["branch", "older"]);
    world.write("own", "a newer version\n");
    world.commit("second");
    world.write("changed", "one\ntwo\nthree\nfour\n");
    world.record();
    let mut order = world.order();
    (order.start, order.with_changes) = (world.git(&["rev-parse", "older"]), true);
    prepare(&Direct, &order, &mut Report::default()).expect("they fit");
    assert_eq!(git(&world.worktree(), &["status", "--porcelain"]), " M changed");
    assert_eq!(files(&world.worktree())[std::path::Path::new("own")], "own\n");
    leave(&Direct, &world.places(), 1).expect("it can be left");

    let other = World::new();
    other.git(&["branch", "older"]);
    other.write("changed", "something else\n");
    other.commit("second");
    other.write("changed", "something else again\n");
    other.record();
    (order.state, order.report) = (other.state(), other.root.join("report"));
    order.start = other.git(&["rev-parse", "older"]);
    let error = prepare(&Direct, &order, &mut Report::default()).expect_err("they do not fit");
    assert!(refusal(error).contains("changed"));
}

#[test]
fn a_submodule_is_ready_if_the_workspace_has_it_ready() {
    let world = World::new();
    let library = world.root.join("library");
    fs::create_dir(&library).expect("it is ours");
    git(&library, &["init", "-q", "-b", "main"]);
    write(&library.join("lib"), "lib\n");
    git(&library, &["add", "-A"]);
    git(
        &library,
        &["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "lib"],
    );
    let source = library.to_string_lossy().into_owned();
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
    world.record();
    let mut report = Report::default();
    prepare(&Direct, &world.order(), &mut report).expect("it can be made");
    // Git itself forbids to clone submodules from folders; then the report says why it is not there.
    let is_ready = world.worktree().join("module/lib").exists();
    assert!(is_ready || report.notes[0].contains("submodule module"), "{report:?}");
    assert_eq!(git(&world.worktree(), &["status", "--porcelain"]), "");
}
