//! What is found at a start and is not as it was left: damaged files, old numbers with new owners, second daemons.
//! Refused or set aside, never guessed from, never replaced by something empty.

use std::fs;
use std::path::Path;

use longhaul_testkit::{PATIENCE, Signal, World, processes, wait_until};
use serde_json::{Value, json};

/// Every attempt file named `name` of a task.
fn attempt_files(world: &World, id: u64, name: &str) -> Vec<std::path::PathBuf> {
    let folders = fs::read_dir(world.attempts(id)).expect("the task was attempted");
    folders
        .flatten()
        .map(|folder| folder.path().join(name))
        .filter(|file| file.exists())
        .collect()
}

/// Rewrites a text within a file, in every place.
fn rewrite(file: &Path, change: impl FnOnce(Value) -> Value) {
    let text = fs::read(file).expect("it is there");
    let value = serde_json::from_slice(&text).expect("it is JSON");
    fs::write(file, change(value).to_string()).expect("it can be written");
}

/// Replaces every value of a field of this name, however deep.
fn replace(value: &mut Value, field: &str, new: &Value) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                if name == field {
                    *inner = new.clone()
                } else {
                    replace(inner, field, new)
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|inner| replace(inner, field, new)),
        _ => {}
    }
}

/// A home with one finished task in it, and no daemon; the database file.
fn with_history(world: &World) -> std::path::PathBuf {
    let daemon = world.daemon().start();
    let id = world.post_task(json!({"command": ["echo", "precious"]}));
    world.finish(id);
    daemon.stop();
    let mut look = vec![world.home().join("state")];
    while let Some(folder) = look.pop() {
        for entry in fs::read_dir(folder).expect("it can be read").flatten() {
            let path = entry.path();
            if path.is_dir() {
                look.push(path);
            } else if fs::read(&path).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3\0")) {
                return path;
            }
        }
    }
    panic!("there is no database");
}

#[test]
fn a_damaged_receipt_is_never_taken_for_an_end_and_never_replaced() {
    for damage in [
        &b""[..],
        b"\0\0\0\0\0\0\0\0",
        b"{\"version\":1,\"end\":",
        b"not json",
        b"{\"version\":999}",
    ] {
        let world = World::new();
        let daemon = world.daemon().start();
        let id = world.post_task(json!({"command": world.agent(&["--wait-for", "gate"])}));
        let supervisor = world.supervisor(id);
        world.program_of(id);
        daemon.crash();
        world.open_gate("gate");
        wait_until("it is over", PATIENCE, || !processes::is_alive(supervisor));
        let files = attempt_files(&world, id, "receipt.json");
        assert_eq!(files.len(), 1, "it wrote a receipt");
        fs::write(&files[0], damage).expect("it can be written");
        let daemon = world.daemon().start();
        let task = world.finish(id);
        assert_eq!(task["state"], "interrupted", "{task:#}");
        daemon.stop();
        let kept = fs::read_dir(files[0].parent().expect("it lies in a folder")).expect("the folder is kept");
        let is_kept = kept
            .flatten()
            .any(|file| fs::read(file.path()).is_ok_and(|bytes| bytes == damage));
        assert!(is_kept, "the damaged receipt was thrown away");
    }
}

#[test]
fn a_damaged_database_is_refused_and_left_as_it_is() {
    let damages: [fn(&mut Vec<u8>); 3] = [
        |bytes| bytes.truncate(1000),
        |bytes| bytes.fill(0),
        |bytes| bytes.iter_mut().for_each(|byte| *byte ^= 0x5a),
    ];
    for damage in damages {
        let world = World::new();
        let database = with_history(&world);
        let mut bytes = fs::read(&database).expect("it can be read");
        damage(&mut bytes);
        fs::write(&database, &bytes).expect("it can be written");
        let mut daemon = world.daemon().start();
        let ran = daemon.wait_for_death(PATIENCE);
        assert_ne!(ran.code, Some(0));
        let talk = ran.talk();
        assert!(talk.contains(&database.display().to_string()), "which file? {talk}");
        assert!(
            fs::read(&database).expect("it is still there") == bytes,
            "the damaged database was touched"
        );
        let ran = world.longhaul(["run", "-d", "--", "true"]).run();
        assert!(ran.expect(125).text().is_empty());
        assert!(
            fs::read(&database).expect("it is still there") == bytes,
            "the damaged database was touched"
        );
    }
}

#[test]
fn a_newer_schema_is_refused_with_both_numbers_and_a_cure() {
    let world = World::new();
    let database = with_history(&world);
    // The user version is the four bytes at 60 of the file's head.
    let mut bytes = fs::read(&database).expect("it can be read");
    bytes[60..64].copy_from_slice(&9999_u32.to_be_bytes());
    fs::write(&database, &bytes).expect("it can be written");
    let ran = world.daemon().start().wait_for_death(PATIENCE);
    assert_ne!(ran.code, Some(0));
    assert!(ran.talk().contains("9999"), "{}", ran.talk());
    assert!(fs::read(&database).expect("it is still there") == bytes);
}

