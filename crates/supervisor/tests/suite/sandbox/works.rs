//! What a read-only program can still do: read everything, use its own folders and devices, run the usual tools.

use longhaul_supervisor::{End, KillMode, Level, Swept};

use super::yard::{Who, Yard, read_only, text};
use crate::world::{eventually, is_alive, kill};

/// Runs a script as a read-only program; its output. Fails if the script does.
fn output(who: Who, script: &str) -> (Yard, String) {
    let yard = Yard::new(who, &format!("set -e\n{script}"), |world| Some(read_only(world)));
    let receipt = yard.world.run();
    assert_eq!(
        receipt.end,
        End::Exited { code: 0 },
        "{who:?}: {}{}",
        yard.world.stdout(),
        yard.world.stderr()
    );
    assert_eq!(receipt.sandbox.map(|reached| reached.level), Some(Level::Kernel));
    let stdout = yard.world.stdout();
    (yard, stdout)
}

#[test]
fn it_reads_everything_and_writes_to_its_own_folders_and_devices() {
    let script = r#"
        cat file "$ROOT/home/.profile" "$ROOT/agent/settings.json"
        cat
        echo x > "$TMPDIR/new"; mv "$TMPDIR/new" "$TMPDIR/moved"; mkdir "$TMPDIR/folder"; ln "$TMPDIR/moved" "$TMPDIR/folder/linked"
        echo new > "$ROOT/agent/sessions/2"; mv "$ROOT/agent/sessions/1" "$ROOT/agent/sessions/3"
        echo log > "$ROOT/agent/log"
        echo x > /dev/null; echo x >&2; echo x > /dev/stdout; head -c 4 /dev/urandom > /dev/null; head -c 4 /dev/zero > /dev/null
        echo shared > /dev/shm/mine; cat /dev/shm/mine
        test ! -e /dev/shm/longhaul-other
        pwd; id -u; umask; ulimit -n > /dev/null
    "#;
    for who in Who::all() {
        let (yard, stdout) = output(who, script);
        assert!(
            stdout.starts_with("precious\nprecious\nprecious\nprecious\nx\nshared\n"),
            "{stdout}"
        );
        assert_eq!(text(&yard, "agent/sessions/2"), "new\n");
        assert_eq!(text(&yard, "agent/sessions/3"), "precious\n");
        assert_eq!(text(&yard, "agent/log"), "log\n");
        let own = if who == Who::Root { "\n0\n" } else { "\n65534\n" };
        assert!(stdout.contains(own), "ids are one to one: {stdout}");
    }
}

