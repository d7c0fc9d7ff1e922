//! The life of a task: the table holds, no sequence of events leads astray, and what is over stays over. This is one piece:
//! the stories and the generators speak of the same small world.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use longhaul_model::{
    Actor, Ending, Event, Fence, Life, Outcome, Policy, Probe, Reason, Rejected, State, StateName, TABLE, TERMINAL,
    TaskId, UnmetPrerequisite, Verdict, Waits, backoff, state_machine_page, transition,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).expect("a time of this century")
}

fn id(number: u64) -> TaskId {
    TaskId::new(number).expect("not zero")
}

fn policy(max_attempts: u32) -> Policy {
    Policy {
        max_attempts,
        ..Policy::default()
    }
}

fn queued() -> Life {
    Life::submitted(at(0), Waits::default(), policy(1))
}

fn apply(life: &Life, event: &Event, now: Timestamp) -> Life {
    transition(life, event, now).expect("the event is allowed").0
}

fn running(life: &Life) -> Life {
    apply(
        life,
        &Event::Claimed {
            fence: life.fence.next(),
        },
        at(10),
    )
}

fn ended(life: &Life, verdict: Verdict, seconds: i64) -> Event {
    Event::AttemptEnded {
        fence: life.fence,
        ending: Ending {
            at: at(seconds),
            verdict,
        },
        jitter_permille: 0,
    }
}

fn cancel() -> Event {
    Event::CancelRequested {
        by: Actor::User,
        reason: None,
    }
}

fn reason(life: &Life) -> Option<Reason> {
    life.state.ended().map(|ended| ended.outcome.reason)
}

#[test]
fn a_task_with_nothing_to_wait_for_is_queued_at_once() {
    assert_eq!(queued().state.name(), StateName::Queued);
    let past = Waits {
        not_before: Some(at(-1)),
        ..Waits::default()
    };
    assert_eq!(Life::submitted(at(0), past, policy(1)).state.name(), StateName::Queued);
}

#[test]
fn an_exit_with_zero_completes_it_and_anything_else_fails_it() {
    let life = running(&queued());
    let completed = apply(&life, &ended(&life, Verdict::Succeeded(Outcome::exited(0)), 20), at(21));
    assert_eq!(completed.state.name(), StateName::Completed);
    let failed = apply(&life, &ended(&life, Verdict::Failed(Outcome::exited(3)), 20), at(21));
    assert_eq!(failed.state.ended().and_then(|ended| ended.outcome.exit_code), Some(3));
}

#[test]
fn a_late_exit_does_not_undo_a_cancel() {
    let life = apply(&running(&queued()), &cancel(), at(15));
    for verdict in [
        Verdict::Stopped,
        Verdict::Succeeded(Outcome::exited(0)),
        Verdict::Failed(Outcome::exited(1)),
    ] {
        let over = apply(&life, &ended(&life, verdict.clone(), 16), at(17));
        assert_eq!(over.state.name(), StateName::Canceled, "{verdict:?}");
    }
}

#[test]
fn a_program_that_had_ended_before_the_cancel_keeps_its_own_end() {
    let life = apply(&running(&queued()), &cancel(), at(15));
    let over = apply(&life, &ended(&life, Verdict::Succeeded(Outcome::exited(0)), 14), at(17));
    assert_eq!(over.state.name(), StateName::Completed);
}

#[test]
fn a_running_task_is_not_canceled_before_its_tree_is_gone() {
    let life = apply(&running(&queued()), &cancel(), at(15));
    assert_eq!(life.state.name(), StateName::Running);
    assert_eq!(transition(&life, &cancel(), at(16)), Err(Rejected::NothingToDo));
}

#[test]
fn news_about_an_older_attempt_is_dropped() {
    let first = running(&queued());
    let again = apply(&first, &Event::NeverStarted { fence: first.fence }, at(11));
    let second = running(&again);
    assert_eq!(second.attempt.0, 1, "an attempt that never started is not counted");
    assert!(second.fence > first.fence, "but its fence is used up");
    let late = ended(&first, Verdict::Succeeded(Outcome::exited(0)), 12);
    assert!(matches!(
        transition(&second, &late, at(13)),
        Err(Rejected::Stale { .. })
    ));
    assert!(matches!(
        transition(&queued(), &Event::Claimed { fence: Fence(0) }, at(1)),
        Err(Rejected::Stale { .. })
    ));
}

