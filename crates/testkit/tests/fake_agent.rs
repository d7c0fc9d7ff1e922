//! The scripted program does what its script says. This also sees to it that it is built whenever all tests run.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use longhaul_testkit::{Signal, marks, processes, wait_until};

fn agent(folder: &std::path::Path, script: &[&str]) -> Output {
    #[expect(
        clippy::disallowed_methods,
        reason = "the program under test is started as it is, without a world"
    )]
    let mut command = Command::new(env!("CARGO_BIN_EXE_fake-agent"));
    command
        .args(script)
        .current_dir(folder)
        .env("LONGHAUL_TASK_ID", "7")
        .env("LONGHAUL_ATTEMPT", "1");
    command.output().expect("it starts")
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("there is room")
}

#[test]
fn it_says_what_it_is_told_and_exits_as_it_is_told() {
    let folder = folder();
    let output = agent(
        folder.path(),
        &["--say", "hello", "--err", "oh", "--exit", "7", "--say", "never"],
    );
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(output.stdout, b"hello\n");
    assert_eq!(output.stderr, b"oh\n");
}

#[test]
fn it_prints_megabytes_of_json_lines() {
    let folder = folder();
    let output = agent(folder.path(), &["--print-mib", "2"]);
    assert!(output.stdout.len() >= 2 * 1024 * 1024);
    let text = String::from_utf8(output.stdout).expect("JSON is text");
    assert!(
        text.lines()
            .all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok())
    );
    assert_eq!(output.stderr, b"chatter 0\nchatter 1\n");
}

#[test]
fn its_marks_tell_start_end_and_code() {
    let folder = folder();
    agent(folder.path(), &["--marks", ".", "--exit", "3"]);
    let marks = marks::read(folder.path(), 7);
    let words: Vec<_> = marks.iter().map(|mark| (mark.word.as_str(), mark.code)).collect();
    assert_eq!(words, [("start", None), ("end", Some(3))]);
    assert!(marks[0].at_ns <= marks[1].at_ns);
}

#[test]
fn an_escapee_outlives_it_and_a_second_run_beside_it_is_an_overlap() {
    let folder = folder();
    agent(folder.path(), &["--marks", ".", "--escape", "pid"]);
    let pid = std::fs::read_to_string(folder.path().join("pid")).expect("it wrote its pid");
    let pid: u32 = pid.trim().parse().expect("a pid is a number");
    assert!(processes::is_alive(pid));
    agent(folder.path(), &["--marks", "."]);
    processes::send(pid, Signal::KILL);
    wait_until("the escapee is gone", longhaul_testkit::PATIENCE, || {
        !processes::is_alive(pid)
    });
    agent(folder.path(), &["--marks", "."]);
    let words: Vec<_> = marks::read(folder.path(), 7)
        .into_iter()
        .map(|mark| mark.word)
        .collect();
    assert_eq!(words, ["start", "end", "overlap", "end", "start", "end"]);
}

#[test]
fn it_dies_by_the_signal_it_is_told_and_ignores_those_it_is_told() {
    use std::os::unix::process::ExitStatusExt as _;
    let folder = folder();
    let output = agent(folder.path(), &["--ignore", "TERM", "--die", "KILL"]);
    assert_eq!(output.status.signal(), Some(9));
}

#[test]
fn it_copies_what_it_reads() {
    #[expect(
        clippy::disallowed_methods,
        reason = "the program under test is started as it is, without a world"
    )]
    let mut command = Command::new(env!("CARGO_BIN_EXE_fake-agent"));
    let mut child = command
        .arg("--copy-stdin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    child
        .stdin
        .take()
        .expect("it is piped")
        .write_all(b"bytes \xff")
        .expect("it reads");
    assert_eq!(child.wait_with_output().expect("it ends").stdout, b"bytes \xff");
}
