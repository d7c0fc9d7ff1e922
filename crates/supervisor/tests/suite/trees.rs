//! Whole trees: what escapes, what ignores, what forks on. In both ways of killing.

use longhaul_supervisor::{End, LeftoverAction, Leftovers, kill_mode};

use crate::world::{World, eventually, is_alive, kill};

fn in_both_modes(story: impl Fn(World), script: &str) {
    if matches!(kill_mode::available(), kill_mode::Available::Cgroup { .. }) {
        story(World::script(script));
    }
    story(World::script(script).sweeping());
}

#[test]
fn a_grandchild_that_holds_the_pipe_does_not_hold_the_attempt() {
    in_both_modes(
        |world| {
            let receipt = world.run();
            assert_eq!(receipt.end, End::Exited { code: 0 });
            assert_eq!(receipt.leftovers.len(), 1);
            assert_eq!(receipt.leftovers[0].command, "sleep");
            assert_eq!(receipt.leftovers[0].action, LeftoverAction::Stopped);
            assert!(receipt.total_duration_us < 2_000_000, "{}", receipt.total_duration_us);
            assert_eq!(world.stdout(), "done\n");
        },
        "sleep 1000 & echo done",
    );
}

#[test]
fn a_leftover_that_ignores_the_request_is_killed() {
    in_both_modes(
        |world| {
            let receipt = world.run();
            assert_eq!(receipt.end, End::Exited { code: 0 });
            assert!(
                receipt.leftovers.iter().any(|one| one.action == LeftoverAction::Killed),
                "{:?}",
                receipt.leftovers
            );
        },
        "sh -c 'trap \"\" TERM; touch ready; while :; do sleep 0.2; done' & while [ ! -e ready ]; do sleep 0.01; done",
    );
}

#[test]
fn a_leftover_may_be_kept_and_is_listed() {
    let world = World::script("sleep 1000 > /dev/null 2>&1 & echo $! > pid")
        .with(|spec| (spec.leftovers, spec.private_tmp) = (Leftovers::Keep, true));
    let receipt = world.run();
    let pid: i32 = world.text("pid").unwrap().trim().parse().unwrap();
    assert_eq!(receipt.leftovers.len(), 1);
    assert_eq!(
        (receipt.leftovers[0].pid, receipt.leftovers[0].action),
        (pid, LeftoverAction::Kept)
    );
    assert!(is_alive(pid));
    if let kill_mode::Available::Cgroup { path } = kill_mode::available() {
        let started = longhaul_supervisor::AttemptFolder::at(world.folder())
            .started()
            .unwrap()
            .unwrap();
        let prefix = format!("longhaul-7-3-{}-", started.identity.pid);
        let names = std::fs::read_dir(path)
            .unwrap()
            .flatten()
            .map(|entry| entry.file_name());
        let left: Vec<_> = names
            .filter(|name| name.to_string_lossy().starts_with(&prefix))
            .collect();
        assert!(left.is_empty(), "its control group is gone: {left:?}");
    }
    kill(pid, "KILL");
    eventually("the kept process's end", || (!is_alive(pid)).then_some(()));
}

const ESCAPEE: &str = "(setsid sh -c 'trap \"\" TERM INT HUP; (setsid sh -c \"trap \\\"\\\" TERM INT HUP; touch ready; while :; do sleep 0.2; done\" &) ; while :; do sleep 0.2; done' > /dev/null 2>&1 &); while [ ! -e ready ]; do sleep 0.01; done;";

#[test]
fn a_double_forked_escapee_is_gone_before_the_receipt() {
    in_both_modes(
        |world| {
            let receipt = world.run();
            assert_eq!(receipt.end, End::Exited { code: 0 });
            assert_eq!(world.processes(), Vec::<i32>::new());
            assert!(
                receipt
                    .leftovers
                    .iter()
                    .filter(|one| one.action == LeftoverAction::Killed)
                    .count()
                    >= 2
            );
        },
        ESCAPEE,
    );
}

#[test]
fn a_stop_takes_the_escapees_too() {
    in_both_modes(
        |world| {
            let running = world.start();
            running.made("ready");
            running.stop_with(|request| request.ladder = Some(Vec::new()));
            let receipt = running.receipt();
            assert!(
                matches!(receipt.end, End::Stopped { exit: Some(_) }),
                "{:?}",
                receipt.end
            );
            assert_eq!(world.processes(), Vec::<i32>::new());
        },
        &format!("{ESCAPEE} sleep 1000"),
    );
}

#[test]
fn a_tree_that_forks_on_is_gone() {
    in_both_modes(
        |world| {
            // Each starts two of itself and ends, so that no number lives for long; `hops` bounds it.
            world.write(
                "hop.sh",
                "trap '' TERM INT\n[ -e off ] && exit\necho >> hops\n[ $(wc -l < hops) -gt 4000 ] && exec sleep 1000\nsh hop.sh &\n",
            );
            let running = world.start();
            running.made("hops");
            eventually("some hops", || (world.text("hops")?.len() > 50).then_some(()));
            running.stop_with(|request| request.ladder = Some(Vec::new()));
            let receipt = running.receipt();
            assert!(matches!(receipt.end, End::Stopped { .. }), "{:?}", receipt.end);
            assert_eq!(world.processes(), Vec::<i32>::new());
        },
        "sh hop.sh > /dev/null 2>&1 & sleep 1000",
    );
}

#[test]
fn a_broad_tree_is_gone() {
    in_both_modes(
        |world| {
            let running = world.start();
            running.made("ready");
            running.stop_with(|request| request.ladder = Some(Vec::new()));
            running.receipt();
            assert_eq!(world.processes(), Vec::<i32>::new());
        },
        "i=0; while [ $i -lt 150 ]; do sleep 1000 & i=$((i+1)); done; touch ready; wait",
    );
}

#[test]
fn a_control_group_is_removed_after() {
    if let kill_mode::Available::Cgroup { path } = kill_mode::available() {
        let world = World::script("cat /proc/self/cgroup");
        world.run();
        let group = world
            .stdout()
            .lines()
            .find_map(|line| line.strip_prefix("0::/").map(str::to_owned))
            .unwrap();
        let name = std::path::Path::new(&group).file_name().unwrap().to_owned();
        assert!(name.to_str().unwrap().starts_with("longhaul-7-3-"), "{group}");
        assert!(!path.join(name).exists());
    }
}
