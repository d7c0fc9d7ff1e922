//! The executor that clones: progress while it runs, a whole repository or none, and no secret shown.

use longhaul_testkit::{PATIENCE, World, processes, wait_until};
use serde_json::json;

/// A repository with a few commits; its path.
fn repository(world: &World) -> String {
    let script = "git init -q -b main source && cd source && for i in 1 2 3; do echo $i > file$i; git add .; \
                  git -c user.name=n -c user.email=e@x.example commit -q -m $i; done";
    world.program("sh").args(["-c", script]).run().ok();
    world.path("source").display().to_string()
}

/// A `git` in the world's own PATH that runs the real one after `script`.
fn git_with(world: &World, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let bin = world.root().join("bin");
    std::fs::create_dir_all(&bin).expect("the world can be written");
    let text = format!("#!/bin/sh\n{script}\nPATH=${{PATH#*:}} exec git \"$@\"\n");
    std::fs::write(bin.join("git"), text).expect("the world can be written");
    std::fs::set_permissions(bin.join("git"), std::fs::Permissions::from_mode(0o755)).expect("it is ours");
}

#[test]
fn a_clone_is_a_whole_repository() {
    let world = World::new();
    let source = repository(&world);
    world.longhaul(["clone", &source, "copy"]).run().ok();
    assert_eq!(
        std::fs::read_to_string(world.path("copy/file3")).expect("it was cloned"),
        "3\n"
    );
    let log = world
        .program("git")
        .args(["-C", "copy", "log", "--oneline"])
        .run()
        .ok()
        .text();
    assert_eq!(log.lines().count(), 3);
    let task = world.task(1);
    assert_eq!((&task["kind"], &task["state"]), (&json!("clone"), &json!("completed")));
    let head = world
        .program("git")
        .args(["-C", "copy", "rev-parse", "HEAD"])
        .run()
        .ok()
        .text();
    assert_eq!(
        task["data"],
        json!({ "commit": head.trim(), "branch": "main", "files": 3 })
    );
    assert_eq!(task["payload"], json!({ "url": source, "dir": world.path("copy") }));
    let left: Vec<_> = std::fs::read_dir(world.path(""))
        .expect("it can be read")
        .flatten()
        .collect();
    assert_eq!(left.len(), 2, "nothing but source and copy: {left:?}");
    world.check_truth();
}

#[test]
fn without_a_folder_the_url_names_it() {
    let world = World::new();
    repository(&world);
    world
        .program("git")
        .args(["clone", "-q", "--bare", "source", "bare/project.git"])
        .run()
        .ok();
    let url = format!("file://{}", world.path("bare/project.git").display());
    world.longhaul(["clone", &url]).run().ok();
    assert!(world.path("project/file1").exists());
    world.longhaul(["clone", &format!("{url}/")]).run().expect(1);
}

#[test]
fn over_http_a_clone_is_a_task_like_any_other() {
    let world = World::new();
    let source = repository(&world);
    let dir = world.path("copy").display().to_string();
    let id = world.post_task(json!({"kind": "clone", "url": source, "dir": dir}));
    assert_eq!(world.finish(id)["state"], "completed");
    assert!(world.path("copy/file1").exists());
    // A relative folder lies in the task's own.
    let id = world.post_task(json!({"kind": "clone", "url": source, "dir": "beside"}));
    assert_eq!(world.finish(id)["state"], "completed");
    assert!(world.path("beside/file1").exists());
}

#[test]
fn a_clone_that_fails_leaves_nothing_behind_and_says_why() {
    let world = World::new();
    let ran = world
        .longhaul(["clone", &world.path("no-such-source").display().to_string(), "copy"])
        .run();
    assert_ne!(ran.code, Some(0));
    let task = world.task(1);
    assert_eq!(task["state"], "failed");
    assert!(!world.path("copy").exists());
    assert_eq!(std::fs::read_dir(world.path("")).expect("it can be read").count(), 0);
    let logs = world.longhaul(["logs", "1"]).run().ok().text();
    assert!(logs.contains("no-such-source"), "{logs}");
}

