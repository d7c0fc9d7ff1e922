//! Each hunt in a small world: what was missed is found, once, and the rest is left alone.

use std::sync::Arc;
use std::time::Duration;

use longhaul_model::{Actor, Event, Prerequisite, Spec, State, StateName, Task, Work};
use longhaul_store::{Fact, FactsAmend};
use longhaul_supervisor::AttemptFolder;

use super::{Rounds, board, dependencies, due, families, loans, orphans, prerequisites, stops};
use crate::dispatch::Input;
use crate::family::Loans;
use crate::ledger::Consequence;
use crate::runtime::Wake;
use crate::samples::{FIRST, World, spec};

fn state(world: &World, task: &Task) -> Option<StateName> {
    world.ledger.active(task.id).map(|task| task.state())
}

async fn cancel(world: &World, task: &Task) -> Task {
    let event = Event::CancelRequested {
        by: Actor::User,
        reason: None,
    };
    world.behind_its_back(task.id, event).await
}

#[tokio::test]
async fn the_board_takes_over_what_the_store_holds_and_whoever_waits_is_told() {
    let world = World::new();
    let (gone, held) = (world.submitted(spec()).await, world.submitted(spec()).await);
    assert!(!board::is_suspect(&world.ledger).await);
    let told = world.ledger.waiters().register(gone.id);
    cancel(&world, &gone).await;
    world.behind_its_back(held.id, Event::Held).await;
    assert!(board::is_suspect(&world.ledger).await);
    board::run(&world.ledger).await;
    assert_eq!(
        (state(&world, &gone), state(&world, &held)),
        (None, Some(StateName::Waiting))
    );
    assert_eq!(told.await.expect("it is told").state(), StateName::Canceled);
    assert!(!board::is_suspect(&world.ledger).await);
}

#[tokio::test]
async fn a_dependent_that_was_not_told_is_told() {
    let world = World::new();
    let first = world.submitted(spec()).await;
    let mut after = spec();
    after.after = vec![first.id];
    let dependent = world.submitted(after).await;
    dependencies::run(&world.ledger).await;
    assert_eq!(state(&world, &dependent), Some(StateName::Waiting), "it is not over");
    cancel(&world, &first).await;
    board::run(&world.ledger).await;
    dependencies::run(&world.ledger).await;
    assert_ne!(state(&world, &dependent), Some(StateName::Waiting));
}

#[tokio::test]
async fn a_task_whose_time_came_leaves_its_wait_and_no_other_does() {
    let world = World::new();
    let in_an_hour = world.now() + Duration::from_secs(3_600);
    let mut later = spec();
    later.not_before = Some(in_an_hour);
    let waiting = world.submitted(later).await;
    assert_eq!(state(&world, &waiting), Some(StateName::Waiting));
    due::run(&world.ledger, world.now()).await;
    assert_eq!(state(&world, &waiting), Some(StateName::Waiting));
    world.installation.clock.advance(Duration::from_secs(3_600));
    due::run(&world.ledger, world.now()).await;
    assert_eq!(state(&world, &waiting), Some(StateName::Queued));
}

#[tokio::test]
async fn children_of_a_canceled_parent_are_canceled_but_none_that_came_after() {
    let world = World::new();
    let parent = world.submitted(spec()).await;
    let child = world.submitted_from(Some(parent.id), spec()).await;
    let other = world.submitted(spec()).await;
    families::run(&world.ledger, world.now()).await;
    assert_eq!(state(&world, &child), Some(StateName::Queued), "its parent is well");
    cancel(&world, &parent).await;
    board::run(&world.ledger).await;
    families::run(&world.ledger, world.now()).await;
    assert_eq!(
        (state(&world, &child), state(&world, &other)),
        (None, Some(StateName::Queued))
    );
}

#[tokio::test]
async fn a_task_that_waits_through_nobody_is_not_busy() {
    let world = World::new();
    let mut idle = spec();
    idle.idle_timeout_ms = Some(1_000);
    let task = world.claimed_with(idle).await;
    world.ledger.note_for_test(Arc::clone(&task));
    let folder = world.installation.attempt_folder(task.id, FIRST);
    std::fs::create_dir_all(&folder).expect("it is ours");
    let busy = AttemptFolder::at(folder).busy_path();
    std::fs::write(&busy, "").expect("it is ours");
    let room = Arc::new(Loans::new(&world.installation, &world.ledger));
    loans::run(&world.ledger, &room).await;
    assert!(!busy.exists());
    let loan = room.lend(task.id, task.id);
    loans::run(&world.ledger, &room).await;
    assert!(busy.exists());
    drop(loan);
    loans::run(&world.ledger, &room).await;
    assert!(!busy.exists());
}