#[test]
fn root_reads_what_belongs_to_others_and_has_no_other_privilege() {
    if !Who::all().contains(&Who::Root) {
        return;
    }
    let script = "cat ../theirs; grep CapEff /proc/self/status; grep CapBnd /proc/self/status; grep NoNewPrivs /proc/self/status";
    let yard = Yard::new(Who::Root, script, |world| Some(read_only(world)));
    let theirs = yard.world.write("theirs", "theirs\n");
    std::fs::set_permissions(&theirs, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    std::os::unix::fs::chown(&theirs, Some(65534), Some(65534)).unwrap();
    assert_eq!(yard.world.run().end, End::Exited { code: 0 });
    let lines = yard.world.stdout();
    let words: Vec<&str> = lines.split_ascii_whitespace().collect();
    assert_eq!(
        words,
        [
            "theirs",
            "CapEff:",
            "0000000000000004",
            "CapBnd:",
            "0000000000000004",
            "NoNewPrivs:",
            "1"
        ]
    );
}

#[test]
fn it_finds_no_terminals_shared_memory_or_queues_of_others() {
    let script = "ls -A /dev/pts; ls -A /dev/shm; readlink /proc/self/ns/ipc";
    for who in Who::all() {
        let (_, stdout) = output(who, script);
        let ours = std::fs::read_link("/proc/self/ns/ipc").unwrap();
        let lines: Vec<&str> = stdout.lines().collect();
        assert_eq!((lines.len(), lines[0]), (2, "ptmx"), "{stdout}");
        assert_ne!(lines[1], ours.to_string_lossy());
    }
}

#[test]
fn the_way_to_the_daemon_stays_open_even_if_its_socket_is_made_anew() {
    let attempts = "
        connect ROOT/state/run/longhaul.sock
    ";
    for who in Who::all() {
        let yard = Yard::trying(who, attempts, |world| Some(read_only(world)));
        let (_, answers) = yard.answers();
        assert!(answers.values().all(|answer| answer == "ok"), "{who:?}: {answers:?}");
    }
    let script = r#"ls "$ROOT/state/run"; touch "$TMPDIR/begun"; read line < "$ROOT/desk/fifo"; ls "$ROOT/state/run""#;
    let yard = Yard::new(Who::Ordinary, script, |world| Some(read_only(world)));
    let running = yard.world.start();
    running.made("attempt/tmp/begun");
    std::fs::remove_file(yard.world.path("state/run/longhaul.sock")).unwrap();
    let _again = std::os::unix::net::UnixListener::bind(yard.world.path("state/run/again.sock")).unwrap();
    std::fs::write(yard.world.path("desk/fifo"), "go\n").unwrap();
    assert_eq!(running.receipt().end, End::Exited { code: 0 });
    assert_eq!(yard.world.stdout(), "longhaul.sock\nagain.sock\n");
}

#[test]
fn git_reads_and_its_hooks_cannot_write() {
    let script = r#"
        git status --short; git log --oneline; git diff --stat; git show --stat > /dev/null
        ! git commit --allow-empty -m no 2>/dev/null
        ! git -c core.hooksPath="$ROOT/hooks" hook run pre-commit 2>/dev/null
    "#;
    for who in Who::all() {
        let yard = Yard::new(who, &format!("set -e\n{script}"), |world| Some(read_only(world)));
        let setup = r#"
            git init -q desk; cd desk; git config user.name n; git config user.email e@example.org
            git add file; git commit -qm first; echo more >> file
            mkdir ../hooks; printf '#!/bin/sh\necho hooked >> "$PWD/file"\n' > ../hooks/pre-commit; chmod +x ../hooks/pre-commit
        "#;
        shell(&yard, setup);
        let receipt = yard.world.run();
        let told = format!("{who:?}: {}{}", yard.world.stdout(), yard.world.stderr());
        assert_eq!(receipt.end, End::Exited { code: 0 }, "{told}");
        assert!(told.contains(" M file") && told.contains("first"), "{told}");
        assert_eq!(text(&yard, "desk/file"), "precious\nmore\n");
    }
}

/// In the yard's folder, as whom it belongs to.
fn shell(yard: &Yard, script: &str) {
    use std::os::unix::fs::MetadataExt as _;
    let facts = std::fs::metadata(yard.world.path("")).unwrap();
    #[expect(clippy::disallowed_methods, reason = "a world of the test's own")]
    let mut command = std::process::Command::new("sh");
    use std::os::unix::process::CommandExt as _;
    let status = command
        .args(["-ec", script])
        .current_dir(yard.world.path(""))
        .env("HOME", yard.world.path("home"))
        .uid(facts.uid())
        .gid(facts.gid())
        .status();
    assert!(status.unwrap().success());
}

#[test]
fn the_usual_tools_run() {
    let script = r#"
        git --version
        for tool in node python3 cargo; do
            if command -v $tool > /dev/null; then $tool --version > "$TMPDIR/version" 2>&1 || cat "$TMPDIR/version" >&2; fi
        done
        if command -v python3 > /dev/null && python3 -c 1; then
            python3 -c 'import subprocess, tempfile, os; f = tempfile.NamedTemporaryFile(); subprocess.check_call(["true"], stdin=subprocess.DEVNULL)'
            python3 -c 'import pty, os; m, s = pty.openpty(); os.write(s, b"x"); assert os.read(m, 1) == b"x"; os.open(os.ttyname(s), os.O_RDWR)'
        fi
        if command -v node > /dev/null; then
            node -e 'require("child_process").execSync("true"); require("fs").writeFileSync(process.env.TMPDIR + "/n", "x")'
        fi
    "#;
    for who in Who::all() {
        output(who, script);
    }
}

#[test]
fn a_terminal_is_a_terminal() {
    let mut yard = Yard::new(Who::Ordinary, "test -t 1 && echo yes > /dev/tty", |world| {
        Some(read_only(world))
    });
    yard.world.spec.capture = longhaul_supervisor::Capture::Pty;
    assert_eq!(yard.world.run().end, End::Exited { code: 0 });
    assert_eq!(yard.world.stdout(), "yes\r\n");
}

const TREE: &str = r#"(setsid sh -c 'trap "" TERM; touch "$TMPDIR/begun"; while :; do sleep 0.2; done' > /dev/null 2>&1 &); exec sleep 1000"#;

#[test]
fn a_confined_tree_is_stopped_whole() {
    for who in Who::all() {
        for mode in [KillMode::Auto, KillMode::Sweep] {
            let mut yard = Yard::new(who, TREE, |world| Some(read_only(world)));
            yard.world.spec.kill_mode = mode;
            // Long enough for the whole tree to be there.
            yard.world.spec.run_timeout_ms = Some(1_000);
            assert_eq!(yard.world.run().end, End::Timeout { after_ms: 1_000 });
            assert_eq!(yard.world.processes(), Vec::<i32>::new());
        }
    }
}

#[test]
fn a_confined_program_does_not_outlive_its_supervisor() {
    for who in Who::all() {
        let yard = Yard::new(who, TREE, |world| Some(read_only(world)));
        let running = yard.world.start();
        running.made("attempt/tmp/begun");
        let attempt = longhaul_supervisor::AttemptFolder::at(yard.world.folder());
        let leader = eventually("the leader's record", || attempt.leader().unwrap()).pid;
        kill(running.supervised.pid(), "KILL");
        running.ended();
        eventually("the leader's end", || (!is_alive(leader)).then_some(()));
        assert_eq!(longhaul_supervisor::sweep(&yard.world.folder()).unwrap(), Swept::Empty);
        assert_eq!(yard.world.processes(), Vec::<i32>::new());
    }
}
