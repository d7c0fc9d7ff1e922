//! Read-only commands through the front door: kept so by the kernel, told so to people, and with one way to the daemon.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use longhaul_testkit::{PATIENCE, World, wait_until};
use serde_json::Value;

fn longhaul(world: &World) -> String {
    world.binary().display().to_string()
}

/// Whether the tests run as root; what only root can arrange is left out otherwise, loudly.
fn is_root(what: &str) -> bool {
    let is_root = fs::metadata("/proc/self").is_ok_and(|facts| facts.uid() == 0);
    if !is_root {
        eprintln!("SKIPPED: {what}, which only root can arrange");
    }
    is_root
}

fn output(world: &World, id: u64) -> String {
    String::from_utf8_lossy(&world.output(id)).into_owned()
}

fn detail(task: &Value) -> &str {
    task["enforcement_detail"].as_str().unwrap_or_default()
}

#[test]
fn a_read_only_command_writes_nowhere_but_in_its_own_folder_and_everybody_is_told_who_sees_to_it() {
    let world = World::new();
    fs::write(world.path("file"), "precious\n").expect("the world is ours");
    let script = "exec 2> /dev/null; cat file; echo lost > file || echo refused; touch \"$HOME/x\" || echo refused; \
                  echo kept > \"$TMPDIR/x\" && cat \"$TMPDIR/x\"; test -n \"$CARGO_TARGET_DIR\" && mkdir -p \"$CARGO_TARGET_DIR\" && echo built";
    let id = world.submit(&["--read-only"], &["sh", "-c", script]);
    let task = world.finish(id);
    assert_eq!(task["state"], "completed", "{task:#}");
    assert_eq!(output(&world, id), "precious\nrefused\nrefused\nkept\nbuilt\n");
    assert_eq!(
        fs::read_to_string(world.path("file")).expect("it is there"),
        "precious\n"
    );
    assert_eq!(
        (&task["access"], &task["enforcement"]),
        (&"read-only".into(), &"kernel".into())
    );
    assert!(detail(&task).contains("Landlock"), "{task:#}");
    let page = world.longhaul(["status", &id.to_string()]).run().ok().text();
    assert_eq!(page.matches("kept by      kernel: ").count(), 1, "{page}");
    let findings = world.longhaul(["doctor"]).run().text();
    assert!(findings.contains("kept read-only by the kernel"), "{findings}");
}

#[test]
fn what_keeps_it_is_told_while_it_runs_and_not_before() {
    let world = World::new();
    let id = world.submit(
        &["--read-only", "--hold"],
        &["sh", "-c", "until test -e gate; do sleep 0.05; done"],
    );
    assert_eq!(world.task(id)["enforcement"], Value::Null);
    world.longhaul(["release", &id.to_string()]).run().ok();
    wait_until("the enforcement is told", PATIENCE, || {
        world.task(id)["enforcement"] == "kernel"
    });
    assert_eq!(world.task(id)["state"], "running");
    world.open_gate("gate");
    assert_eq!(world.finish(id)["enforcement"], "kernel");
}

#[test]
fn our_own_folders_look_empty_to_a_reader() {
    let world = World::new();
    fs::write(
        world.home().join("config.toml"),
        "[environment]\nSECRET = \"precious\"\n",
    )
    .expect("the world is ours");
    world.api();
    let other = world.submit(&["--env", "OTHER=secret"], &["true"]);
    world.finish(other);
    let home = world.home().display().to_string();
    let script = format!(
        "exec 2> /dev/null; cat {home}/state/token {home}/state/*.db {home}/state/attempts/*/*/spec.json; cat {home}/config.toml; \
         ls {home}/state/attempts; ls -A {home}/state/attempts/*/* | grep -v '^tmp$'; true"
    );
    let id = world.submit(&["--read-only"], &["sh", "-c", &script]);
    assert_eq!(world.finish(id)["state"], "completed");
    assert_eq!(
        output(&world, id),
        format!("{id}\n"),
        "only the way to its own temporary folder"
    );
}

#[test]
fn a_reader_can_delegate_reading_and_nothing_else() {
    let world = World::new();
    let victim = world.submit(&["--write", "--hold"], &["true"]);
    let done = world.submit(&[], &["true"]);
    world.finish(done);
    let binary = longhaul(&world);
    // With and without what tells a task who it is: the daemon knows its processes by their parents.
    let script = format!(
        "exec 2> /dev/null
         {binary} run --read-only -- sh -c 'touch x || echo the child reads too'
         for clean in '' '-u LONGHAUL_TASK_ID -u LONGHAUL_TOKEN'; do
             env $clean {binary} run --write -- true && echo wrote
             env $clean {binary} run -- true && echo unmanaged
             env $clean {binary} redispatch {done} && echo redispatched
             env $clean {binary} retry {done} && echo retried
             env $clean {binary} edit {victim} --priority 9 && echo edited
             env $clean {binary} release {victim} && echo released
             env $clean {binary} limit default 9 && echo limited
             env $clean {binary} land {victim} && echo landed
             env $clean {binary} token show && echo token
         done; true"
    );
    let reader = world.submit(&["--read-only"], &["sh", "-c", &script]);
    assert_eq!(world.finish(reader)["state"], "completed");
    assert_eq!(output(&world, reader), "the child reads too\n");
    assert_eq!(world.task(victim)["state"], "waiting");
    let child = world.task(reader + 1);
    assert_eq!(
        (&child["parent"], &child["enforcement"]),
        (&reader.into(), &"kernel".into())
    );
    world.longhaul(["cancel", &victim.to_string()]).run().ok();
}

