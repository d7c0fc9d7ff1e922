//! Submitting tasks.

use std::collections::{BTreeMap, BTreeSet};

use longhaul_model::{
    Access, Enforcement, Fence, Origin, Reason, Spec, StandardInput, State, StateName, Task, TaskId, Wait, Work,
};
use longhaul_store::{InsertError, Key, NewTask, TaskFilter};

use super::{StoreWorld, at, claimed, command, ended, failed, new_task, queue, succeeded};

fn unknown() -> TaskId {
    TaskId::new(4_711).expect("an id")
}

fn waits_of(task: &Task) -> Vec<Wait> {
    match &task.life.state {
        State::Waiting(waiting) => waiting.waits.list(),
        _ => Vec::new(),
    }
}

/// What is stored is what was asked.
pub async fn a_submitted_task_reads_back_whole(world: &mut StoreWorld) {
    let spec = Spec {
        name: Some("a name".to_owned()),
        queue: queue("nightly"),
        priority: -3,
        access: Access::ReadOnly,
        timeout_ms: Some(5_000),
        retries: 2,
        stdin: StandardInput::Base64("aGk=".to_owned()),
        umask: Some(0o022),
        labels: BTreeMap::from([("team".to_owned(), "blue".to_owned())]),
        origin: Origin {
            session: Some("s1".to_owned()),
            ..Origin::default()
        },
        ..command(&["make", "all"])
    };
    let new = NewTask {
        enforcement: Some(Enforcement::KernelPartial),
        ..new_task(spec.clone())
    };
    let inserted = world.store.task_insert(new).await.expect("an accepted submit");
    assert!(!inserted.replayed);
    let task = inserted.task;
    assert_eq!(world.task(task.id).await, task);
    assert_eq!(task.spec, spec);
    assert_eq!(task.life.state, State::Queued { since: at(0) });
    assert_eq!((task.life.fence, task.life.policy.max_attempts), (Fence(0), 3));
    assert_eq!((task.created_at, task.chain, task.rank), (at(0), task.id, 1));
    assert_eq!(task.enforcement, Some(Enforcement::KernelPartial));
    assert_eq!(
        (task.parent, task.retry_of, task.retried_by, task.started_at),
        (None, None, None, None)
    );
}

/// An acknowledged submit is on disk.
pub async fn a_submit_survives_reopening(world: &mut StoreWorld) {
    let task = world.submit(command(&["true"])).await;
    world.reopen();
    assert_eq!(world.task(task.id).await, task);
}

/// None is lost, and each has a number of its own.
pub async fn fifty_submits_at_once_are_all_there(world: &mut StoreWorld) {
    let mut submits = tokio::task::JoinSet::new();
    for n in 0..50 {
        let store = world.store.clone();
        submits.spawn(async move { store.task_insert(new_task(command(&["echo", &n.to_string()]))).await });
    }
    let answers = submits.join_all().await;
    let ids: BTreeSet<_> = answers
        .into_iter()
        .map(|answer| answer.expect("an accepted submit").task.id)
        .collect();
    assert_eq!(ids.len(), 50);
    assert_eq!(world.list(&TaskFilter::default()).await.len(), 50);
}

/// Refused submits and restarts do not bring an id back.
pub async fn ids_grow_and_are_never_given_out_twice(world: &mut StoreWorld) {
    let first = world.submit_command(&["a"]).await;
    let refused = new_task(Spec {
        after: vec![unknown()],
        ..command(&["b"])
    });
    world
        .store
        .task_insert(refused)
        .await
        .expect_err("an unknown dependency");
    let second = world.submit_command(&["c"]).await;
    world.reopen();
    let third = world.submit_command(&["d"]).await;
    assert!(first < second && second < third);
}

/// With the limit that every new queue has.
pub async fn a_first_use_creates_the_queue(world: &mut StoreWorld) {
    world
        .submit(Spec {
            queue: queue("fresh"),
            ..command(&["true"])
        })
        .await;
    let queues = world.store.queues().await.expect("queues");
    let created = queues
        .iter()
        .find(|found| found.name == queue("fresh"))
        .expect("the queue");
    assert_eq!((created.limit, created.paused), (Some(4), false));
}

