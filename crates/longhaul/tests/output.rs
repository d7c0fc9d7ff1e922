//! Output: kept as it came, bounded, and readable while it grows.

use longhaul_testkit::{PATIENCE, Signal, World, wait_until};
use serde_json::json;

const MIB: usize = 1024 * 1024;

#[test]
fn streams_are_kept_apart_and_in_order() {
    let world = World::new();
    // A pause between the writes is what makes their order a fact.
    let script = "for i in 1 2 3; do echo out$i; sleep 0.02; echo err$i >&2; sleep 0.02; done";
    let id = world.submit_script(&[], script);
    world.finish(id);
    let id = id.to_string();
    let logs = |options: &[&str]| world.longhaul(["logs", &id]).args(options).run().ok().text();
    assert_eq!(logs(&[]), "out1\nerr1\nout2\nerr2\nout3\nerr3\n");
    assert_eq!(logs(&["--stdout"]), "out1\nout2\nout3\n");
    assert_eq!(logs(&["--stderr"]), "err1\nerr2\nerr3\n");
    assert_eq!(logs(&["--tail", "2"]), "out3\nerr3\n");
    assert_eq!(logs(&["--tail", "1", "--stdout"]), "out3\n");
    assert_eq!(logs(&["--tail", "0"]), "");
    let stamped = logs(&["--timestamps"]);
    assert_eq!(stamped.lines().count(), 6);
    assert!(
        stamped.lines().all(|line| line.starts_with("20") && line.contains(':')),
        "{stamped}"
    );
}

#[test]
fn bytes_that_are_no_text_come_back_as_they_were() {
    let world = World::new();
    let mut bytes: Vec<u8> = (0..=255).collect();
    bytes.extend(b"\xff\xfe\xf0\x9f\r\rprogress 10%\rprogress 20%\r\n\x1b[31mred\x1b[0m\0no newline at the end");
    std::fs::write(world.path("bytes"), &bytes).expect("the world can be written");
    let id = world.submit(&[], &["cat", "bytes"]);
    world.finish(id);
    for arguments in [["logs", "1"], ["result", "1"]] {
        assert!(world.longhaul(arguments).run().ok().stdout == bytes, "{arguments:?}");
    }
    assert!(world.output(id) == bytes);
    assert_eq!(world.task(id)["output_bytes"], bytes.len());
    assert_eq!(world.task(id)["output_truncated"], false);
}

#[test]
fn a_line_of_a_hundred_megabytes_keeps_head_and_tail_and_counts_the_gap() {
    let world = World::new();
    // Every block of the flood names its own place, so that head and tail can be told.
    let script =
        "i=0; while [ $i -lt 100 ]; do printf %08d $i; head -c 1048568 /dev/zero | tr '\\0' x; i=$((i+1)); done";
    let id = world.submit_script(&[], script);
    let task = world.finish(id);
    assert_eq!(task["state"], "completed");
    assert_eq!(task["output_bytes"], 100 * MIB);
    assert_eq!(task["output_truncated"], true);
    let logs = world.longhaul(["logs", &id.to_string()]).run().ok().stdout.clone();
    assert!(logs.len() < 65 * MIB, "{} bytes are kept", logs.len());
    assert!(logs.starts_with(b"00000000x"));
    let last = &logs[logs.len() - MIB..];
    assert!(
        last.starts_with(b"00000099x"),
        "{:?}",
        String::from_utf8_lossy(&last[..16])
    );
    let gap = (100 - 64) * MIB;
    let text = String::from_utf8_lossy(&logs);
    assert!(text.contains(&gap.to_string()), "the gap of {gap} bytes is not marked");
    let kept: u64 = size_of(&world.attempts(id));
    assert!(kept < 80 * MIB as u64, "{kept} bytes on disk");
}

fn size_of(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(data) if data.is_dir() => size_of(&entry.path()),
            Ok(data) => data.len(),
            Err(_) => 0,
        })
        .sum()
}

#[test]
fn a_grandchild_that_holds_the_pipe_does_not_hold_up_the_end() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--say", "done", "--hold-pipe", "holder"]);
    assert_eq!(world.finish(id)["state"], "completed");
    assert_eq!(world.output(id), b"done\n");
    world.check_truth();
}

