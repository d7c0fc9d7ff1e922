//! Changing tasks that have not started.

use std::collections::BTreeMap;

use longhaul_model::{Actor, Event, Fence, Reason, Spec, State, StateName, TaskId, UnmetPrerequisite, Waits};
use longhaul_store::{Apply, Edit, EditError, MoveToFrontError, TaskFilter};

use super::{StoreWorld, at, claimed, command, ended, failed, queue};

fn edit(task: TaskId, spec: Spec, second: i64) -> Edit {
    Edit {
        task,
        spec,
        waits: Waits::default(),
        actor: Actor::User,
        at: at(second),
    }
}

fn after(tasks: &[TaskId]) -> Spec {
    Spec {
        after: tasks.to_vec(),
        ..command(&["job"])
    }
}

/// The lists find it by the new and not by the old.
pub async fn an_edit_changes_all_that_is_asked(world: &mut StoreWorld) {
    let labels = |value: &str| BTreeMap::from([("team".to_owned(), value.to_owned())]);
    let task = world
        .submit(Spec {
            labels: labels("blue"),
            ..command(&["job"])
        })
        .await
        .id;
    let spec = Spec {
        name: Some("fresh".to_owned()),
        queue: queue("slow"),
        priority: 9,
        labels: labels("red"),
        ..command(&["new"])
    };
    let edited = world
        .store
        .task_edit(edit(task, spec.clone(), 1))
        .await
        .expect("edited")
        .task;
    assert_eq!(edited.spec, spec);
    assert_eq!(world.task(task).await, edited);
    let found = |value: &str| TaskFilter {
        label: Some(("team".to_owned(), Some(value.to_owned()))),
        ..TaskFilter::default()
    };
    assert_eq!(
        (
            world.list(&found("red")).await.len(),
            world.list(&found("blue")).await.len()
        ),
        (1, 0)
    );
    assert_eq!(
        world
            .list(&TaskFilter {
                queue: Some(queue("slow")),
                ..TaskFilter::default()
            })
            .await
            .len(),
        1
    );
    assert_eq!(world.store.queues().await.expect("queues").len(), 2);
    assert_eq!(
        world
            .store
            .history(task)
            .await
            .expect("history")
            .last()
            .map(|entry| entry.event.clone()),
        Some("edited".to_owned())
    );
}

/// A new name is no reason to stand at the end.
pub async fn an_edit_keeps_the_place_in_line(world: &mut StoreWorld) {
    let task = world.submit(command(&["job"])).await;
    let renamed = Spec {
        name: Some("x".to_owned()),
        ..command(&["job"])
    };
    let edited = world
        .store
        .task_edit(edit(task.id, renamed, 5))
        .await
        .expect("edited")
        .task;
    assert_eq!((edited.life.state, edited.rank), (task.life.state, task.rank));
}

/// Nor one that waits for its next attempt, nor one that is over.
pub async fn a_started_task_is_not_edited(world: &mut StoreWorld) {
    let task = world
        .submit(Spec {
            retries: 1,
            ..command(&["job"])
        })
        .await
        .id;
    world.told(claimed(task, 1, 1)).await;
    let refused = |error| matches!(error, EditError::NotEditable { .. });
    assert!(refused(
        world
            .store
            .task_edit(edit(task, command(&["x"]), 2))
            .await
            .expect_err("it runs")
    ));
    world.told(ended(task, 1, failed(), 3)).await;
    assert!(refused(
        world
            .store
            .task_edit(edit(task, command(&["x"]), 4))
            .await
            .expect_err("it has run")
    ));
    world.cancel(task, 5).await.expect("canceled");
    assert!(refused(
        world
            .store
            .task_edit(edit(task, command(&["x"]), 6))
            .await
            .expect_err("it is over")
    ));
    let unknown = TaskId::new(44).expect("an id");
    let error = world
        .store
        .task_edit(edit(unknown, command(&["x"]), 6))
        .await
        .expect_err("unknown");
    assert!(matches!(error, EditError::Unknown(id) if id == unknown), "{error}");
}

/// By the waits that come with it.
pub async fn an_edit_may_make_it_wait_and_ready_again(world: &mut StoreWorld) {
    let task = world.submit_command(&["job"]).await;
    let requires = vec!["file:ready".parse().expect("a prerequisite")];
    let prerequisites = vec![UnmetPrerequisite {
        prerequisite: "file:ready".parse().expect("one"),
        detail: None,
    }];
    let spec = Spec {
        requires,
        ..command(&["job"])
    };
    let waits = Waits {
        prerequisites,
        ..Waits::default()
    };
    let edited = world
        .store
        .task_edit(Edit {
            waits,
            ..edit(task, spec, 1)
        })
        .await
        .expect("edited")
        .task;
    assert_eq!(edited.state(), StateName::Waiting);
    let edited = world
        .store
        .task_edit(edit(task, command(&["job"]), 2))
        .await
        .expect("edited")
        .task;
    assert_eq!(edited.state(), StateName::Queued);
}

