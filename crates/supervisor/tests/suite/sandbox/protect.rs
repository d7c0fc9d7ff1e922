//! A writer from which single folders are kept.

use longhaul_supervisor::{End, Level, Sandbox};

use super::yard::{Who, Yard, text};

#[test]
fn a_protected_tree_is_read_only_but_for_its_exceptions_and_all_else_is_writable() {
    for who in Who::all() {
        let attempts = "
            open-to-write ROOT/other/file
            create ROOT/other/new
            remount ROOT/other/file
            mount-attributes ROOT/other/file
            unshare-and-mount-attributes ROOT/other/file
            read ROOT/state/token
        ";
        let allowed = "
            open-to-write ROOT/desk/file
            chmod ROOT/desk/file
            create ROOT/desk/new
            open-to-write ROOT/other/.git/config
            create ROOT/other/.git/index.lock
            create ROOT/home/.new
            connect ROOT/docker.sock
            signal NEIGHBOUR
        ";
        let yard = Yard::trying(who, &format!("{attempts}{allowed}"), |world| {
            world.write("other/file", "precious\n");
            let mut sandbox = Sandbox::protect();
            sandbox.protected = vec![world.path("other")];
            sandbox.writable = vec![world.path("other/.git")];
            sandbox.hidden = vec![world.path("state")];
            Some(sandbox)
        });
        let (receipt, answers) = yard.answers();
        assert_eq!(receipt.end, End::Exited { code: 0 }, "{}", yard.world.stderr());
        assert_eq!(receipt.sandbox.unwrap().level, Level::Kernel);
        let root = yard.world.path("").display().to_string();
        for (attempt, answer) in &answers {
            let is_protected = attempt.contains(&format!("{root}other/file"))
                || attempt.contains(&format!("{root}other/new"))
                || attempt.contains("state/token");
            assert_eq!(answer != "ok", is_protected, "{who:?}: {attempt}: {answer}");
        }
        assert_eq!(answers.len(), 14);
        assert_eq!(text(&yard, "other/file"), "precious\n");
    }
}
