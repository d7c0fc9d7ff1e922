//! Pages, filters, searches and counts.

use std::collections::BTreeMap;

use longhaul_model::{Actor, Facts, Origin, Spec, StateName, TaskId, Waits, Work};
use longhaul_store::{Apply, Edit, NewTask, TaskFilter};

use super::{StoreWorld, at, claimed, command, ended, failed, new_task, queue, succeeded};

fn all() -> TaskFilter {
    TaskFilter::default()
}

/// Also if tasks come in between.
pub async fn pages_are_newest_first_without_gap_or_double(world: &mut StoreWorld) {
    for _ in 0..7 {
        world.submit_command(&["job"]).await;
    }
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = world.store.tasks(&all(), before, 3).await.expect("a page");
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        seen.extend(page.iter().map(|task| task.id.get()));
        world.submit_command(&["newcomer"]).await;
    }
    assert_eq!(seen, [7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(world.store.tasks(&all(), None, 0).await.expect("an empty page"), []);
}

/// Each filter for itself.
pub async fn a_filter_finds_what_fits_and_nothing_else(world: &mut StoreWorld) {
    let labels = BTreeMap::from([("team".to_owned(), "blue".to_owned())]);
    let origin = Origin {
        session: Some("s1".to_owned()),
        ..Origin::default()
    };
    let labelled = world
        .submit(Spec {
            labels,
            ..command(&["a"])
        })
        .await
        .id
        .get();
    let from_session = world
        .submit(Spec {
            origin,
            ..command(&["b"])
        })
        .await
        .id
        .get();
    let queued_apart = world
        .submit(Spec {
            queue: queue("apart"),
            ..command(&["c"])
        })
        .await
        .id
        .get();
    let clone = Work::Clone {
        url: "https://example.org/r.git".to_owned(),
        dir: "/d".to_owned(),
    };
    let cloned = world.submit(Spec::new(clone, "/work")).await.id.get();
    let elsewhere = NewTask {
        workspace: "/elsewhere".to_owned(),
        ..new_task(command(&["e"]))
    };
    let elsewhere = world.store.task_insert(elsewhere).await.expect("stored").task.id.get();
    let broken = world.finished(failed(), 1).await;
    let again = world.repeat(broken, false, 4).await.expect("repeated").id.get();
    let child = world.submit_child(broken).await.expect("a child").id.get();

    let label = |value: Option<&str>| Some(("team".to_owned(), value.map(str::to_owned)));
    for (filter, expected) in [
        (
            TaskFilter {
                label: label(Some("blue")),
                ..all()
            },
            vec![labelled],
        ),
        (
            TaskFilter {
                label: label(None),
                ..all()
            },
            vec![labelled],
        ),
        (
            TaskFilter {
                label: label(Some("red")),
                ..all()
            },
            vec![],
        ),
        (
            TaskFilter {
                origin_session: Some("s1".to_owned()),
                ..all()
            },
            vec![from_session],
        ),
        (
            TaskFilter {
                queue: Some(queue("apart")),
                ..all()
            },
            vec![queued_apart],
        ),
        (
            TaskFilter {
                kind: Some("clone".to_owned()),
                ..all()
            },
            vec![cloned],
        ),
        (
            TaskFilter {
                queue: Some(queue("apart")),
                states: vec![StateName::Queued],
                ..all()
            },
            vec![queued_apart],
        ),
        (
            TaskFilter {
                kind: Some("clone".to_owned()),
                states: StateName::ALL.into(),
                ..all()
            },
            vec![cloned],
        ),
        (
            TaskFilter {
                kind: Some("command".to_owned()),
                queue: Some(queue("apart")),
                ..all()
            },
            vec![queued_apart],
        ),
        (
            TaskFilter {
                kind: Some("clone".to_owned()),
                queue: Some(queue("default")),
                ..all()
            },
            vec![cloned],
        ),
        (
            TaskFilter {
                workspace: Some("/elsewhere".to_owned()),
                ..all()
            },
            vec![elsewhere],
        ),
        (
            TaskFilter {
                states: vec![StateName::Failed],
                ..all()
            },
            vec![broken.get()],
        ),
        (
            TaskFilter {
                chain: Some(broken),
                ..all()
            },
            vec![again, broken.get()],
        ),
        (
            TaskFilter {
                parent: Some(broken),
                ..all()
            },
            vec![child],
        ),
        (
            TaskFilter {
                agent: Some("codex".to_owned()),
                ..all()
            },
            vec![],
        ),
    ] {
        assert_eq!(world.list(&filter).await, expected, "{filter:?}");
    }
}

/// All that is set must hold, whichever of them the walk goes along.
pub async fn filters_narrow_each_other(world: &mut StoreWorld) {
    let spec = |queue_name: &str, team: &str| Spec {
        queue: queue(queue_name),
        labels: BTreeMap::from([("team".to_owned(), team.to_owned())]),
        name: Some(format!("{queue_name} {team}")),
        ..command(&["job"])
    };
    for (queue_name, team) in [("fast", "blue"), ("fast", "red"), ("slow", "blue"), ("slow", "red")] {
        for _ in 0..2 {
            world.submit(spec(queue_name, team)).await;
        }
    }
    world.told(claimed(TaskId::new(2).expect("an id"), 1, 1)).await;
    world
        .told(ended(TaskId::new(2).expect("an id"), 1, succeeded(), 2))
        .await;
    let fast = TaskFilter {
        queue: Some(queue("fast")),
        ..all()
    };
    let fast_blue = TaskFilter {
        label: Some(("team".to_owned(), Some("blue".to_owned()))),
        ..fast.clone()
    };
    assert_eq!(world.list(&fast).await, [4, 3, 2, 1]);
    assert_eq!(world.list(&fast_blue).await, [2, 1]);
    for (states, expected) in [
        (vec![StateName::Completed], vec![2]),
        (vec![StateName::Queued], vec![1]),
        (vec![StateName::Queued, StateName::Completed], vec![2, 1]),
    ] {
        assert_eq!(
            world
                .list(&TaskFilter {
                    states: states.clone(),
                    ..fast_blue.clone()
                })
                .await,
            expected
        );
        let search = Some("fast".to_owned());
        assert_eq!(
            world
                .list(&TaskFilter {
                    states: states.clone(),
                    search,
                    ..fast_blue.clone()
                })
                .await,
            expected
        );
        let workspace = Some("/work".to_owned());
        assert_eq!(
            world
                .list(&TaskFilter {
                    states,
                    workspace,
                    ..fast_blue.clone()
                })
                .await,
            expected
        );
    }
    let nowhere = TaskFilter {
        workspace: Some("/nowhere".to_owned()),
        ..fast_blue
    };
    assert_eq!(world.list(&nowhere).await, [0_u64; 0]);
}

/// Page by page.
pub async fn a_state_page_merges_states_in_order(world: &mut StoreWorld) {
    for round in 0..4 {
        world
            .finished(if round % 2 == 0 { failed() } else { succeeded() }, 1)
            .await;
        world.submit_command(&["queued"]).await;
    }
    let filter = TaskFilter {
        states: vec![StateName::Completed, StateName::Failed],
        ..all()
    };
    let page = async |before: Option<TaskId>| {
        let page = world.store.tasks(&filter, before, 3).await.expect("a page");
        page.into_iter().map(|task| task.id).collect::<Vec<_>>()
    };
    let first = page(None).await;
    let second = page(first.last().copied()).await;
    let ids: Vec<_> = first.iter().chain(&second).map(|id| id.get()).collect();
    assert_eq!(ids, [7, 5, 3, 1]);
}

fn search(text: &str) -> TaskFilter {
    TaskFilter {
        search: Some(text.to_owned()),
        ..all()
    }
}

/// Every word must be found, in name or request.
pub async fn a_search_finds_beginnings_of_words(world: &mut StoreWorld) {
    world
        .submit(Spec {
            name: Some("Mend the parser".to_owned()),
            ..command(&["codex", "fix-it"])
        })
        .await;
    world.submit(command(&["grep", "-r", "parse_line", "src/lib.rs"])).await;
    world.submit(command(&["über", "Ωmega"])).await;
    for (text, expected) in [
        ("pars", vec![2, 1]),
        ("PARSER", vec![1]),
        ("mend pars", vec![1]),
        ("fix", vec![1]),
        ("fix-it", vec![1]),
        ("lib.rs", vec![2]),
        ("uber", vec![3]),
        ("arser", vec![]),
        ("mend nothing", vec![]),
    ] {
        assert_eq!(world.list(&search(text)).await, expected, "{text}");
    }
    assert_eq!(
        world
            .store
            .tasks(&search("pars"), TaskId::new(2), 9)
            .await
            .expect("a page")
            .len(),
        1
    );
}

/// And forgets what is no longer so.
pub async fn a_search_follows_edits_and_summaries(world: &mut StoreWorld) {
    let task = world.submit_command(&["before"]).await;
    let edit = Edit {
        task,
        spec: command(&["after"]),
        waits: Waits::default(),
        actor: Actor::User,
        at: at(1),
    };
    world.store.task_edit(edit).await.expect("edited");
    assert_eq!(
        (
            world.list(&search("before")).await.len(),
            world.list(&search("after")).await.len()
        ),
        (0, 1)
    );
    world.told(claimed(task, 1, 2)).await;
    let facts = Some(Facts {
        summary: Some("all seventeen tests pass".to_owned()),
        ..Facts::default()
    });
    world
        .told(Apply {
            facts,
            ..ended(task, 1, succeeded(), 3)
        })
        .await;
    assert_eq!(
        (
            world.list(&search("seventeen")).await.len(),
            world.list(&search("after")).await.len()
        ),
        (1, 1)
    );
}

/// It finds or it does not.
pub async fn no_search_text_is_an_error(world: &mut StoreWorld) {
    world.submit_command(&["plain"]).await;
    let long = "word ".repeat(500);
    let quotes = "\"".repeat(100);
    for text in [
        "",
        " ",
        "\"",
        "'",
        "*",
        "a*",
        "AND",
        "OR OR",
        "NEAR(a b)",
        "name:x",
        "{x y}:",
        "-x",
        "^x",
        "(",
        "\0",
        "a\0b",
        "%",
        "--",
        "🦀",
        "\u{301}",
        &long,
        &quotes,
    ] {
        assert_eq!(world.list(&search(text)).await, [0_u64; 0], "{text:?}");
    }
    assert_eq!(world.list(&search("\"plain\"")).await, [1]);
}

/// Oldest first.
pub async fn active_tasks_are_exactly_those_not_over(world: &mut StoreWorld) {
    let waiting = world
        .submit(Spec {
            hold: true,
            ..command(&["job"])
        })
        .await
        .id;
    world.finished(succeeded(), 1).await;
    let running = world.submit_command(&["job"]).await;
    world.told(claimed(running, 1, 1)).await;
    let queued = world.submit_command(&["job"]).await;
    let active = world.store.active_tasks().await.expect("active tasks");
    assert_eq!(
        active.tasks.iter().map(|task| task.id).collect::<Vec<_>>(),
        [waiting, running, queued]
    );
}

/// And are there again after a restart.
pub async fn counts_follow_every_change(world: &mut StoreWorld) {
    world.finished(succeeded(), 1).await;
    world.finished(failed(), 1).await;
    let task = world
        .submit(Spec {
            hold: true,
            ..command(&["job"])
        })
        .await
        .id;
    world.submit_command(&["job"]).await;
    world.cancel(task, 5).await.expect("canceled");
    world.reopen();
    let counts = world.store.counts().await.expect("counts");
    let by_state = StateName::ALL.map(|state| counts.of(state));
    assert_eq!(by_state, [0, 1, 0, 1, 1, 1, 0]);
    assert_eq!((counts.total(), counts.needs_attention), (4, 1));
}