#[test]
fn a_folder_that_is_in_use_is_refused_and_untouched() {
    let world = World::new();
    let source = repository(&world);
    std::fs::create_dir(world.path("copy")).expect("the world can be written");
    std::fs::write(world.path("copy/precious"), "mine").expect("the world can be written");
    let ran = world.longhaul(["clone", &source, "copy"]).run();
    assert_ne!(ran.code, Some(0));
    assert_eq!(
        std::fs::read_to_string(world.path("copy/precious")).expect("it is still there"),
        "mine"
    );
    assert_eq!(
        std::fs::read_dir(world.path("copy")).expect("it can be read").count(),
        1
    );
    for task in world.tasks() {
        assert_eq!(task["state"], "failed");
    }
    std::fs::create_dir(world.path("empty")).expect("the world can be written");
    world.longhaul(["clone", &source, "empty"]).run().ok();
    assert!(world.path("empty/file1").exists());
}

#[test]
fn a_canceled_clone_leaves_nothing_behind() {
    let world = World::new();
    let source = repository(&world);
    // The transfer has begun, and then hangs.
    let work = world.path("").display().to_string();
    git_with(
        &world,
        &format!(
            "case \"$*\" in *clone*) for last; do :; done; mkdir -p \"$last/.git\"; touch {work}up; sleep 1000;; esac"
        ),
    );
    let call = world.longhaul(["clone", &source, "copy"]).spawn();
    wait_until("it hangs", PATIENCE, || world.path("up").exists());
    world.longhaul(["cancel", "1"]).run().ok();
    call.wait().expect(130);
    let left: Vec<_> = std::fs::read_dir(world.path(""))
        .expect("it can be read")
        .flatten()
        .map(|e| e.file_name())
        .collect();
    assert_eq!(left.len(), 2, "nothing but source and up: {left:?}");
    world.check_truth();
}

#[test]
fn a_clone_whose_supervisor_dies_leaves_no_half_repository_and_a_retry_succeeds() {
    let world = World::new();
    let source = repository(&world);
    let work = world.path("").display().to_string();
    git_with(
        &world,
        &format!(
            "case \"$*\" in *clone*) if [ ! -e {work}up ]; then for last; do :; done; mkdir -p \"$last/.git\"; \
             touch {work}up; sleep 1000; fi;; esac"
        ),
    );
    let call = world.longhaul(["clone", &source, "copy"]).spawn();
    wait_until("it hangs", PATIENCE, || world.path("up").exists());
    processes::send(world.supervisor(1), longhaul_testkit::Signal::KILL);
    call.wait().expect(75);
    assert!(!world.path("copy/.git").exists(), "a half-cloned folder is left");
    let new = world.longhaul(["retry", "1", "--json"]).run().ok().json()["task_id"]
        .as_u64()
        .expect("an id");
    assert_eq!(world.finish(new)["state"], "completed");
    assert!(world.path("copy/file3").exists());
    world.check_truth();
}

#[test]
fn credentials_in_the_url_are_never_shown() {
    let world = World::new();
    let url = "http://user:s3cr3t-token@127.0.0.1:1/project.git";
    let ran = world.longhaul(["clone", url, "copy"]).run();
    assert_ne!(ran.code, Some(0));
    world.finish(1);
    let mut shown = format!("{}{}", ran.text(), ran.talk());
    for arguments in [
        vec!["list"],
        vec!["list", "--json"],
        vec!["status", "1"],
        vec!["status", "1", "--json"],
        vec!["logs", "1"],
        vec!["result", "1"],
        vec!["export"],
    ] {
        let ran = world.longhaul(&arguments).run();
        shown += &format!("{}{}", ran.text(), ran.talk());
    }
    for target in ["/api/v1/tasks/1", "/api/v1/tasks/1/history", "/api/v1/tasks/1/result"] {
        shown += &world.api().get(target).text();
    }
    assert!(!shown.contains("s3cr3t-token"), "{shown}");
}

#[test]
fn a_url_that_git_would_read_as_an_option_is_refused() {
    let world = World::new();
    let ran = world
        .longhaul(["clone", "--", "--upload-pack=touch pwned", "copy"])
        .run();
    ran.expect(2);
    let dir = world.path("copy").display().to_string();
    let spec = world.spec(json!({"kind": "clone", "url": "--upload-pack=touch pwned", "dir": dir}));
    world.api().post("/api/v1/tasks", &spec).expect_problem(400);
    assert!(world.tasks().is_empty());
    assert!(!world.path("pwned").exists());
}