#[test]
fn a_reader_that_awaits_finds_the_daemon_again_after_its_crash() {
    let world = World::new();
    let daemon = world.daemon().start();
    let script = format!(
        "{} run --read-only -- sh -c 'until test -e gate; do sleep 0.05; done; echo from the child'",
        longhaul(&world)
    );
    let reader = world.submit(&["--read-only"], &["sh", "-c", &script]);
    wait_until("the child runs", PATIENCE, || {
        world
            .tasks()
            .iter()
            .any(|task| task["id"] == reader + 1 && task["state"] == "running")
    });
    daemon.crash();
    let again = world.daemon().start();
    world.open_gate("gate");
    assert_eq!(world.finish(reader)["state"], "completed");
    assert_eq!(output(&world, reader), "from the child\n");
    again.stop();
}

#[test]
fn a_writer_in_a_worktree_cannot_touch_the_workspace_itself() {
    let world = World::new();
    let shop = world.path("shop");
    fs::create_dir(&shop).expect("the world is ours");
    fs::write(shop.join("file"), "precious\n").expect("the world is ours");
    let git = "git init -q -b main && git add . && git -c user.name=n -c user.email=e@example.org commit -qm first";
    world.program("/bin/sh").args(["-c", git]).cwd(&shop).run().ok();
    let shop = shop.display().to_string();
    let script = format!(
        "exec 2> /dev/null; echo mine > file; echo lost > {shop}/file || echo refused; touch {shop}/new || echo refused; \
         git add file && git -c user.name=n -c user.email=e@example.org commit -qm second && cat file; touch ../../../beside && echo free"
    );
    let id = world.submit(&["--worktree", "-C", &shop], &["sh", "-c", &script]);
    let task = world.finish(id);
    assert_eq!(task["state"], "completed", "{task:#}");
    assert_eq!(output(&world, id), "refused\nrefused\nmine\nfree\n", "{task:#}");
    assert_eq!(
        fs::read_to_string(world.path("shop/file")).expect("it is there"),
        "precious\n"
    );
    assert_eq!(task["enforcement"], Value::Null);
}

#[test]
fn a_clone_cannot_be_read_only() {
    let world = World::new();
    let spec = world.spec(serde_json::json!({
        "kind": "clone", "url": "/nowhere", "dir": world.path("target"), "access": "read-only",
    }));
    let told = world.api().post("/api/v1/tasks", &spec).expect_problem(400);
    assert_eq!(told, "bad-spec");
}

#[test]
fn where_namespaces_are_forbidden_it_says_so_and_nothing_runs_if_enforcement_is_required() {
    if !is_root("a machine without user namespaces") {
        return;
    }
    for (required, state) in [(false, "completed"), (true, "failed")] {
        let world = World::new();
        // The test itself is outside the daemon's user namespace, which has to be vouched for.
        let config = format!("require_enforcement = {required}\ntrusted_containers = [\"/\"]\n");
        fs::write(world.home().join("config.toml"), config).expect("the world is ours");
        let script = format!(
            "echo 0 > /proc/sys/user/max_user_namespaces; exec {} daemon run",
            longhaul(&world)
        );
        let daemon = world
            .program("/usr/bin/unshare")
            .args(["--user", "--map-root-user", "sh", "-c", &script])
            .spawn();
        wait_until("the daemon answers", PATIENCE, || world.is_answering());
        let id = world.submit(&["--read-only"], &["sh", "-c", "touch x || echo refused"]);
        let task = world.finish(id);
        assert_eq!(task["state"], state, "{task:#}");
        assert!(!world.path("x").exists());
        let findings = world.longhaul(["doctor"]).run().text();
        assert!(findings.contains("user namespaces"), "{findings}");
        if required {
            assert_eq!(task["outcome"]["reason"], "enforcement", "{task:#}");
            assert!(
                findings.contains("problem") && findings.contains("so they fail"),
                "{findings}"
            );
        } else {
            assert_eq!(task["enforcement"], "kernel-partial", "{task:#}");
            assert!(detail(&task).contains("no mount namespace"), "{task:#}");
        }
        world.longhaul(["daemon", "stop"]).run().ok();
        daemon.wait();
    }
}

#[test]
fn an_ordinary_user_gets_the_same() {
    const NOBODY: u32 = 65534;
    if !is_root("another user's daemon") {
        return;
    }
    let world = World::new();
    let binary = world.root().join("longhaul");
    fs::copy(world.binary(), &binary).expect("the world is ours");
    fs::set_permissions(&binary, fs::Permissions::from_mode(0o755)).expect("ours");
    give(world.root(), NOBODY);
    let script = "id -u; touch x || echo refused; chmod 700 . || echo refused; cat \"$LONGHAUL_HOME\"/state/token || echo hidden";
    let ran = world
        .program("/usr/bin/setpriv")
        .args([format!("--reuid={NOBODY}"), format!("--regid={NOBODY}")])
        .args(["--clear-groups", "--"])
        .arg(&binary)
        .args(["run", "--read-only", "--", "sh", "-c", script])
        .run();
    assert_eq!(ran.ok().text(), "65534\nrefused\nrefused\nhidden\n");
}

fn give(path: &Path, owner: u32) {
    std::os::unix::fs::lchown(path, Some(owner), Some(owner)).expect("we are root");
    if path.is_dir() && !path.is_symlink() {
        for entry in fs::read_dir(path).expect("it can be read").flatten() {
            give(&entry.path(), owner);
        }
    }
}