/// Everything that keeps a new task from being ready is listed.
pub async fn held_timed_and_unprobed_tasks_wait(world: &mut StoreWorld) {
    let spec = Spec {
        hold: true,
        not_before: Some(at(60)),
        requires: vec!["file:ready".parse().expect("a prerequisite")],
        ..command(&["true"])
    };
    let task = world.submit(spec).await;
    let words: Vec<_> = waits_of(&task).iter().map(|wait| wait.kind().word()).collect();
    assert_eq!(words, ["held", "prerequisite", "not-before"]);
    let past = world
        .submit(Spec {
            not_before: Some(at(-1)),
            ..command(&["true"])
        })
        .await;
    assert_eq!(past.state(), StateName::Queued);
}

fn with_key(key: &str, body_hash: &str) -> NewTask {
    let key = Some(Key {
        key: key.to_owned(),
        body_hash: body_hash.to_owned(),
    });
    NewTask {
        key,
        ..new_task(command(&["true"]))
    }
}

/// A repeated request is answered with the task it made, as it is by now.
pub async fn the_same_key_and_request_find_the_same_task(world: &mut StoreWorld) {
    let first = world.store.task_insert(with_key("k", "h")).await.expect("stored").task;
    world.told(claimed(first.id, 1, 5)).await;
    world.reopen();
    let again = world.store.task_insert(with_key("k", "h")).await.expect("found");
    assert!(again.replayed);
    assert_eq!((again.task.id, again.task.state()), (first.id, StateName::Running));
    assert_eq!(world.list(&TaskFilter::default()).await.len(), 1);
}

/// And nothing is stored.
pub async fn the_same_key_with_another_request_is_refused(world: &mut StoreWorld) {
    let first = world.store.task_insert(with_key("k", "h")).await.expect("stored").task;
    let error = world
        .store
        .task_insert(with_key("k", "other"))
        .await
        .expect_err("another request");
    assert!(
        matches!(error, InsertError::KeyReused { task } if task == first.id),
        "{error}"
    );
    assert_eq!(world.list(&TaskFilter::default()).await.len(), 1);
}

/// Whether it never was or is pruned by now.
pub async fn an_unknown_dependency_is_refused(world: &mut StoreWorld) {
    let new = new_task(Spec {
        after: vec![unknown()],
        ..command(&["true"])
    });
    let error = world.store.task_insert(new).await.expect_err("an unknown dependency");
    assert!(
        matches!(error, InsertError::UnknownDependency(task) if task == unknown()),
        "{error}"
    );
}

/// It is not waited for.
pub async fn a_completed_dependency_is_met(world: &mut StoreWorld) {
    let done = world.finished(succeeded(), 1).await;
    let task = world
        .submit(Spec {
            after: vec![done],
            ..command(&["next"])
        })
        .await;
    assert_eq!(task.state(), StateName::Queued);
}

/// And the other way round it is found.
pub async fn an_open_dependency_is_waited_for(world: &mut StoreWorld) {
    let first = world.submit_command(&["first"]).await;
    let task = world
        .submit(Spec {
            after: vec![first, first],
            ..command(&["next"])
        })
        .await;
    assert_eq!(waits_of(&task), [Wait::Dependency(first)]);
    assert_eq!(world.store.dependents(first).await.expect("dependents"), [task]);
}

/// It is stored all the same, so that its submitter finds out why.
pub async fn a_broken_dependency_fails_the_task_at_once(world: &mut StoreWorld) {
    let broken = world.finished(failed(), 1).await;
    let task = world
        .submit(Spec {
            after: vec![broken],
            ..command(&["next"])
        })
        .await;
    let State::Failed(end) = &task.life.state else {
        panic!("{:?}", task.life.state)
    };
    assert_eq!(end.outcome.reason, Reason::Dependency);
    let events: Vec<_> = world
        .store
        .history(task.id)
        .await
        .expect("history")
        .into_iter()
        .map(|entry| entry.event)
        .collect();
    assert_eq!(events, ["submitted", "dependency-ended"]);
    assert_eq!(world.task(task.id).await, task);
}

/// A parent must be there.
pub async fn an_unknown_parent_is_refused(world: &mut StoreWorld) {
    let error = world.submit_child(unknown()).await.expect_err("an unknown parent");
    assert!(
        matches!(error, InsertError::UnknownParent(task) if task == unknown()),
        "{error}"
    );
}

/// A task from outside is level 1.
pub async fn tasks_inside_tasks_have_a_depth_limit(world: &mut StoreWorld) {
    let mut innermost = world.submit_command(&["root"]).await;
    for _ in 2..=5 {
        innermost = world.submit_child(innermost).await.expect("level 2 to 5").id;
    }
    let error = world.submit_child(innermost).await.expect_err("level 6");
    assert!(matches!(error, InsertError::TooDeep { max_depth: 5 }), "{error}");
}

