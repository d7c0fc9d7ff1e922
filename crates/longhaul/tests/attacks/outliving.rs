//! By outliving the task, ending its supervisor, or being in a sandbox of one's own.

use longhaul_testkit::{PATIENCE, Signal, processes, wait_until};

use crate::ground::{Ground, grounds};

#[test]
fn a_task_with_fewer_rights_may_not_leave_processes_behind() {
    for ground in grounds() {
        let binary = ground.path("longhaul");
        for access in ["--read-only", "--write"] {
            let script = format!("{binary} run --read-only --leftovers keep -- true 2>&1; echo $?");
            let id = ground.submit(&[access], &script);
            ground.finish(id);
            let said = ground.output(id);
            assert!(
                said.contains("may not leave processes running") && said.ends_with("125\n"),
                "{said}"
            );
        }
        ground.holds(2);
    }
}

#[test]
fn what_a_reader_leaves_running_stays_a_reader() {
    for ground in grounds() {
        let (outside, _) = ground.outside();
        let intruder = ground.path("intruder");
        let script = format!(
            "{intruder} wait-and-ask $PPID \"$LONGHAUL_SOCKET\" '{outside}' < /dev/null > /dev/null 2>&1 & exit 0"
        );
        let id = ground.submit(&["--read-only", "--leftovers", "keep"], &script);
        assert_eq!(ground.finish(id)["state"], "completed");
        ground.holds(1);
    }
}

#[test]
fn a_leftover_is_known_without_a_namespace_of_its_own_too() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("SKIPPED: a machine without user namespaces, which only root can arrange");
        return;
    }
    let ground = Ground::of(None);
    ground.configure("trusted_containers = [\"/\"]\n");
    let script = format!(
        "echo 0 > /proc/sys/user/max_user_namespaces; exec {} daemon run",
        ground.path("longhaul")
    );
    let daemon = ground
        .world
        .program("/usr/bin/unshare")
        .args(["--user", "--map-root-user", "sh", "-c", &script])
        .spawn();
    wait_until("the daemon answers", PATIENCE, || ground.world.is_answering());
    let (outside, _) = ground.outside();
    let script = format!(
        "{} wait-and-ask $PPID \"$LONGHAUL_SOCKET\" '{outside}' < /dev/null > /dev/null 2>&1 & exit 0",
        ground.path("intruder")
    );
    let id = ground.submit(&["--read-only", "--leftovers", "keep"], &script);
    let task = ground.finish(id);
    assert_eq!(task["enforcement"], "kernel-partial", "{task:#}");
    ground.holds(1);
    ground.longhaul(&["daemon", "stop"]).run().ok();
    drop(daemon);
}

#[test]
fn a_reader_sets_its_own_limits_and_nobody_elses() {
    for ground in grounds() {
        let script = format!("{} limit-parent; ulimit -n 64 && ulimit -n", ground.path("intruder"));
        let id = ground.submit(&["--read-only"], &script);
        let task = ground.finish(id);
        assert_eq!(task["state"], "completed", "{task:#}");
        let said = ground.output(id);
        assert!(
            said.starts_with("Operation not permitted") && said.ends_with("64\n"),
            "{said}"
        );
    }
}

#[test]
fn whoever_ends_its_supervisor_has_nobodys_rights_afterwards() {
    for ground in grounds() {
        let (outside, _) = ground.outside();
        let mut ways = vec![("--read-only", "limit"), ("--write", "kill"), ("--write", "limit")];
        if ground.owner.is_none() && rustix::process::geteuid().is_root() {
            // Root takes the mark off that others cannot. It is a race with the daemon, so it is run several times.
            ways.extend([("--write", "kill-unmarked"); 5]);
        }
        let tasks = ways.len();
        for (access, way) in ways {
            let intruder = ground.path("intruder");
            let script = format!("exec {intruder} outlive {way} \"$LONGHAUL_SOCKET\" '{outside}'");
            let id = ground.submit(&[access, "--timeout", "4s"], &script);
            let task = ground.finish(id);
            assert_ne!(task["state"], "completed", "{access} {way}: {task:#}");
        }
        ground.holds(tasks);
    }
}

#[test]
fn when_somebody_else_kills_a_readers_supervisor_what_is_left_has_nobodys_rights() {
    for ground in grounds() {
        let (outside, _) = ground.outside();
        let intruder = ground.path("intruder");
        // Its first process dies with the supervisor; the second one does not.
        let script = format!(
            "(exec env -i {intruder} wait-and-ask $PPID \"$LONGHAUL_SOCKET\" '{outside}' < /dev/null > /dev/null 2>&1) & \
             sleep 60"
        );
        let id = ground.submit(&["--read-only"], &script);
        let supervisor = || {
            let all = processes::within(ground.world.root());
            all.into_iter()
                .find(|one| one.supervises().is_some_and(|(task, _)| task == id))
        };
        wait_until("its supervisor is there", PATIENCE, || {
            ground.is_running(id) && supervisor().is_some()
        });
        let supervisor = supervisor().expect("it was there");
        assert!(processes::send(supervisor.pid, Signal::KILL));
        assert_eq!(ground.finish(id)["state"], "interrupted");
        ground.holds(1);
    }
}

#[test]
fn a_container_is_refused_until_it_is_named() {
    for ground in grounds() {
        ground.longhaul(&["list"]).run().ok();
        let enclosed = |words: &[&str]| {
            let unshare = ["unshare", "--user", "--map-current-user"].map(str::to_owned);
            let mut all = ground.words("longhaul");
            let program = all.pop().expect("the program is the last word");
            all.extend(unshare);
            ground
                .world
                .program(&all[0])
                .args(&all[1..])
                .arg(program)
                .args(words)
                .run()
        };
        let refused = enclosed(&["run", "-d", "--", "true"]);
        assert_ne!(refused.code, Some(0));
        assert!(refused.talk().contains("trusted_containers"), "{}", refused.talk());
        ground.longhaul(&["daemon", "stop"]).run().ok();
        ground.configure("trusted_containers = [\"/\"]\n");
        ground.longhaul(&["list"]).run().ok();
        enclosed(&["run", "--", "true"]).ok();
        assert_eq!(ground.tasks().len(), 1);
    }
}
