//! What a read-only program must not be able to do, and the proof that it could if nobody kept it from it.

use longhaul_supervisor::{End, Level};

use super::yard::{Who, Yard, path, read_only, text};

/// Succeed for anybody who is not confined.
const WRITES: &str = "
    open-to-write ROOT/desk/file
    reopen ROOT/desk/file
    through-root ROOT/desk/file
    root-of NEIGHBOUR ROOT/desk/file
    in-new-session ROOT/desk/file
    create ROOT/desk/new
    create ROOT/home/.bashrc
    open-to-write ROOT/home/.profile
    open-to-write ROOT/other/.git/config
    make-folder ROOT/desk/new-folder
    symlink ROOT/desk/new-link
    make-device ROOT/desk/new-fifo
    chmod ROOT/desk/file
    chown ROOT/desk/file
    times ROOT/desk/file
    attribute ROOT/desk/file
    chmod-standard-input
    write-to-fifo ROOT/desk/fifo
    hard-link ROOT/desk/file ROOT/agent/sessions/stolen
    rename ROOT/desk/file ROOT/desk/elsewhere
    truncate ROOT/desk/folder/file
    truncate-by-open ROOT/desk/folder/file
    unlink ROOT/desk/victim
    remove-folder ROOT/desk/empty
    open-to-write ROOT/agent/settings.json
    unlink ROOT/agent/settings.json
    create ROOT/agent/plugins/hooks/new
    open-to-write ROOT/agent/plugins/hooks/start
    rename ROOT/agent/plugins ROOT/agent/old-plugins

    read ROOT/state/token
    read ROOT/state/environments/1
    find-something-in ROOT/state/environments
    open-to-write ROOT/state/token
    connect ROOT/docker.sock
    connect ROOT/runtime/bus
    connect-abstract ABSTRACT
    environment-of NEIGHBOUR
    signal NEIGHBOUR
    signal PARENT
";

/// Attempts on the confinement itself. They need privileges, or mean nothing without confinement.
const ESCAPES: &str = "
    remount ROOT/desk/file
    mount-attributes ROOT/desk/file
    unshare-and-remount ROOT/desk/file
    unshare-and-mount-attributes ROOT/desk/file
    mount-over ROOT/desk
    unmount /dev/shm
    unmount ROOT/state
    join-namespace PARENT
    join-namespace NEIGHBOUR
    trace PARENT
    trace NEIGHBOUR
    by-handle ROOT/desk/file
    environment-of PARENT
    through-descriptors
    root-of PARENT ROOT/desk/file
    write-to-device /dev/kmsg
    open-to-write /proc/sys/kernel/core_pattern
    open-to-write /proc/sysrq-trigger
    run setpriv --reuid 0 --clear-groups true
";

#[test]
fn nothing_that_a_read_only_program_tries_changes_anything() {
    for who in Who::all() {
        let yard = Yard::trying(who, &format!("{WRITES}{ESCAPES}"), |world| Some(read_only(world)));
        let (receipt, answers) = yard.answers();
        assert_eq!(receipt.end, End::Exited { code: 0 }, "{}", yard.world.stderr());
        assert_eq!(
            receipt.sandbox.as_ref().map(|reached| reached.level),
            Some(Level::Kernel)
        );
        let tried = format!("{WRITES}{ESCAPES}")
            .lines()
            .filter(|line| !line.trim().is_empty())
            .count();
        assert_eq!(answers.len(), tried, "{who:?}: {answers:#?}");
        let done: Vec<_> = answers.iter().filter(|(_, answer)| *answer == "ok").collect();
        assert!(done.is_empty(), "{who:?} could {done:#?}");
        for file in [
            "desk/file",
            "desk/folder/file",
            "desk/victim",
            "home/.profile",
            "other/.git/config",
            "state/token",
            "agent/settings.json",
            "agent/plugins/hooks/start",
        ] {
            assert_eq!(text(&yard, file), "precious\n", "{who:?}: {file}");
        }
        assert!(!path(&yard, "agent/sessions/stolen").exists());
    }
}

#[test]
fn whoever_is_not_confined_can_do_all_of_it() {
    for who in Who::all() {
        let yard = Yard::trying(who, WRITES, |_| None);
        let (receipt, answers) = yard.answers();
        assert_eq!(receipt.sandbox, None);
        let refused: Vec<_> = answers.iter().filter(|(_, answer)| *answer != "ok").collect();
        assert!(refused.is_empty(), "{who:?} was refused {refused:#?}");
    }
}