/// Its folder is not there: it can never start any more, and goes back into its line.
#[tokio::test]
async fn an_attempt_that_nobody_supervises_is_taken_up_once() {
    let world = World::new();
    let (orphan, supervised) = (world.running().await, world.running().await);
    let _guard = world.ledger.begin_supervision(supervised.id, FIRST);
    assert_eq!(world.ledger.unsupervised(), [(orphan.id, FIRST)]);
    orphans::run(&world.attempts).await;
    assert_eq!(world.ledger.unsupervised(), [], "somebody has it now");
}

#[tokio::test]
async fn a_tree_that_refuses_to_die_is_noted_and_what_others_found_meanwhile_is_kept() {
    let world = World::new();
    let task = world.running().await;
    let folder = world.installation.attempt_folder(task.id, FIRST);
    std::fs::create_dir_all(&folder).expect("it is ours");
    let unkillable = AttemptFolder::at(&folder).unkillable_path();
    std::fs::write(&unkillable, "").expect("it is ours");
    // Known to the store and not to the board: somebody is about to take it in.
    let amend = FactsAmend {
        task: task.id,
        fence: FIRST,
        facts: vec![Fact::Activity("reading".to_owned())],
        at: world.now(),
    };
    world.ledger.store_for_test().facts_amend(amend).await.expect("it runs");
    stops::run(&world.attempts).await;
    let facts = |world: &World| world.ledger.active(task.id).expect("it runs").facts.clone();
    assert_eq!(facts(&world).activity.as_deref(), Some("reading"));
    assert_eq!(facts(&world).unkillable_since, Some(world.now()));
    std::fs::remove_file(&unkillable).expect("it is there");
    stops::run(&world.attempts).await;
    assert_eq!(facts(&world).unkillable_since, None);
}

#[tokio::test]
async fn prerequisites_count_once_all_of_them_are_met() {
    let world = World::new();
    let [one, other] = ["one", "other"].map(|name| world.root().join(name));
    let mut spec = spec();
    let file = |path: &std::path::Path| Prerequisite::File {
        path: path.display().to_string(),
    };
    spec.requires = vec![file(&one), file(&other)];
    let task = world.submitted(spec).await;
    let details = |world: &World| match &world.ledger.active(task.id).expect("active").life.state {
        State::Waiting(waiting) => waiting
            .waits
            .prerequisites
            .iter()
            .map(|unmet| unmet.detail.clone())
            .collect(),
        _ => Vec::new(),
    };
    std::fs::write(&one, "").expect("it is ours");
    assert!(prerequisites::probe_all(&world.ledger).await);
    let unmet = ["met; the others are not", "does not exist yet"].map(|detail| Some(detail.to_owned()));
    assert_eq!(details(&world), unmet);
    std::fs::write(&other, "").expect("it is ours");
    prerequisites::probe_all(&world.ledger).await;
    assert_eq!(state(&world, &task), Some(StateName::Queued));
    assert!(!prerequisites::probe_all(&world.ledger).await, "nobody waits any more");
}

#[tokio::test]
async fn a_prerequisite_that_will_never_be_met_ends_the_task() {
    let world = World::new();
    let mut spec = Spec::new(
        Work::Command {
            command: vec!["true".to_owned()],
        },
        "/",
    );
    spec.requires = vec![Prerequisite::Command {
        command: "exit 100".to_owned(),
    }];
    let task = world.submitted(spec).await;
    prerequisites::probe_all(&world.ledger).await;
    assert_eq!(state(&world, &task), None);
    let stored = world
        .ledger
        .stored()
        .task(task.id)
        .await
        .expect("readable")
        .expect("there");
    assert_eq!(stored.state(), StateName::Failed);
}

#[tokio::test]
async fn the_first_round_makes_the_engine_ready_and_wakes_the_dispatcher() {
    let mut world = World::new();
    let orphan = world.running().await;
    let rounds = Rounds {
        attempts: Arc::clone(&world.attempts),
        loans: Arc::new(Loans::new(&world.installation, &world.ledger)),
        worktrees: world.worktrees(),
        round: Wake::default(),
        probe: Wake::default(),
    };
    assert!(!world.ledger.supervision().is_complete());
    world.attempts.shutdown.begin();
    rounds.run().await;
    assert!(world.ledger.supervision().is_complete());
    assert!(world.told().iter().any(|input| matches!(input, Input::Dispatch)));
    assert!(
        !world
            .followed()
            .iter()
            .any(|it| matches!(it, Consequence::StartAttempt { .. }))
    );
    let _ = orphan;
}
