//! Asking an attempt to end.

use longhaul_supervisor::{AttemptFolder, End, Exit, Rung, Signal, Step, StepEnd, launch, stop};
use std::path::Path;

use crate::world::{SUPERVISOR, World, eventually, kill};

#[test]
fn the_ladder_is_climbed_in_order() {
    let world = World::script(
        "trap 'echo int >> heard' INT; trap 'echo term >> heard' TERM; touch ready; while :; do sleep 0.05; done",
    )
    .with(|spec| {
        spec.ladder = vec![
            Rung {
                signal: Signal::INT,
                grace_ms: 300,
            },
            Rung {
                signal: Signal::TERM,
                grace_ms: 300,
            },
        ];
    });
    let running = world.start();
    running.made("ready");
    assert_eq!(running.stop_with(|_| {}), stop::Poked::Told);
    let receipt = running.receipt();
    assert_eq!(
        receipt.end,
        End::Stopped {
            exit: Some(Exit::Signaled { signal: Signal::KILL })
        }
    );
    assert_eq!(world.text("heard").unwrap(), "int\nterm\n");
    let seen = receipt.stop.unwrap();
    assert_eq!((seen.by.as_str(), seen.reason.as_deref()), ("test", Some("because")));
}

#[test]
fn a_program_that_heeds_the_first_word_is_not_killed() {
    let world = World::script("trap 'echo bye; exit 0' TERM; touch ready; while :; do sleep 0.02; done");
    let running = world.start();
    running.made("ready");
    running.stop();
    assert_eq!(
        running.receipt().end,
        End::Stopped {
            exit: Some(Exit::Exited { code: 0 })
        }
    );
    assert_eq!(world.stdout(), "bye\n");
}

#[test]
fn a_stopped_program_hears_the_request() {
    let world = World::script("trap 'exit 3' TERM; touch ready; kill -STOP $$; while :; do sleep 0.02; done");
    let running = world.start();
    running.made("ready");
    running.stop();
    assert_eq!(
        running.receipt().end,
        End::Stopped {
            exit: Some(Exit::Exited { code: 3 })
        }
    );
}

#[test]
fn a_request_after_the_exit_changes_nothing() {
    let world = World::script("touch over; exit 4").with(|spec| {
        spec.steps
            .push(Step::run("tear-down", ["sh", "-c", "while [ ! -e go ]; do sleep 0.01; done"]).always())
    });
    let running = world.start();
    eventually("the tear-down", || {
        AttemptFolder::at(world.folder())
            .leader()
            .ok()??
            .step
            .eq("tear-down")
            .then_some(())
    });
    running.stop();
    world.write("go", "");
    let receipt = running.receipt();
    assert_eq!(receipt.end, End::Exited { code: 4 });
    assert_eq!(receipt.stop, None);
    assert_eq!(
        receipt.steps[1].end,
        StepEnd::Exited { code: 0 },
        "clearing up is not cut short"
    );
}

#[test]
fn a_request_before_the_start_keeps_the_program_from_running() {
    let world =
        World::script("touch ran").with(|spec| spec.steps.push(Step::run("tear-down", ["touch", "cleared"]).always()));
    let attempt = world.create();
    let request = longhaul_supervisor::StopRequest::new("test", None, 1);
    assert_eq!(
        stop::request(attempt.path(), &request).unwrap(),
        stop::Poked::NotStarted
    );
    let supervised = launch::start(&attempt, Path::new(SUPERVISOR)).unwrap();
    eventually("the end", || supervised.reap().unwrap());
    let receipt = attempt.receipt().unwrap().unwrap();
    assert_eq!(receipt.end, End::Stopped { exit: None });
    assert!(receipt.stop.is_some());
    assert!(!world.path("ran").exists() && world.path("cleared").exists());
}

#[test]
fn a_request_during_set_up_stops_the_set_up() {
    let world = World::script("touch ran").with(|spec| {
        spec.steps
            .insert(0, Step::run("set-up", ["sh", "-c", "touch ready; exec sleep 1000"]));
    });
    let running = world.start();
    running.made("ready");
    running.stop();
    let receipt = running.receipt();
    assert_eq!(receipt.end, End::Stopped { exit: None });
    assert!(receipt.stop.is_some() && !world.path("ran").exists());
}

#[test]
fn the_first_request_wins_and_asking_twice_is_harmless() {
    let world = World::script("touch ready; exec sleep 1000");
    let running = world.start();
    running.made("ready");
    running.stop_with(|request| request.by = "first".to_owned());
    running.stop_with(|request| request.by = "second".to_owned());
    assert_eq!(running.receipt().stop.unwrap().by, "first");
    assert_eq!(running.stop(), stop::Poked::Gone);
}

#[test]
fn a_poke_without_a_request_changes_nothing() {
    let world = World::script("touch ready; while [ ! -e go ]; do sleep 0.01; done; exit 6");
    let running = world.start();
    running.made("ready");
    assert_eq!(stop::poke(&world.folder()).unwrap(), stop::Poked::Told);
    world.write("go", "");
    assert_eq!(running.receipt().end, End::Exited { code: 6 });
}

#[test]
fn output_before_the_stop_is_kept() {
    let world = World::script("echo before; touch ready; exec sleep 1000");
    let running = world.start();
    running.made("ready");
    running.stop();
    running.receipt();
    assert_eq!(world.stdout(), "before\n");
}

#[test]
fn a_supervisor_that_was_stopped_by_a_signal_still_hears_a_stop() {
    let world = World::script("touch ready; sleep 1000");
    let running = world.start();
    running.made("ready");
    kill(running.supervised.pid(), "STOP");
    running.stop();
    assert!(matches!(running.receipt().end, End::Stopped { .. }));
}
