//! Time limits.

use longhaul_supervisor::{End, Step};

use crate::world::World;

#[test]
fn a_run_timeout_ends_the_program_and_not_the_tear_down() {
    let world = World::script("sleep 1000").with(|spec| {
        spec.run_timeout_ms = Some(200);
        spec.steps.push(Step::run("tear-down", ["touch", "cleared"]).always());
    });
    let receipt = world.run();
    assert_eq!(receipt.end, End::Timeout { after_ms: 200 });
    assert!(receipt.program_duration_us.unwrap() >= 200_000);
    assert!(world.path("cleared").exists());
}

#[test]
fn a_timeout_is_told_even_if_the_program_then_exits_well() {
    let world =
        World::script("trap 'exit 0' TERM; while :; do sleep 0.02; done").with(|spec| spec.run_timeout_ms = Some(100));
    assert_eq!(world.run().end, End::Timeout { after_ms: 100 });
}

#[test]
fn a_quiet_program_is_idle() {
    let world = World::script("echo one; sleep 1000").with(|spec| spec.idle_timeout_ms = Some(400));
    assert_eq!(world.run().end, End::IdleTimeout { after_ms: 400 });
}

#[test]
fn output_is_a_sign_of_life() {
    let world =
        World::script("for i in 1 2 3 4 5; do sleep 0.3; echo $i; done").with(|spec| spec.idle_timeout_ms = Some(1000));
    assert_eq!(world.run().end, End::Exited { code: 0 });
    let in_files = World::script("for i in 1 2 3 4 5; do sleep 0.3; echo $i; done").with(|spec| {
        spec.idle_timeout_ms = Some(1000);
        spec.capture = longhaul_supervisor::Capture::File;
    });
    assert_eq!(in_files.run().end, End::Exited { code: 0 });
}

/// Grandchildren work for longer than the limit. It is long, because on a loaded machine they get little time.
fn busy() -> World {
    let work = "end=$(($(date +%s)+10)); while [ $(date +%s) -lt $end ]; do i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; done";
    let script = format!("for n in 1 2 3; do sh -c '{work}' & done; wait");
    World::script(&script).with(|spec| spec.idle_timeout_ms = Some(8000))
}

#[test]
fn a_busy_program_is_not_idle_as_its_control_group_counts() {
    assert_eq!(busy().run().end, End::Exited { code: 0 });
}

#[test]
fn a_busy_program_is_not_idle_as_the_sweep_counts() {
    assert_eq!(busy().sweeping().run().end, End::Exited { code: 0 });
}

#[test]
fn an_open_await_is_not_idle() {
    let world = World::script("touch ready; sleep 2; exit 8").with(|spec| spec.idle_timeout_ms = Some(400));
    let running = {
        let attempt = world.create();
        std::fs::write(attempt.busy_path(), "").unwrap();
        let supervised =
            longhaul_supervisor::launch::start(&attempt, std::path::Path::new(crate::world::SUPERVISOR)).unwrap();
        crate::world::eventually("the end", || supervised.reap().unwrap());
        attempt.receipt().unwrap().unwrap()
    };
    assert_eq!(running.end, End::Exited { code: 8 });
}

#[test]
fn a_child_started_later_is_not_idle() {
    let world = World::script("sleep 1; sleep 2; exit 9").with(|spec| {
        spec.idle_timeout_ms = Some(600);
        // Both sleeps are children that the program started after its start-up.
        spec.start_up_ms = 0;
    });
    // The first sleep may start within the same clock tick as the program.
    let end = world.run().end;
    assert!(
        matches!(end, End::Exited { code: 9 } | End::IdleTimeout { .. }),
        "{end:?}"
    );
    let world = World::script("sleep 0.2; sleep 2; exit 9").with(|spec| {
        spec.idle_timeout_ms = Some(600);
        spec.start_up_ms = 50;
    });
    assert_eq!(world.run().end, End::Exited { code: 9 });
}