/// And nothing changes.
pub async fn an_edit_cannot_depend_on_what_is_not_there(world: &mut StoreWorld) {
    let task = world.submit(command(&["job"])).await;
    let unknown = TaskId::new(44).expect("an id");
    let error = world
        .store
        .task_edit(edit(task.id, after(&[unknown]), 1))
        .await
        .expect_err("unknown");
    assert!(
        matches!(error, EditError::UnknownDependency(id) if id == unknown),
        "{error}"
    );
    assert_eq!(world.task(task.id).await, task);
}

/// The shortest cycle.
pub async fn a_task_cannot_wait_for_itself(world: &mut StoreWorld) {
    let task = world.submit_command(&["job"]).await;
    let error = world
        .store
        .task_edit(edit(task, after(&[task]), 1))
        .await
        .expect_err("itself");
    assert!(matches!(error, EditError::DependencyCycle { path } if path == [task, task]));
}

/// From the task back to itself.
pub async fn a_cycle_is_refused_with_its_path(world: &mut StoreWorld) {
    let first = world.submit_command(&["job"]).await;
    let second = world.submit(after(&[first])).await.id;
    let other = world.submit_command(&["job"]).await;
    let third = world.submit(after(&[other, second])).await.id;
    let error = world
        .store
        .task_edit(edit(first, after(&[other, third]), 1))
        .await
        .expect_err("a cycle");
    let EditError::DependencyCycle { path } = error else {
        panic!("{error}")
    };
    assert_eq!(path, [first, third, second, first]);
    world
        .store
        .task_edit(edit(first, after(&[other]), 1))
        .await
        .expect("no cycle");
}

/// In the same transaction, as at a submit.
pub async fn an_edit_to_a_broken_dependency_fails_it(world: &mut StoreWorld) {
    let broken = world.finished(failed(), 1).await;
    let task = world.submit_command(&["job"]).await;
    let edited = world
        .store
        .task_edit(edit(task, after(&[broken]), 2))
        .await
        .expect("edited")
        .task;
    let State::Failed(end) = &edited.life.state else {
        panic!("{:?}", edited.life.state)
    };
    assert_eq!(end.outcome.reason, Reason::Dependency);
    assert_eq!(world.task(task).await, edited);
}

/// The life follows the spec.
pub async fn a_changed_number_of_retries_counts(world: &mut StoreWorld) {
    let task = world.submit_command(&["job"]).await;
    world
        .store
        .task_edit(edit(
            task,
            Spec {
                retries: 1,
                ..command(&["job"])
            },
            1,
        ))
        .await
        .expect("edited");
    world.told(claimed(task, 1, 2)).await;
    world.told(ended(task, 1, failed(), 3)).await;
    assert_eq!(world.task(task).await.state(), StateName::Waiting);
}

/// Of the same queue, running ones included.
pub async fn the_front_of_the_line_is_before_all_others(world: &mut StoreWorld) {
    let first = world.submit_command(&["job"]).await;
    let second = world.submit_command(&["job"]).await;
    let third = world.submit_command(&["job"]).await;
    world.told(claimed(first, 1, 1)).await;
    let front = world
        .store
        .task_move_to_front(third, at(2), Actor::User)
        .await
        .expect("moved");
    assert_eq!(world.task(third).await, front);
    let front_again = world
        .store
        .task_move_to_front(second, at(3), Actor::User)
        .await
        .expect("moved");
    let rank = async |id| world.task(id).await.rank;
    assert!(front_again.rank < rank(third).await && rank(third).await < rank(first).await);
}

/// Neither is a finished one.
pub async fn a_running_task_is_in_no_line(world: &mut StoreWorld) {
    let task = world.submit_command(&["job"]).await;
    world.told(claimed(task, 1, 1)).await;
    let error = world
        .store
        .task_move_to_front(task, at(2), Actor::User)
        .await
        .expect_err("it runs");
    assert!(matches!(error, MoveToFrontError::NotInLine { .. }), "{error}");
    world
        .told(Apply::new(
            task,
            Event::NeverStarted { fence: Fence(1) },
            Actor::Daemon,
            at(3),
        ))
        .await;
    world
        .store
        .task_move_to_front(task, at(4), Actor::User)
        .await
        .expect("it is in line again");
    let unknown = TaskId::new(44).expect("an id");
    let error = world
        .store
        .task_move_to_front(unknown, at(2), Actor::User)
        .await
        .expect_err("unknown");
    assert!(
        matches!(error, MoveToFrontError::Unknown(id) if id == unknown),
        "{error}"
    );
}