#[test]
fn follow_shows_all_from_the_start_as_it_comes_and_ends_with_the_task() {
    let world = World::new();
    let id = world.submit_agent(
        &[],
        &["--say", "one", "--wait-for", "gate", "--say", "two", "--exit", "3"],
    );
    let call = world.longhaul(["logs", "-f", &id.to_string()]).spawn();
    wait_until("the first line came", PATIENCE, || call.stdout_so_far() == "one\n");
    world.open_gate("gate");
    let ran = call.wait();
    assert_eq!(ran.ok().text(), "one\ntwo\n");
}

#[test]
fn follow_starts_before_the_program_and_from_the_middle() {
    let world = World::new();
    let id = world.submit_agent(
        &["--hold"],
        &["--say", "a", "--say", "b", "--wait-for", "gate", "--say", "c"],
    );
    let early = world.longhaul(["logs", "-f", &id.to_string()]).spawn();
    world.longhaul(["release", &id.to_string()]).run().ok();
    wait_until("two lines came", PATIENCE, || early.stdout_so_far() == "a\nb\n");
    let late = world.longhaul(["logs", "-f", "--tail", "1", &id.to_string()]).spawn();
    wait_until("the tail came", PATIENCE, || late.stdout_so_far() == "b\n");
    world.open_gate("gate");
    assert_eq!(early.wait().ok().text(), "a\nb\nc\n");
    assert_eq!(late.wait().ok().text(), "b\nc\n");
}

#[test]
fn follow_goes_on_across_a_crash_of_the_daemon() {
    let world = World::new();
    let script = [
        "--say",
        "one",
        "--wait-for",
        "gate",
        "--say",
        "two",
        "--wait-for",
        "end",
    ];
    let id = world.submit_agent(&[], &script);
    let call = world.longhaul(["logs", "-f", &id.to_string()]).spawn();
    wait_until("the first line came", PATIENCE, || call.stdout_so_far() == "one\n");
    world.crash_daemon();
    let _daemon = world.daemon().start();
    world.open_gate("gate");
    wait_until("the second line came", PATIENCE, || {
        call.stdout_so_far() == "one\ntwo\n"
    });
    world.open_gate("end");
    assert_eq!(call.wait().ok().text(), "one\ntwo\n");
}

#[test]
fn a_reader_that_stops_reading_holds_up_nobody() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--print-mib", "4", "--wait-for", "gate", "--print-mib", "4"]);
    let longhaul = world.binary().display().to_string();
    // A pipe whose reader never reads fills up and blocks the follower, not the task.
    let script = "\"$0\" logs -f \"$1\" | { : > reading; until [ -e read ]; do sleep 0.02; done; wc -c > count; }";
    let call = world
        .program("sh")
        .args(["-c", script, &longhaul, &id.to_string()])
        .spawn();
    wait_until("the reader is there", PATIENCE, || world.path("reading").exists());
    world.open_gate("gate");
    let task = world.finish(id);
    assert_eq!(task["state"], "completed");
    world.open_gate("read");
    call.wait().ok();
    let count: u64 = std::fs::read_to_string(world.path("count"))
        .expect("it counted")
        .trim()
        .parse()
        .expect("a number");
    assert_eq!(task["output_bytes"], count);
}

#[test]
fn a_reader_that_goes_away_ends_quietly() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--print-mib", "2"]);
    world.finish(id);
    let longhaul = world.binary().display().to_string();
    let ran = world
        .program("sh")
        .args(["-c", "\"$0\" logs 1 | head -c 10 | wc -c", &longhaul])
        .run();
    assert_eq!(ran.ok().text().trim(), "10");
    assert!(!ran.talk().contains("panic"), "{}", ran.talk());
}

#[test]
fn ranges_of_output_add_up_to_the_whole() {
    let world = World::new();
    let id = world.submit_script(&[], "printf abcdef; sleep 0.05; printf XYZ >&2; sleep 0.05; printf ghi");
    world.finish(id);
    let api = world.api();
    let get = |query: &str| api.get(&format!("/api/v1/tasks/{id}/output?{query}"));
    let whole = get("");
    assert_eq!(whole.text(), "abcdefXYZghi");
    assert_eq!(whole.header("Longhaul-Next-Offset"), Some("12"));
    assert_eq!(whole.header("Longhaul-Output-Complete"), Some("true"));
    for offset in 0..=12 {
        assert_eq!(get(&format!("offset={offset}")).text(), "abcdefXYZghi"[offset..]);
    }
    assert_eq!(get("stream=stderr").text(), "XYZ");
    assert_eq!(get("stream=stdout").text(), "abcdefghi");
    assert_eq!(get("offset=999").text(), "");
    get("offset=-1").expect_problem(400);
    get("offset=x").expect_problem(400);
    get("stream=both").expect_problem(400);
    api.get("/api/v1/tasks/999/output").expect_problem(404);
    let request = api
        .request("GET", &format!("/api/v1/tasks/{id}/output"))
        .header("Accept", "application/json");
    let pieces = longhaul_testkit::first_list(&request.send().expect(200));
    assert_eq!(pieces.len(), 3, "{pieces:#?}");
    assert_eq!(pieces[1]["stream"], "stderr");
}

