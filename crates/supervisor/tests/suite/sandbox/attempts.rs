//! What a read-only program must not be able to do, and the proof that it could if nobody kept it from it.

use longhaul_supervisor::{End, Level};

use super::yard::{Who, Yard, path, read_only, text};

/// Succeed for anybody who is not confined.
const WRITES: &str = "
    open-to-write ROOT/work/file
    reopen ROOT/work/file
    through-root ROOT/work/file
    root-of NEIGHBOUR ROOT/work/file
    in-new-session ROOT/work/file
    create ROOT/work/new
    create ROOT/home/.bashrc
    open-to-write ROOT/home/.profile
    open-to-write ROOT/other/.git/config
    make-folder ROOT/work/new-folder
    symlink ROOT/work/new-link
    make-device ROOT/work/new-fifo
    chmod ROOT/work/file
    chown ROOT/work/file
    times ROOT/work/file
    attribute ROOT/work/file
    chmod-standard-input
    write-to-fifo ROOT/work/fifo
    hard-link ROOT/work/file ROOT/agent/sessions/stolen
    rename ROOT/work/file ROOT/work/elsewhere
    truncate ROOT/work/folder/file
    truncate-by-open ROOT/work/folder/file
    unlink ROOT/work/victim
    remove-folder ROOT/work/empty
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
    remount ROOT/work/file
    mount-attributes ROOT/work/file
    unshare-and-remount ROOT/work/file
    unshare-and-mount-attributes ROOT/work/file
    mount-over ROOT/work
    unmount /dev/shm
    unmount ROOT/state
    join-namespace PARENT
    join-namespace NEIGHBOUR
    trace PARENT
    trace NEIGHBOUR
    by-handle ROOT/work/file
    environment-of PARENT
    through-descriptors
    root-of PARENT ROOT/work/file
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
            "work/file",
            "work/folder/file",
            "work/victim",
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
