//! Supervisors that are ended, killed, or never begin; and what strangers have to fear from us.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use longhaul_supervisor::{AttemptFolder, End, Found, Swept, launch, sweep};

use crate::world::{SUPERVISOR, World, eventually, is_alive, kill};

const TREE: &str = "(setsid sh -c 'trap \"\" TERM; touch ready; while :; do sleep 0.2; done' > /dev/null 2>&1 &); echo hello; exec sleep 1000";

#[test]
fn a_supervisor_told_to_end_ends_its_tree_and_says_lost() {
    for signal in ["TERM", "INT", "HUP", "QUIT"] {
        let world = World::script("touch ready; exec sleep 1000");
        let running = world.start();
        running.made("ready");
        kill(running.supervised.pid(), signal);
        match running.receipt().end {
            End::Lost { cause } => assert_eq!(cause, format!("the supervisor received SIG{signal}")),
            other => panic!("{other:?}"),
        }
        assert_eq!(world.processes(), Vec::<i32>::new());
    }
}

#[test]
fn told_twice_it_asks_no_longer() {
    let world = World::script("trap '' TERM; touch ready; while :; do sleep 0.1; done")
        .with(|spec| spec.ladder[0].grace_ms = 600_000);
    let running = world.start();
    running.made("ready");
    kill(running.supervised.pid(), "TERM");
    kill(running.supervised.pid(), "INT");
    assert!(matches!(running.receipt().end, End::Lost { .. }));
}

fn killed_supervisor_is_gone_and_swept(world: World) {
    let running = world.start();
    running.made("ready");
    eventually("the output", || (world.reader().produced().ok()? == 6).then_some(()));
    let leader = AttemptFolder::at(world.folder()).leader().unwrap().unwrap().pid;
    kill(running.supervised.pid(), "KILL");
    running.ended();
    assert!(matches!(world.found(), Found::Gone(_)));
    eventually("the leader's end", || (!is_alive(leader)).then_some(()));
    assert!(!world.processes().is_empty(), "the escapee lives on until it is swept");
    assert_eq!(sweep(&world.folder()).unwrap(), Swept::Empty);
    assert_eq!(world.processes(), Vec::<i32>::new());
    assert!(matches!(world.found(), Found::Gone(_)));
    assert_eq!(world.stdout(), "hello\n", "output survives");
    assert_eq!(
        sweep(&world.folder()).unwrap(),
        Swept::Empty,
        "sweeping twice is harmless"
    );
}

#[test]
fn what_a_killed_supervisor_leaves_is_swept() {
    killed_supervisor_is_gone_and_swept(World::script(TREE));
    killed_supervisor_is_gone_and_swept(World::script(TREE).sweeping());
    killed_supervisor_is_gone_and_swept(
        World::script(TREE).with(|spec| spec.capture = longhaul_supervisor::Capture::File),
    );
}

#[test]
fn a_leftover_without_the_marker_is_swept_by_its_session() {
    let world =
        World::script("env -i sh -c 'echo $$ > pid; touch ready; while :; do sleep 0.2; done' & wait").sweeping();
    let running = world.start();
    running.made("ready");
    let pid: i32 = eventually("its number", || world.text("pid")?.trim().parse().ok());
    kill(running.supervised.pid(), "KILL");
    running.ended();
    assert_eq!(sweep(&world.folder()).unwrap(), Swept::Empty);
    eventually("its end", || (!is_alive(pid)).then_some(()));
}

#[test]
fn a_living_supervisor_is_not_swept() {
    let world = World::script("touch ready; while [ ! -e go ]; do sleep 0.01; done");
    let running = world.start();
    running.made("ready");
    assert!(sweep(&world.folder()).is_err());
    assert!(matches!(world.found(), Found::Running(found) if found.pid() == running.supervised.pid()));
    world.write("go", "");
    assert_eq!(running.receipt().end, End::Exited { code: 0 });
}

