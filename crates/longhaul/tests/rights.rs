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

/// Asks for a new limit in the name of a process that is gone when the daemon looks: it connects, leaves the connection to
/// its child, and ends.
const GONE: &str = r#"
use IO::Socket::UNIX;
my $socket = IO::Socket::UNIX->new(Type => SOCK_STREAM(), Peer => $ENV{LONGHAUL_SOCKET}) or die "no connection: $!";
my $parent = $$;
if (fork()) { exit 0 }
sleep 1 while getppid() == $parent || -e "/proc/$parent";
my $body = '{"limit":9}';
print $socket "PATCH /api/v1/queues/default HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    . "Content-Length: " . length($body) . "\r\nConnection: close\r\n\r\n$body";
$socket->flush;
my $status = <$socket>;
open my $told, '>', 'told.part'; print $told $status; close $told;
rename 'told.part', 'told';
"#;

#[test]
fn a_process_that_is_gone_when_it_is_looked_at_has_nobodys_rights() {
    let world = World::new();
    fs::write(world.path("gone.pl"), GONE).expect("the world is ours");
    let script = "perl gone.pl; until test -e told; do sleep 0.05; done; cat told";
    let writer = world.submit_script(&["--write"], script);
    assert_eq!(world.finish(writer)["state"], "completed");
    assert!(
        world.output(writer).starts_with(b"HTTP/1.1 403 "),
        "{}",
        String::from_utf8_lossy(&world.output(writer))
    );
}

#[test]
fn a_process_far_below_its_task_is_inside_of_it() {
    let world = World::new();
    let binary = longhaul(&world);
    let script = format!(
        "cat > deep <<'END'\nif test \"$1\" -gt 0; then sh deep $(($1 - 1)); true; else {binary} limit default 9 2>/dev/null || echo refused; fi\nEND\nsh deep 80"
    );
    let writer = world.submit_script(&["--write"], &script);
    assert_eq!(world.finish(writer)["state"], "completed");
    assert_eq!(String::from_utf8_lossy(&world.output(writer)), "refused\n");
}

#[test]
fn what_stands_around_a_readers_child_is_not_the_readers_to_choose() {
    let world = World::new();
    let mine = world.path("mine");
    fs::create_dir(&mine).expect("the world is ours");
    let binary = longhaul(&world);
    let script = format!(
        "export PATH=/nowhere GIT_EXEC_PATH=/nowhere LD_BIND_NOW=1 OTHER=own BASH_ENV=/nowhere
         {binary} run --read-only -- /bin/sh -c 'echo $PATH ${{GIT_EXEC_PATH-none}} ${{LD_BIND_NOW-none}} ${{BASH_ENV-none}} $OTHER'"
    );
    world.set_env("PATH", "/usr/local/bin:/usr/bin:/bin");
    let reader = world.submit(&["--read-only"], &["/bin/sh", "-c", &script]);
    assert_eq!(world.finish(reader)["state"], "completed");
    assert_eq!(
        String::from_utf8_lossy(&world.output(reader)),
        "/usr/local/bin:/usr/bin:/bin none none none own\n"
    );
}

#[test]
fn a_restricted_task_has_no_repository_reviewed_and_resumes_no_session_but_its_own() {
    let world = World::new();
    let shop = folder(&world, "shop");
    let other = folder(&world, "other");
    let config = "[agents.mine]\ncommand = [\"true\"]\nread_only = [\"--look\"]\n";
    fs::write(world.home().join("config.toml"), config).expect("the configuration");
    let binary = longhaul(&world);
    let script = format!(
        "{binary} review --agent mine -C {other} 2>&1 | grep -o 'may have its own workspace reviewed'
         {binary} run -d --agent mine --resume some-session -- more 2>&1 | grep -o 'its own descendants only'; true"
    );
    let writer = world.submit_script(&["--write", "-C", &shop], &script);
    assert_eq!(world.finish(writer)["state"], "completed");
    assert_eq!(
        String::from_utf8_lossy(&world.output(writer)),
        "may have its own workspace reviewed\nits own descendants only\n"
    );
}