#[test]
fn retries_wait_for_their_back_off_and_run_out() {
    let mut life = Life::submitted(at(0), Waits::default(), policy(3));
    for attempt in 1..=3_u32 {
        life = running(&life);
        life = apply(&life, &ended(&life, Verdict::Failed(Outcome::exited(1)), 20), at(20));
        if attempt < 3 {
            assert_eq!(life.wake_at(), Some(at(20) + backoff(attempt, 0)));
            life = apply(&life, &Event::TimeCame, at(3_600));
        }
    }
    assert_eq!(life.state.name(), StateName::Failed);
    assert_eq!(life.attempt.0, 3);
}

#[test]
fn what_retries_do_not_cover_fails_at_once() {
    for verdict in [
        Verdict::Failed(Outcome::new(Reason::SpawnError, "")),
        Verdict::Failed(Outcome::new(Reason::Setup, "")),
        Verdict::Lost { detail: String::new() },
    ] {
        let life = running(&Life::submitted(at(0), Waits::default(), policy(3)));
        assert!(apply(&life, &ended(&life, verdict, 20), at(20)).state.is_terminal());
    }
    let retry_lost = Policy {
        retry_lost: true,
        ..policy(2)
    };
    let life = running(&Life::submitted(at(0), Waits::default(), retry_lost));
    let waiting = apply(
        &life,
        &ended(&life, Verdict::Lost { detail: String::new() }, 20),
        at(20),
    );
    assert_eq!(waiting.state.name(), StateName::Waiting);
}

#[test]
fn an_outcome_nobody_saw_is_interrupted() {
    let life = running(&queued());
    let over = apply(
        &life,
        &ended(
            &life,
            Verdict::Lost {
                detail: "gone".to_owned(),
            },
            20,
        ),
        at(20),
    );
    assert_eq!(
        (over.state.name(), reason(&over)),
        (StateName::Interrupted, Some(Reason::Lost))
    );
}

#[test]
fn a_dependency_that_does_not_complete_fails_those_who_wait_for_it() {
    let waits = Waits {
        dependencies: BTreeSet::from([id(1), id(2)]),
        ..Waits::default()
    };
    let life = Life::submitted(at(0), waits, policy(1));
    let still = apply(
        &life,
        &Event::DependencyEnded {
            task: id(1),
            state: StateName::Completed,
        },
        at(1),
    );
    assert_eq!(still.state.name(), StateName::Waiting);
    let ready = apply(
        &still,
        &Event::DependencyEnded {
            task: id(2),
            state: StateName::Completed,
        },
        at(2),
    );
    assert_eq!(ready.state.name(), StateName::Queued);
    let failed = apply(
        &still,
        &Event::DependencyEnded {
            task: id(2),
            state: StateName::Canceled,
        },
        at(2),
    );
    assert_eq!(reason(&failed), Some(Reason::Dependency));
    let stranger = Event::DependencyEnded {
        task: id(9),
        state: StateName::Failed,
    };
    assert_eq!(transition(&life, &stranger, at(1)), Err(Rejected::NothingToDo));
}

#[test]
fn a_prerequisite_is_met_or_tells_why_not_or_says_never() {
    let prerequisite = "file:ready".parse().expect("it is one");
    let unmet = UnmetPrerequisite {
        prerequisite,
        detail: None,
    };
    let waits = Waits {
        prerequisites: vec![unmet.clone()],
        ..Waits::default()
    };
    let life = Life::submitted(at(0), waits, policy(1));
    let probed = |probe| Event::PrerequisiteProbed {
        prerequisite: unmet.prerequisite.clone(),
        probe,
    };
    let told = apply(
        &life,
        &probed(Probe::Unmet {
            detail: "absent".to_owned(),
        }),
        at(1),
    );
    assert_eq!(told.state.name(), StateName::Waiting);
    assert_eq!(
        transition(
            &told,
            &probed(Probe::Unmet {
                detail: "absent".to_owned()
            }),
            at(2)
        ),
        Err(Rejected::NothingToDo)
    );
    assert_eq!(apply(&told, &probed(Probe::Met), at(3)).state.name(), StateName::Queued);
    let never = apply(
        &told,
        &probed(Probe::Never {
            detail: "no".to_owned(),
        }),
        at(3),
    );
    assert_eq!(reason(&never), Some(Reason::Prerequisite));
}