#[test]
fn a_stranger_with_the_same_number_is_not_touched() {
    let world = World::script("touch ready; exec sleep 1000").sweeping();
    let running = world.start();
    running.made("ready");
    let leader = || AttemptFolder::at(world.folder()).leader().unwrap();
    eventually("the leader's record", leader);
    kill(running.supervised.pid(), "KILL");
    running.ended();
    assert_eq!(sweep(&world.folder()).unwrap(), Swept::Empty);

    // A number is given out again after a whole round of numbers, never within the tick by which start times are told.
    let last_start = leader().unwrap().start_time;
    eventually("a later tick", || {
        let uptime = fs::read_to_string("/proc/uptime").ok()?;
        let uptime_s: f64 = uptime.split(' ').next()?.parse().ok()?;
        (uptime_s * 100.0 > (last_start + 2) as f64).then_some(())
    });
    #[expect(clippy::disallowed_methods, reason = "a stranger is nobody's task")]
    let mut stranger = Command::new("setsid")
        .args(["sleep", "1000"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    eventually("the stranger's own session", || {
        let stat = fs::read_to_string(format!("/proc/{}/stat", stranger.id())).ok()?;
        (stat.rsplit(')').next()?.split_whitespace().nth(3)? == stranger.id().to_string()).then_some(())
    });
    let number = |name: &str| {
        // As if the numbers of the supervisor and of the leader had been given to the stranger since.
        let path = world.folder().join(name);
        let mut record: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        match name {
            "leader.json" => record["pid"] = stranger.id().into(),
            _ => record["identity"]["pid"] = stranger.id().into(),
        }
        // Nobody wrote it since: a file's last change tells how long its supervisor certainly lived.
        let written_at = fs::metadata(&path).unwrap().modified().unwrap();
        fs::write(&path, record.to_string()).unwrap();
        fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(written_at)
            .unwrap();
    };
    number("started.json");
    number("leader.json");
    assert!(matches!(world.found(), Found::Gone(_)));
    assert_eq!(sweep(&world.folder()).unwrap(), Swept::Empty);
    let request = longhaul_supervisor::StopRequest::new("test", None, 1);
    let poked = longhaul_supervisor::stop::request(&world.folder(), &request).unwrap();
    assert_eq!(poked, longhaul_supervisor::stop::Poked::Gone);
    assert!(stranger.try_wait().unwrap().is_none(), "the stranger lives");
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[test]
fn an_attempt_of_an_earlier_boot_is_gone_and_empty() {
    let world = World::script("true");
    let attempt = world.create();
    let own = std::process::id();
    let started = serde_json::json!({
        "version": 1, "cgroup_prefix": null, "started_at_us": 1,
        "identity": { "boot_id": "another", "pid_namespace": 1, "pid": own, "start_time": 1 },
    });
    fs::write(attempt.path().join("started.json"), started.to_string()).unwrap();
    assert!(matches!(world.found(), Found::Gone(_)));
    assert_eq!(sweep(&world.folder()).unwrap(), Swept::Empty);
}

#[test]
fn a_void_attempt_never_runs() {
    let world = World::script("touch ran");
    let attempt = world.create();
    assert!(matches!(world.found(), Found::NeverStarted));
    let late = launch::start(&attempt, Path::new(SUPERVISOR)).unwrap();
    assert_eq!(eventually("its end", || late.reap().unwrap()), 0);
    assert!(matches!(world.found(), Found::NeverStarted));
    assert!(!world.path("ran").exists());
}

#[test]
fn a_look_and_a_start_at_once_agree() {
    for round in 0..30 {
        let world = World::script("touch ran");
        let attempt = world.create();
        let supervised = launch::start(&attempt, Path::new(SUPERVISOR)).unwrap();
        let found = world.found();
        eventually("its end", || supervised.reap().unwrap());
        let ran = world.path("ran").exists();
        match found {
            Found::NeverStarted => assert!(!ran, "round {round}: declared void, and ran"),
            _ => assert!(ran, "round {round}: {found:?}, and did not run"),
        }
    }
}

#[test]
fn an_attempt_runs_once() {
    let world = World::script("echo x >> runs");
    let attempt = world.create();
    let first = launch::start(&attempt, Path::new(SUPERVISOR)).unwrap();
    assert_eq!(eventually("its end", || first.reap().unwrap()), 0);
    let again = launch::start(&attempt, Path::new(SUPERVISOR)).unwrap();
    assert_eq!(eventually("its end", || again.reap().unwrap()), 1);
    assert_eq!(world.text("runs").unwrap(), "x\n");
}

#[cfg(debug_assertions)]
#[test]
fn a_kill_at_every_named_point_leaves_the_truth() {
    let at = |point: &str| {
        let world = World::script("echo hello; touch ran").failing_at(point);
        world.start().ended();
        (world.found(), world)
    };
    assert!(matches!(at("supervisor.locked").0, Found::NeverStarted));
    for point in ["supervisor.started", "supervisor.spawned", "supervisor.exited"] {
        let (found, world) = at(point);
        assert!(matches!(found, Found::Gone(_)), "{point}: {found:?}");
        assert_eq!(sweep(&world.folder()).unwrap(), Swept::Empty);
    }
    assert!(matches!(at("supervisor.receipt").0, Found::Finished(receipt) if receipt.end == End::Exited { code: 0 }));
}