/// However deep they are.
pub async fn a_root_has_a_limit_of_descendants(world: &mut StoreWorld) {
    let root = world.submit_command(&["root"]).await;
    let child = world.submit_child(root).await.expect("the first").id;
    let few = |parent| NewTask {
        parent: Some(parent),
        max_descendants: 2,
        ..new_task(command(&["child"]))
    };
    world.store.task_insert(few(child)).await.expect("the second");
    for parent in [root, child] {
        let error = world.store.task_insert(few(parent)).await.expect_err("the third");
        assert!(
            matches!(error, InsertError::TooManyDescendants { root: at, .. } if at == root),
            "{error}"
        );
    }
}

/// Oldest first.
pub async fn children_and_descendants_are_found(world: &mut StoreWorld) {
    let root = world.submit_command(&["root"]).await;
    let child = world.submit_child(root).await.expect("a child");
    let grandchild = world.submit_child(child.id).await.expect("a grandchild");
    let second = world.submit_child(root).await.expect("a child");
    world.submit_command(&["stranger"]).await;
    assert_eq!(
        world.store.children(root).await.expect("children"),
        [child.clone(), second.clone()]
    );
    assert_eq!(
        world.store.descendants(root).await.expect("descendants"),
        [child, grandchild, second]
    );
}

/// By a task that names another, too; and a task may have none.
pub async fn an_environment_is_shared_and_read_back(world: &mut StoreWorld) {
    let environment = BTreeMap::from([
        ("PATH".to_owned(), "/bin".to_owned()),
        ("Ü".to_owned(), "a\nb=c".to_owned()),
    ]);
    let with = NewTask {
        environment: Some(environment.clone()),
        ..new_task(command(&["a"]))
    };
    let first = world.store.task_insert(with.clone()).await.expect("stored").task.id;
    let second = world.store.task_insert(with).await.expect("stored").task.id;
    let of = |task| NewTask {
        environment_of: Some(task),
        ..new_task(command(&["b"]))
    };
    let third = world.store.task_insert(of(first)).await.expect("stored").task.id;
    for task in [first, second, third] {
        assert_eq!(
            world.store.environment(task).await.expect("an environment"),
            Some(environment.clone())
        );
    }
    let without = world.submit_command(&["c"]).await;
    assert_eq!(world.store.environment(without).await.expect("none"), None);
    let none_either = world.store.task_insert(of(without)).await.expect("stored").task.id;
    assert_eq!(world.store.environment(none_either).await.expect("none"), None);
}

/// There is nothing to share.
pub async fn the_environment_of_an_unknown_task_is_refused(world: &mut StoreWorld) {
    let new = NewTask {
        environment_of: Some(unknown()),
        ..new_task(command(&["b"]))
    };
    let error = world.store.task_insert(new).await.expect_err("an unknown task");
    assert!(
        matches!(error, InsertError::UnknownEnvironment(task) if task == unknown()),
        "{error}"
    );
}

/// Quotes, newlines, dashes, emoji, a mebibyte.
pub async fn any_text_is_kept_byte_for_byte(world: &mut StoreWorld) {
    let large = "x".repeat(1 << 20);
    for text in [
        "'quoted' \"twice\"",
        "two\nlines\r\n",
        "--write",
        "-",
        "🦀 é ü 漢字",
        "a\u{1}b",
        "%s ?1 :x",
        &large,
    ] {
        let command = vec!["echo".to_owned(), text.to_owned()];
        let task = world
            .submit(Spec::new(
                Work::Command {
                    command: command.clone(),
                },
                "/work",
            ))
            .await;
        assert_eq!(world.task(task.id).await.spec.work, Work::Command { command });
    }
}

/// No task, no event, no queue.
pub async fn a_refused_submit_leaves_nothing(world: &mut StoreWorld) {
    let before = world.store.event_bounds().await.expect("bounds");
    let refused = new_task(Spec {
        after: vec![unknown()],
        queue: queue("never-used"),
        ..command(&["b"])
    });
    world
        .store
        .task_insert(refused)
        .await
        .expect_err("an unknown dependency");
    assert_eq!(world.store.event_bounds().await.expect("bounds"), before);
    assert_eq!(world.store.queues().await.expect("queues").len(), 1);
    assert_eq!(world.list(&TaskFilter::default()).await, [0_u64; 0]);
    let next = world.submit_command(&["next"]).await;
    world.told(claimed(next, 1, 1)).await;
    world.told(ended(next, 1, succeeded(), 2)).await;
}