#[test]
fn a_deadline_ends_waiting_to_start_but_not_the_pause_between_attempts() {
    let deadline = Policy {
        deadline: Some(at(100)),
        ..policy(2)
    };
    let held = Life::submitted(
        at(0),
        Waits {
            held: true,
            ..Waits::default()
        },
        deadline.clone(),
    );
    assert_eq!(
        transition(&held, &Event::DeadlinePassed, at(99)),
        Err(Rejected::NothingToDo)
    );
    assert_eq!(
        reason(&apply(&held, &Event::DeadlinePassed, at(100))),
        Some(Reason::Deadline)
    );
    let life = running(&Life::submitted(at(0), Waits::default(), deadline));
    let pausing = apply(&life, &ended(&life, Verdict::Failed(Outcome::exited(1)), 99), at(99));
    assert_eq!(
        transition(&pausing, &Event::DeadlinePassed, at(200)),
        Err(Rejected::NothingToDo)
    );
}

#[test]
fn a_clock_set_back_does_not_end_a_task_before_it_began() {
    let life = running(&queued());
    let over = apply(
        &life,
        &ended(&life, Verdict::Succeeded(Outcome::exited(0)), -500),
        at(11),
    );
    assert_eq!(over.state.ended().map(|ended| ended.at), Some(at(10)));
}

#[test]
fn a_clock_set_back_does_not_keep_a_retry_waiting_for_a_day() {
    let life = running(&Life::submitted(at(0), Waits::default(), policy(2)));
    let waiting = apply(
        &life,
        &ended(&life, Verdict::Failed(Outcome::exited(1)), 20),
        at(86_400),
    );
    assert!(!waiting.is_due(at(86_400)));
    assert!(waiting.is_due(at(20)));
    assert_eq!(
        apply(&waiting, &Event::TimeCame, at(20)).state.name(),
        StateName::Queued
    );
}

#[test]
fn the_page_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/state-machine.md");
    let page = std::fs::read_to_string(path).expect("the page is there");
    assert_eq!(page, state_machine_page(), "run `cargo xtask gen`");
}

/// Any event, of a small world: two dependencies, one prerequisite, few fences, a hundred seconds.
fn any_event() -> impl Strategy<Value = Event> {
    let fence = (0..4_u64).prop_map(Fence);
    let verdict = prop_oneof![
        Just(Verdict::Succeeded(Outcome::exited(0))),
        Just(Verdict::Failed(Outcome::exited(1))),
        Just(Verdict::Failed(Outcome::new(Reason::SpawnError, ""))),
        Just(Verdict::Stopped),
        Just(Verdict::Lost { detail: String::new() }),
        Just(Verdict::UsageLimitReached {
            until: at(50),
            outcome: Outcome::new(Reason::UsageLimit, ""),
        }),
        Just(Verdict::SessionGone {
            outcome: Outcome::exited(1),
        }),
    ];
    let probe = prop_oneof![
        Just(Probe::Met),
        Just(Probe::Unmet { detail: "x".to_owned() }),
        Just(Probe::Never { detail: "x".to_owned() })
    ];
    prop_oneof![
        1 => Just(Event::Held),
        1 => Just(Event::Released),
        1 => (any_waits(), 1..4_u32, prop::option::of(0..90_i64)).prop_map(|(waits, max_attempts, deadline)| {
            let policy = Policy {
                max_attempts,
                deadline: deadline.map(at),
                max_parkings: 1,
                retry_lost: false,
            };
            Event::Edited { waits, policy }
        }),
        1 => Just(Event::TimeCame),
        1 => (1..3_u64, prop::sample::select(StateName::ALL.to_vec()))
            .prop_map(|(task, state)| Event::DependencyEnded { task: id(task), state }),
        1 => probe.prop_map(|probe| Event::PrerequisiteProbed {
            prerequisite: "file:x".parse().expect("it is one"),
            probe
        }),
        1 => Just(Event::DeadlinePassed),
        1 => fence.clone().prop_map(|fence| Event::Claimed { fence }),
        1 => fence.clone().prop_map(|fence| Event::NeverStarted { fence }),
        1 => (-10..100_i64).prop_map(|until| Event::AgentLimited { until: at(until) }),
        1 => Just(cancel()),
        // The rarest, since it must meet a running task.
        4 => (fence, verdict, -10..100_i64, 0..1001_u16).prop_map(|(fence, verdict, seconds, jitter_permille)| {
            Event::AttemptEnded {
                fence,
                ending: Ending {
                    at: at(seconds),
                    verdict,
                },
                jitter_permille,
            }
        }),
    ]
}

