//! From one home of a user into another.

use std::fs;

use longhaul_testkit::{PATIENCE, World, wait_until};

use crate::ground::grounds;

#[test]
fn the_other_homes_of_a_user_are_closed_to_its_readers() {
    for ground in grounds() {
        let (outside, _) = ground.outside();
        let other = ground.path("other");
        let at_home = |words: &[&str]| ground.longhaul(words).env("LONGHAUL_HOME", &other);
        at_home(&["run", "--env", "SECRET=precious", "--", "true"]).run().ok();
        at_home(&["token", "show"]).run().ok();
        let (binary, intruder) = (ground.path("longhaul"), ground.path("intruder"));
        let script = format!(
            "cat {other}/state/token {other}/state/longhaul.db; ls -A {other}/state {other}/run; cd {other}/state && ls -A; \
             {intruder} ask {other}/run/longhaul.sock '{outside}'; \
             env -u LONGHAUL_SOCKET -u LONGHAUL_TASK_ID -u LONGHAUL_TOKEN LONGHAUL_HOME={other} {binary} run -- {outside}"
        );
        for folder in ["", "other/state", "other/state/worktrees"] {
            let id = ground.submit(
                &["--read-only", "-C", &ground.path(folder)],
                &format!("({script}) 2> /dev/null; true"),
            );
            let task = ground.finish(id);
            let said = ground.output(id);
            let names: Vec<&str> = said
                .lines()
                .filter(|line| !line.is_empty() && !line.starts_with("none "))
                .collect();
            assert!(
                names.iter().all(|line| line.starts_with(&other)),
                "{folder}: {said}\n{task:#}"
            );
        }
        let tasks = at_home(&["list", "--all", "--json"]).run().ok().json();
        assert_eq!(tasks["tasks"].as_array().map(Vec::len), Some(1), "{tasks:#}");
        at_home(&["daemon", "stop"]).run().ok();
        let after = ground.submit(&["--read-only"], &format!("cat {other}/state/token 2> /dev/null; true"));
        ground.finish(after);
        assert_eq!(ground.output(after), "", "its daemon is not needed for that");
        let (_, file) = ground.outside();
        assert!(!file.exists());
    }
}

#[test]
fn another_daemon_of_the_same_user_refuses_a_reader_by_itself() {
    for ground in grounds() {
        let other = ground.path("other");
        let at_home = |words: &[&str]| ground.longhaul(words).env("LONGHAUL_HOME", &other);
        at_home(&["list"]).run().ok();
        ground.configure(&format!("allowed_sockets = [\"{other}/run\"]\n"));
        let (outside, _) = ground.outside();
        let script = format!("{} ask {other}/run/longhaul.sock '{outside}'", ground.path("intruder"));
        let id = ground.submit(&["--read-only"], &script);
        ground.finish(id);
        assert!(ground.output(id).starts_with("403 "), "{}", ground.output(id));
        let tasks = at_home(&["list", "--all", "--json"]).run().ok().json();
        assert_eq!(tasks["tasks"].as_array().map(Vec::len), Some(0), "{tasks:#}");
        at_home(&["daemon", "stop"]).run().ok();
        ground.holds(1);
    }
}

#[test]
fn a_daemons_socket_is_known_to_the_kernel_by_the_name_it_has() {
    let world = World::new();
    world.api();
    let socket = world.socket().expect("it listens").display().to_string();
    let names = || fs::read_to_string("/proc/net/unix").expect("it can be read");
    assert!(names().lines().any(|line| line.ends_with(&socket)));
    fs::remove_file(&socket).expect("the world is ours");
    wait_until("it is made anew", PATIENCE, || world.is_answering());
    assert!(names().lines().any(|line| line.ends_with(&socket)));
}

#[test]
fn a_client_sends_nothing_to_another_users_daemon() {
    for ground in grounds().into_iter().filter(|ground| ground.owner.is_some()) {
        ground.longhaul(&["list"]).run().ok();
        let socket = ground.path("home/run/longhaul.sock");
        let call = ground
            .world
            .longhaul(["run", "--", "true"])
            .env("LONGHAUL_SOCKET", &socket);
        let refused = call.run();
        refused.expect(125);
        assert!(
            refused.talk().contains("another user listens there"),
            "{}",
            refused.talk()
        );
        assert_eq!(ground.tasks().len(), 0);
    }
}
