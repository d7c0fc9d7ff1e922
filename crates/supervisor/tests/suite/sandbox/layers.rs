//! What each layer keeps by itself, what is said of it, and that nothing starts with less than is required.

use longhaul_supervisor::{End, Layers, Level, StepEnd};

use super::yard::{Who, Yard, path, read_only, text};

/// What Landlock alone keeps too.
const CONTENT: &str = "
    open-to-write ROOT/desk/file
    reopen ROOT/desk/file
    create ROOT/desk/new
    truncate ROOT/desk/folder/file
    unlink ROOT/desk/victim
    rename ROOT/desk/file ROOT/desk/elsewhere
    hard-link ROOT/desk/file ROOT/agent/sessions/stolen
    symlink ROOT/desk/new-link
    in-new-session ROOT/desk/file
    read ROOT/state/token
    environment-of NEIGHBOUR
    signal NEIGHBOUR
    trace PARENT
    connect-abstract ABSTRACT
    remount ROOT/desk/file
    unshare-and-remount ROOT/desk/file
    write-to-device /dev/kmsg
";

/// What the mounts alone keep too.
const TREE: &str = "
    open-to-write ROOT/desk/file
    reopen ROOT/desk/file
    through-root ROOT/desk/file
    create ROOT/desk/new
    chmod ROOT/desk/file
    times ROOT/desk/file
    attribute ROOT/desk/file
    unlink ROOT/desk/victim
    open-to-write ROOT/agent/settings.json
    rename ROOT/agent/plugins ROOT/agent/old-plugins
    read ROOT/state/token
    connect ROOT/docker.sock
    connect ROOT/runtime/bus
    environment-of NEIGHBOUR
    trace PARENT
    remount ROOT/desk/file
    mount-attributes ROOT/desk/file
    unshare-and-remount ROOT/desk/file
    unshare-and-mount-attributes ROOT/desk/file
    unmount ROOT/state
    join-namespace PARENT
    write-to-device /dev/kmsg
";

fn refuses_all(layers: Layers, attempts: &str, says: &str) {
    for who in Who::all() {
        let yard = Yard::trying(who, attempts, |world| {
            let mut sandbox = read_only(world);
            sandbox.layers = layers;
            Some(sandbox)
        });
        let (receipt, answers) = yard.answers();
        assert_eq!(receipt.end, End::Exited { code: 0 }, "{}", yard.world.stderr());
        let reached = receipt.sandbox.unwrap();
        assert_eq!(reached.level, Level::KernelPartial);
        assert!(reached.detail.contains(says), "{}", reached.detail);
        let done: Vec<_> = answers.iter().filter(|(_, answer)| *answer == "ok").collect();
        assert!(!answers.is_empty() && done.is_empty(), "{who:?} could {done:#?}");
        assert_eq!(text(&yard, "desk/file"), "precious\n");
    }
}

#[test]
fn landlock_alone_keeps_content_and_counts_as_partial() {
    refuses_all(Layers::LandlockAlone, CONTENT, "Landlock (version");
}

#[test]
fn mounts_alone_keep_the_tree_and_count_as_partial() {
    refuses_all(Layers::MountsAlone, TREE, "mount namespace alone");
}

#[test]
fn nothing_starts_with_less_than_is_required() {
    let yard = Yard::new(
        Who::Ordinary,
        "touch \"$TMPDIR/ran\"; touch \"$ROOT/agent/ran\"",
        |world| {
            let mut sandbox = read_only(world);
            sandbox.layers = Layers::LandlockAlone;
            sandbox.require = Some(Level::Kernel);
            Some(sandbox)
        },
    );
    let receipt = yard.world.run();
    match &receipt.end {
        End::Unenforced { message } => assert!(message.contains("no mount namespace"), "{message}"),
        other => panic!("{other:?}"),
    }
    assert!(matches!(receipt.steps[0].end, StepEnd::Failed { .. }));
    assert_eq!((receipt.sandbox, receipt.program_started_at_us), (None, None));
    assert!(!path(&yard, "agent/ran").exists());
}

#[test]
fn the_leaders_record_says_what_is_kept_from_it_while_it_runs() {
    let yard = Yard::new(Who::Ordinary, "touch \"$TMPDIR/begun\"; read line < fifo", |world| {
        Some(read_only(world))
    });
    let running = yard.world.start();
    running.made("attempt/tmp/begun");
    let leader = crate::world::eventually("the leader's record", || {
        longhaul_supervisor::AttemptFolder::at(yard.world.folder())
            .leader()
            .unwrap()
    });
    assert_eq!(leader.sandbox.map(|reached| reached.level), Some(Level::Kernel));
    std::fs::write(yard.world.path("desk/fifo"), "go\n").unwrap();
    assert_eq!(running.receipt().end, End::Exited { code: 0 });
}

#[test]
fn the_machine_is_asked_by_trying() {
    let reached = longhaul_supervisor::sandbox::probe(crate::world::SUPERVISOR.as_ref(), &[]).unwrap();
    assert_eq!(reached.level, Level::Kernel, "{}", reached.detail);
}

#[test]
fn where_namespaces_are_forbidden_the_probe_says_which_layer_is_missing() {
    let world = crate::world::World::script("true");
    let program = world.write(
        "supervisor",
        &format!(
            "#!/bin/sh\nexec unshare --user --map-root-user -- sh -c \
             'echo 0 > /proc/sys/user/max_user_namespaces; exec {} \"$@\"' sh \"$@\"\n",
            crate::world::SUPERVISOR
        ),
    );
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let path = [("PATH".into(), "/usr/bin:/bin".into())];
    let reached = longhaul_supervisor::sandbox::probe(&program, &path).unwrap();
    assert_eq!(reached.level, Level::KernelPartial);
    assert!(reached.detail.contains("no mount namespace"), "{}", reached.detail);
}