#[test]
fn output_of_a_running_task_is_not_complete() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--say", "so far", "--wait-for", "gate"]);
    let target = format!("/api/v1/tasks/{id}/output");
    wait_until("the output is there", PATIENCE, || {
        world.api().get(&target).text() == "so far\n"
    });
    assert_eq!(
        world.api().get(&target).header("Longhaul-Output-Complete"),
        Some("false")
    );
    world.open_gate("gate");
    world.finish(id);
    assert_eq!(
        world.api().get(&target).header("Longhaul-Output-Complete"),
        Some("true")
    );
}

#[test]
fn a_task_without_output_has_empty_output() {
    let world = World::new();
    let id = world.submit(&["--hold"], &["true"]);
    assert_eq!(world.output(id), b"");
    assert_eq!(world.longhaul(["logs", &id.to_string()]).run().ok().text(), "");
    world.longhaul(["release", &id.to_string()]).run().ok();
    world.finish(id);
    assert_eq!(world.output(id), b"");
    assert_eq!(world.task(id)["output_bytes"], 0);
}

#[test]
fn the_result_of_a_failure_tells_the_reason_and_the_last_lines_of_stderr() {
    let world = World::new();
    let id = world.submit_script(&[], "echo out; for i in $(seq 1 30); do echo err$i >&2; done; exit 8");
    world.finish(id);
    let ran = world.longhaul(["result", &id.to_string()]).run();
    assert_eq!(ran.text(), "out\n");
    let talk = ran.talk();
    assert!(talk.contains("err30") && talk.contains("err11"), "{talk}");
    assert!(!talk.contains("err10\n"), "{talk}");
    assert!(talk.contains("exit"), "{talk}");
}

#[test]
fn the_result_of_an_active_task_says_so() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--say", "so far", "--wait-for", "gate"]);
    world.reach(id, "running");
    let ran = world.longhaul(["result", &id.to_string()]).run();
    assert!(
        format!("{}{}", ran.expect(3).text(), ran.talk()).contains("running"),
        "{}{}",
        ran.text(),
        ran.talk()
    );
    world.longhaul(["result", "999"]).run().expect(125);
    world.open_gate("gate");
    world.finish(id);
    assert_eq!(
        world.longhaul(["result", &id.to_string()]).run().ok().text(),
        "so far\n"
    );
}

#[test]
fn a_flood_keeps_the_daemon_small() {
    let world = World::new();
    let daemon = world.daemon().start();
    let id = world.post_task(json!({"command": ["sh", "-c", "head -c 268435456 /dev/zero"]}));
    let task = world.finish(id);
    assert_eq!(task["output_bytes"], 256 * MIB);
    let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.pid())).unwrap_or_default();
    let peak = status.lines().find_map(|line| {
        line.strip_prefix("VmHWM:")?
            .trim()
            .strip_suffix(" kB")?
            .parse::<u64>()
            .ok()
    });
    // On systems without /proc there is nothing to measure; the supervisor's own tests measure it there.
    assert!(peak.is_none_or(|peak_kib| peak_kib < 150 * 1024), "{peak:?} KiB");
}

#[test]
fn an_attached_run_shows_output_while_it_comes() {
    let world = World::new();
    let command = world.agent(&["--say", "now", "--wait-for", "gate"]);
    let call = world.longhaul(["run", "--"]).args(&command).spawn();
    wait_until("it came through", PATIENCE, || call.stdout_so_far() == "now\n");
    world.open_gate("gate");
    assert_eq!(call.wait().ok().text(), "now\n");
}

#[test]
fn output_that_was_written_before_a_kill_of_everything_is_kept() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--print-mib", "1", "--touch", "printed", "--forever"]);
    wait_until("it printed", PATIENCE, || world.path("printed").exists());
    let supervisor = world.supervisor(id);
    wait_until("all of it was taken", PATIENCE, || world.output(id).len() > MIB);
    longhaul_testkit::processes::send(supervisor, Signal::KILL);
    world.finish(id);
    assert!(world.output(id).len() > MIB);
}