fn any_waits() -> impl Strategy<Value = Waits> {
    let prerequisite = UnmetPrerequisite {
        prerequisite: "file:x".parse().expect("it is one"),
        detail: None,
    };
    (
        any::<bool>(),
        prop::collection::btree_set((1..3_u64).prop_map(id), 0..3),
        any::<bool>(),
        prop::option::of(0..90_i64),
    )
        .prop_map(move |(held, dependencies, is_probed, not_before)| Waits {
            held,
            dependencies,
            prerequisites: if is_probed {
                vec![prerequisite.clone()]
            } else {
                Vec::new()
            },
            not_before: not_before.map(at),
            ..Waits::default()
        })
}

fn any_life() -> impl Strategy<Value = Life> {
    (any_waits(), 1..4_u32, any::<bool>(), prop::option::of(0..100_i64)).prop_map(
        |(waits, max_attempts, retry_lost, deadline)| {
            let policy = Policy {
                max_attempts,
                retry_lost,
                deadline: deadline.map(at),
                max_parkings: 1,
            };
            Life::submitted(at(0), waits, policy)
        },
    )
}

/// What must hold of every life, whatever happened to it.
fn check(life: &Life) {
    match &life.state {
        State::Waiting(waiting) => assert!(!waiting.waits.is_clear(), "waits for nothing: {life:?}"),
        State::Running(_) => assert!(
            life.fence > Fence(0) && life.attempt.0 > 0,
            "runs without an attempt: {life:?}"
        ),
        State::Completed(ended) => assert_eq!(ended.outcome.exit_code, Some(0), "completed without an exit of 0"),
        _ => {}
    }
    assert!(
        life.counted_attempts() <= life.policy.max_attempts && life.parkings <= life.policy.max_parkings,
        "too many attempts: {life:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn no_sequence_of_events_leads_to_an_illegal_state(
        first in any_life(),
        events in prop::collection::vec(any_event(), 1..40),
    ) {
        let mut life = first;
        check(&life);
        for (second, event) in events.iter().enumerate() {
            let now = at(i64::try_from(second).unwrap_or(0) * 3);
            let before = life.clone();
            match transition(&life, event, now) {
                Ok((next, _)) => {
                    prop_assert!(!before.state.is_terminal(), "what is over changed: {before:?} by {event:?}");
                    prop_assert_eq!(next.step, before.step + 1);
                    prop_assert!(next.fence >= before.fence);
                    prop_assert!(is_in_table(&before, event, &next), "not in the table: {before:?} {event:?} {next:?}");
                    life = next;
                }
                Err(Rejected::Terminal(state)) => prop_assert!(TERMINAL.contains(&state)),
                Err(_) => {}
            }
            check(&life);
            // The same news again changes nothing that matters: at most one of the two was the first.
            if let (Event::AttemptEnded { .. } | Event::NeverStarted { .. } | Event::Claimed { .. }, Ok(_)) =
                (event, transition(&before, event, now))
            {
                prop_assert!(transition(&life, event, now).is_err(), "replayed: {event:?} on {life:?}");
            }
        }
    }
}

