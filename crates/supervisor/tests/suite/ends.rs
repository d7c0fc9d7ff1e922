//! How a program's end is told.

use longhaul_supervisor::{End, Signal, Stdin, StepEnd};

use crate::world::World;

fn spawn_failure(world: &World) -> String {
    match world.run().end {
        End::SpawnFailed { message } => message,
        other => panic!("it was started: {other:?}"),
    }
}

#[test]
fn an_exit_code_is_told() {
    let receipt = World::script("exit 42").run();
    assert_eq!(receipt.end, End::Exited { code: 42 });
    assert_eq!((receipt.task, receipt.attempt, receipt.fence), (7, 1, 3));
    assert_eq!(receipt.steps[0].end, StepEnd::Exited { code: 42 });
    assert!(receipt.program_started_at_us.is_some() && receipt.program_ended_at_us.is_some());
    assert_eq!(receipt.stop, None);
}

#[test]
fn a_signal_keeps_its_name() {
    assert_eq!(
        World::script("kill -SEGV $$").run().end,
        End::Signaled {
            signal: Signal::from_name("SIGSEGV").unwrap()
        }
    );
    assert_eq!(
        World::script("kill -KILL $$").run().end,
        End::Signaled { signal: Signal::KILL }
    );
}

#[test]
fn a_program_that_is_not_there_is_named() {
    assert_eq!(
        spawn_failure(&World::program(["no-such-thing"])),
        "no such program: no-such-thing"
    );
}

#[test]
fn a_file_that_is_not_executable_is_named() {
    let world = World::program(["./plain"]);
    world.write("plain", "hello");
    assert!(spawn_failure(&world).starts_with("not executable: /"));
}

#[test]
fn a_missing_interpreter_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::program(["./script"]);
    let path = world.write("script", "#!/no/such/interpreter\n");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert!(spawn_failure(&world).ends_with("the interpreter it names does not exist"));
}

#[test]
fn a_missing_folder_and_a_file_as_folder_are_told_apart() {
    let world = World::script("true").with(|spec| spec.cwd.push("nowhere"));
    assert!(spawn_failure(&world).ends_with("nowhere does not exist"));
    let world = World::script("true").with(|spec| spec.cwd.push("file"));
    world.write("file", "");
    assert!(spawn_failure(&world).ends_with("file is a file, not a folder"));
}

#[test]
fn a_program_is_looked_up_in_the_tasks_own_path() {
    use std::os::unix::fs::PermissionsExt;
    let mut world = World::program(["greet"]);
    std::fs::create_dir(world.path("bin")).unwrap();
    let path = world.write("bin/greet", "#!/bin/sh\necho hello from $0\n");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    world.environment.set("PATH", world.path("bin"));
    assert_eq!(world.run().end, End::Exited { code: 0 });
    assert!(world.stdout().starts_with("hello from"));
}

#[test]
fn a_program_that_reads_does_not_hang() {
    let world = World::program(["cat"]);
    assert_eq!(world.run().end, End::Exited { code: 0 });
}

#[test]
fn a_program_reads_its_input_file() {
    let world = World::program(["cat"]);
    let path = world.write("prompt", "a\n\u{1f600} --help");
    let world = world.with(|spec| spec.stdin = Stdin::File { path });
    assert_eq!(world.run().end, End::Exited { code: 0 });
    assert_eq!(world.stdout(), "a\n\u{1f600} --help");
}

#[test]
fn words_arrive_byte_for_byte() {
    use std::os::unix::ffi::OsStringExt;
    let mut world = World::program(["printf", "%s|%s", "--write \"q\"\n"]);
    if let longhaul_supervisor::Act::Run { argv } = &mut world.spec.steps[0].act {
        argv.push(std::ffi::OsString::from_vec(vec![0xff, b'x']));
    }
    assert_eq!(world.run().end, End::Exited { code: 0 });
    assert_eq!(
        world.stream(longhaul_supervisor::output::Stream::Stdout),
        b"--write \"q\"\n|\xffx"
    );
}

#[test]
fn a_program_starts_with_a_clean_slate() {
    let mut world = World::script(
        "grep -E 'Sig(Blk|Ign)' /proc/self/status; umask; ls /proc/self/fd | wc -l; env | sort; ps -o pgid= -p $$; echo $$",
    )
    .with(|spec| spec.umask = Some(0o027));
    world.environment.set("ONLY", "this");
    assert_eq!(world.run().end, End::Exited { code: 0 });
    let lines: Vec<String> = world.stdout().lines().map(|line| line.trim().to_owned()).collect();
    assert_eq!(lines[0], "SigBlk:\t0000000000000000");
    assert_eq!(lines[1], "SigIgn:\t0000000000000000");
    assert_eq!(lines[2], "0027");
    // Input, output, error and the listing itself.
    assert_eq!(lines[3], "4");
    let names: Vec<&str> = lines[4..lines.len() - 2]
        .iter()
        .filter_map(|line| line.split('=').next())
        .collect();
    assert_eq!(names, ["HOME", "LONGHAUL_TOKEN", "ONLY", "PATH", "PWD"]);
    assert_eq!(
        lines[lines.len() - 2],
        lines[lines.len() - 1],
        "it leads a group of its own"
    );
}

#[test]
fn what_a_tree_used_is_told() {
    let world = World::script(
        "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; (exec sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done')",
    );
    let resources = world.run().resources;
    assert!(resources.cpu_ms > 50, "{resources:?}");
    assert!(resources.peak_memory_bytes > 500_000, "{resources:?}");
}

#[test]
fn an_input_that_nobody_writes_to_does_not_keep_the_supervisor_waiting() {
    let world = World::script("cat");
    let path = world.path("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RWXU).unwrap();
    let world = world.with(|spec| spec.stdin = Stdin::File { path });
    match world.run().end {
        End::SpawnFailed { message } => assert!(message.contains("it is a pipe"), "{message}"),
        other => panic!("{other:?}"),
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_end_is_seen_although_the_starter_ignored_the_end_of_children() {
    let world = World::script("exit 42").started_after("exec env --ignore-signal=CHLD,TERM,USR1");
    assert_eq!(world.run().end, End::Exited { code: 42 });
}

#[test]
fn output_beyond_a_limit_on_the_size_of_files_is_let_go_and_told() {
    let world = World::script("head -c 3000000 /dev/zero; exit 3").started_after("ulimit -f 512; exec");
    let receipt = world.run();
    assert_eq!(receipt.end, End::Exited { code: 3 });
    let told = receipt.output.error.unwrap_or_default();
    assert!(told.contains("File too large"), "{told}");
    assert!(world.stdout().len() >= 512 * 512);
}