#[test]
fn an_id_is_never_given_twice_even_if_the_database_is_lost() {
    let world = World::new();
    let database = with_history(&world);
    let folder = database.parent().expect("it lies in a folder");
    for entry in fs::read_dir(folder).expect("it can be read").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let stem = database
            .file_name()
            .expect("it has a name")
            .to_string_lossy()
            .into_owned();
        if name.starts_with(&stem) {
            fs::remove_file(entry.path()).expect("it can be removed");
        }
    }
    let _daemon = world.daemon().start();
    let id = world.post_task(json!({"command": ["true"]}));
    assert_eq!(id, 2, "attempt 1 has a folder");
    world.finish(id);
}

#[test]
fn a_second_daemon_on_the_same_home_is_refused_and_harms_nothing() {
    let world = World::new();
    let first = world.daemon().start();
    let ran = world.longhaul(["daemon", "run"]).run();
    assert_ne!(ran.code, Some(0));
    assert!(ran.talk().contains(&first.pid().to_string()), "{}", ran.talk());
    assert!(world.is_answering());
    assert_eq!(world.daemons(), [first.pid()]);
}

#[test]
fn a_stale_socket_and_lock_do_not_stop_a_new_daemon() {
    let world = World::new();
    world.daemon().start().crash();
    assert!(world.socket().is_some(), "a crash leaves the socket behind");
    let id = world.submit(&[], &["true"]);
    assert_eq!(world.finish(id)["state"], "completed");
}

#[test]
fn a_socket_that_vanishes_is_made_anew() {
    let world = World::new();
    let daemon = world.daemon().start();
    fs::remove_file(world.socket().expect("it listens")).expect("it can be removed");
    wait_until("the socket is back", PATIENCE, || world.is_answering());
    assert_eq!(world.daemons(), [daemon.pid()]);
}

#[test]
fn everything_in_the_home_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    let id = world.submit(&[], &["echo", "private"]);
    world.finish(id);
    let mut look = vec![world.home()];
    while let Some(path) = look.pop() {
        let data = fs::symlink_metadata(&path).expect("it is there");
        let mode = data.permissions().mode() & 0o777;
        // The home itself was made by the test; what is in it was not.
        if data.is_dir() {
            assert!(
                mode == 0o700 || path == world.home(),
                "{} has mode {mode:o}",
                path.display()
            );
            look.extend(
                fs::read_dir(&path)
                    .expect("it can be read")
                    .flatten()
                    .map(|entry| entry.path()),
            );
        } else {
            assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
        }
    }
}

#[test]
fn after_a_reboot_what_ran_is_interrupted_and_no_stranger_is_touched() {
    let world = World::new();
    let mut daemon = world.daemon().start();
    let id = world.post_task(json!({"command": world.agent(&["--forever"])}));
    let supervisor = world.supervisor(id);
    world.program_of(id);
    daemon.signal(Signal::KILL);
    daemon.wait_for_death(PATIENCE);
    processes::send(supervisor, Signal::KILL);
    wait_until("nothing of it is left", PATIENCE, || world.processes_of(id).is_empty());
    // What a reboot looks like: another boot, and the old numbers belong to strangers.
    let stranger = world.program("sleep").arg("1000").spawn();
    for file in attempt_files(&world, id, "started.json") {
        rewrite(&file, |mut started| {
            replace(&mut started, "boot_id", &json!("00000000-0000-4000-8000-000000000000"));
            replace(&mut started, "boot", &json!("00000000-0000-4000-8000-000000000000"));
            replace(&mut started, "pid", &json!(stranger.pid()));
            started
        });
    }
    let _daemon = world.daemon().start();
    assert_eq!(world.finish(id)["state"], "interrupted");
    assert!(processes::is_alive(stranger.pid()));
}

#[test]
fn a_pid_that_now_belongs_to_a_stranger_is_never_signalled() {
    let world = World::new();
    let daemon = world.daemon().start();
    let id = world.post_task(json!({"command": world.agent(&["--forever"])}));
    let supervisor = world.supervisor(id);
    world.program_of(id);
    daemon.crash();
    processes::send(supervisor, Signal::KILL);
    wait_until("nothing of it is left", PATIENCE, || world.processes_of(id).is_empty());
    let stranger = world.program("sleep").arg("1000").without_env("TEST_WORLD").spawn();
    for file in attempt_files(&world, id, "started.json") {
        rewrite(&file, |mut started| {
            replace(&mut started, "pid", &json!(stranger.pid()));
            started
        });
    }
    let _daemon = world.daemon().start();
    assert_eq!(world.finish(id)["state"], "interrupted");
    assert!(processes::is_alive(stranger.pid()));
}