fn is_in_table(before: &Life, event: &Event, after: &Life) -> bool {
    TABLE
        .iter()
        .any(|row| row.from == before.state.name() && row.event == event.name() && row.to.contains(&after.state.name()))
}

/// The same event about the attempt that owns the task, or is next to.
fn current(event: &Event, life: &Life) -> Event {
    match event.clone() {
        Event::Claimed { .. } => Event::Claimed {
            fence: life.fence.next(),
        },
        Event::NeverStarted { .. } => Event::NeverStarted { fence: life.fence },
        Event::AttemptEnded {
            ending,
            jitter_permille,
            ..
        } => Event::AttemptEnded {
            fence: life.fence,
            ending,
            jitter_permille,
        },
        event => event,
    }
}

#[test]
fn every_row_of_the_table_is_reached() {
    let mut reached: BTreeMap<(StateName, &'static str), BTreeSet<StateName>> = BTreeMap::new();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let lives = (any_life(), prop::collection::vec(any_event(), 16));
    for _ in 0..3_000 {
        let (mut life, events) = lives.new_tree(&mut runner).expect("a case").current();
        for (second, event) in events.iter().enumerate() {
            let now = at(0) + SignedDuration::from_secs(i64::try_from(second).unwrap_or(0) * 3);
            if let Ok((next, _)) = transition(&life, &current(event, &life), now) {
                reached
                    .entry((life.state.name(), event.name()))
                    .or_default()
                    .insert(next.state.name());
                life = next;
            }
            if life.state.is_terminal() {
                break;
            }
        }
    }
    for row in TABLE {
        let missing: Vec<_> = row
            .to
            .iter()
            .filter(|to| {
                !reached
                    .get(&(row.from, row.event))
                    .is_some_and(|reached| reached.contains(to))
            })
            .collect();
        assert!(
            missing.is_empty(),
            "{} by {} never led to {missing:?}",
            row.from,
            row.event
        );
    }
}

fn limit_reached(until: i64) -> Verdict {
    Verdict::UsageLimitReached {
        until: at(until),
        outcome: Outcome::new(Reason::UsageLimit, "usage limit reached"),
    }
}

#[test]
fn a_parked_attempt_does_not_use_up_a_retry() {
    let parking = Policy {
        max_parkings: 1,
        ..policy(2)
    };
    let life = running(&Life::submitted(at(0), Waits::default(), parking));
    let parked = apply(&life, &ended(&life, limit_reached(100), 20), at(20));
    assert_eq!(parked.wake_at(), Some(at(100)));
    let again = running(&apply(&parked, &Event::TimeCame, at(100)));
    let failed = apply(
        &again,
        &ended(&again, Verdict::Failed(Outcome::exited(1)), 120),
        at(120),
    );
    assert_eq!(failed.state.name(), StateName::Waiting, "the retry is still there");
}

#[test]
fn a_task_that_may_not_park_fails_with_what_the_agent_said() {
    let life = running(&queued());
    let failed = apply(&life, &ended(&life, limit_reached(100), 20), at(20));
    assert_eq!(reason(&failed), Some(Reason::UsageLimit));
}

#[test]
fn a_queued_task_waits_with_the_one_that_found_the_limit_and_is_not_parked_by_that() {
    let waiting = apply(&queued(), &Event::AgentLimited { until: at(100) }, at(5));
    assert_eq!((waiting.wake_at(), waiting.parkings), (Some(at(100)), 0));
    assert_eq!(
        transition(&queued(), &Event::AgentLimited { until: at(5) }, at(5)),
        Err(Rejected::NothingToDo)
    );
}

#[test]
fn a_task_whose_session_is_gone_begins_anew_once() {
    let gone = || Verdict::SessionGone {
        outcome: Outcome::exited(1),
    };
    let life = running(&queued());
    let again = apply(&life, &ended(&life, gone(), 20), at(20));
    assert_eq!(again.state.name(), StateName::Queued);
    let again = running(&again);
    let failed = apply(&again, &ended(&again, gone(), 30), at(30));
    assert_eq!(reason(&failed), Some(Reason::Exit));
}
