//! What a process inside a task may ask of the API, by the socket, over TCP, and with the task's own token.

use std::fs;
use std::path::Path;

use longhaul_testkit::{PATIENCE, World, wait_until};

fn folder(world: &World, name: &str) -> String {
    let path = world.path(name);
    fs::create_dir_all(path.join(".git")).expect("the world is ours");
    fs::write(path.join(".git/HEAD"), "ref: refs/heads/main\n").expect("the world is ours");
    path.display().to_string()
}

fn longhaul(world: &World) -> String {
    world.binary().display().to_string()
}

#[test]
fn a_process_inside_a_writer_may_do_no_more_than_look_after_its_own() {
    let world = World::new();
    let shop = folder(&world, "shop");
    let other = folder(&world, "other");
    let stranger = world.submit(&["--hold"], &["true"]);
    let refused = [
        "run -d -- true".to_owned(),
        format!("run -d --write -C {other} -- true"),
        format!("status {stranger}"),
        format!("result {stranger}"),
        format!("cancel {stranger}"),
        format!("edit {stranger} --priority 3"),
        format!("release {stranger}"),
        format!("retry {stranger}"),
        format!("redispatch {stranger}"),
        "list".to_owned(),
        "limit default 9".to_owned(),
        "pause".to_owned(),
        "prune".to_owned(),
        "daemon stop".to_owned(),
    ];
    let script = format!(
        "for words in {}; do {} $words >/dev/null 2>>refusals && echo \"allowed: $words\"; done; true",
        refused
            .iter()
            .map(|words| format!("'{words}'"))
            .collect::<Vec<_>>()
            .join(" "),
        longhaul(&world)
    );
    let writer = world.submit_script(&["--write", "-C", &shop], &script);
    assert_eq!(world.finish(writer)["state"], "completed");
    assert_eq!(String::from_utf8_lossy(&world.output(writer)), "");
    let refusals = std::fs::read_to_string(Path::new(&shop).join("refusals")).expect("it was written");
    assert!(refusals.matches("may ").count() >= refused.len(), "{refusals}");
    assert_eq!(world.tasks().len(), 2);
    assert_eq!(world.state(stranger), "waiting");
    world.acknowledge(stranger);
    world.longhaul(["cancel", &stranger.to_string()]).run().ok();
}

#[test]
fn an_unmanaged_task_has_its_users_rights() {
    let world = World::new();
    let stranger = world.submit(&["--hold"], &["true"]);
    let script = format!("{} cancel {stranger}", longhaul(&world));
    let task = world.submit_script(&[], &script);
    assert_eq!(world.finish(task)["state"], "completed");
    assert_eq!(world.state(stranger), "canceled");
}

#[test]
fn over_tcp_a_process_inside_a_writer_has_its_rights_whatever_it_presents() {
    let world = World::new();
    let address = world.api().get("/api/v1/daemon").expect(200)["http"]
        .as_str()
        .expect("it listens on TCP")
        .to_owned();
    let ask = |token: &str| {
        format!(
            "node -e 'fetch(\"{address}/api/v1/tasks\", {{headers: {{authorization: \"Bearer \" + {token}}}}})\
             .then(a => console.log(a.status))'"
        )
    };
    let script = format!(
        "{}; {}; {}",
        ask(&format!("\"{}\"", world.token())),
        ask("process.env.LONGHAUL_TOKEN"),
        ask("\"0123456789abcdef\"")
    );
    let writer = world.submit_script(&["--write"], &script);
    assert_eq!(world.finish(writer)["state"], "completed");
    assert_eq!(String::from_utf8_lossy(&world.output(writer)), "403\n403\n401\n");
    let unmanaged = world.submit_script(&[], &script);
    assert_eq!(world.finish(unmanaged)["state"], "completed");
    assert_eq!(String::from_utf8_lossy(&world.output(unmanaged)), "200\n200\n401\n");
}

#[test]
fn a_tasks_own_token_gives_its_rights_to_whoever_holds_it_and_ends_with_it() {
    let world = World::new();
    let gate = world.path("gate").display().to_string();
    let told = world.path("token").display().to_string();
    let script =
        format!("echo $LONGHAUL_TOKEN > {told}.part; mv {told}.part {told}; while ! test -e {gate}; do :; done");
    let writer = world.submit_script(&["--write"], &script);
    wait_until("the token is told", PATIENCE, || Path::new(&told).exists());
    let token = fs::read_to_string(&told).expect("it was written");
    let holder = world
        .stranger()
        .with_header("Authorization", &format!("Bearer {}", token.trim()));
    assert_eq!(holder.get("/api/v1/tasks").status, 403);
    assert_eq!(holder.get(&format!("/api/v1/tasks/{writer}")).status, 200);
    world.open_gate("gate");
    world.finish(writer);
    assert_eq!(holder.get(&format!("/api/v1/tasks/{writer}")).status, 401);
}
