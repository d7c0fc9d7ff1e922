//! What the store costs, as ratios: `cargo run --release -p longhaul-store --example load [FOLDER] [ROWS]`.
//!
//! Submits of 64 waiting clients against a bare loop that does the same inserts on the same schema in groups of 64, and
//! against one commit per insert; then submit, claim and end, and a list page with ROWS finished tasks (default
//! 1,000,000) against the empty store. The folder (default: a temporary one) should be on a real disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use longhaul_model::{Actor, Ending, Event, Fence, Outcome, Spec, StateName, TaskId, Verdict, Work};
use longhaul_store::{Apply, NewTask, OpenOptions, Store, TaskFilter};
use rusqlite::{Connection, params};

const CLIENTS: usize = 64;
const SUBMITS: usize = 20_000;
const CYCLES: usize = 6_000;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = arguments
        .next()
        .map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let rows: u64 = arguments
        .next()
        .map_or(1_000_000, |rows| rows.parse().expect("a number of rows"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");

    // In turn, and the best of each: others use the machine too.
    let (mut submits, mut bare, mut single) = (0.0_f64, 0.0_f64, 0.0_f64);
    for round in 0..5 {
        let store = open(&folder.join(format!("submits-{round}")));
        submits = submits.max(per_second(SUBMITS, || runtime.block_on(submit_all(&store, SUBMITS))));
        store.close().expect("closed");
        bare = bare.max(bare_loop(&folder.join(format!("bare-{round}")), SUBMITS, CLIENTS));
        single = single.max(bare_loop(&folder.join(format!("single-{round}")), 1_000, 1));
    }
    println!("submits, 64 clients     {submits:>9.0} /s");
    println!(
        "bare loop, groups of 64 {bare:>9.0} /s   ratio {:.2} (B2: at least 0.5)",
        submits / bare
    );
    println!(
        "one commit per insert   {single:>9.0} /s   ratio {:.1} (B2: at least 10)",
        submits / single
    );

    let large = folder.join("large");
    open(&large).close().expect("closed");
    fill(&large, rows);
    let best = |old: &mut Vec<(_, Duration)>, new: Vec<(&'static str, Duration)>| {
        old.iter_mut().zip(new).for_each(|(old, new)| old.1 = old.1.min(new.1));
    };
    let mut full = measure(&runtime, &large);
    let mut empty = measure(&runtime, &folder.join("empty-0"));
    for round in 1..4 {
        best(&mut full, measure(&runtime, &large));
        best(&mut empty, measure(&runtime, &folder.join(format!("empty-{round}"))));
    }
    println!("with {rows} finished tasks against none (B5: at most 1.3):");
    for ((name, empty), (_, full)) in empty.iter().zip(&full) {
        println!(
            "  {name:<28} {empty:>10.1?} {full:>10.1?}   ratio {:.2}",
            full.as_secs_f64() / empty.as_secs_f64()
        );
    }
}

fn open(folder: &Path) -> Store {
    Store::open(folder, OpenOptions::default()).expect("the store opens")
}

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_800_000_000 + second)
}

fn spec(n: usize) -> Spec {
    let command = [
        "sh",
        "-c",
        &format!("make target-{n} && ./deploy.sh --stage {}", n % 97),
    ]
    .map(str::to_owned)
    .to_vec();
    Spec::new(Work::Command { command }, "/home/me/project")
}

fn new_task(n: usize) -> NewTask {
    NewTask {
        spec: spec(n),
        workspace: "/home/me/project".to_owned(),
        environment: Some(environment()),
        environment_of: None,
        parent: None,
        repeats: None,
        key: None,
        actor: Actor::User,
        at: at(0),
        enforcement: None,
        max_depth: 5,
        max_descendants: 100,
    }
}

/// About as large as a shell's.
fn environment() -> BTreeMap<String, String> {
    (0..60)
        .map(|n| (format!("VARIABLE_{n}"), format!("/some/path/of/usual/length/{n}")))
        .collect()
}

fn per_second(count: usize, work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    count as f64 / start.elapsed().as_secs_f64()
}

async fn submit_all(store: &Store, count: usize) {
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let store = store.clone();
        clients.spawn(async move {
            for n in (client..count).step_by(CLIENTS) {
                store.task_insert(new_task(n)).await.expect("an accepted submit");
            }
        });
    }
    clients.join_all().await;
}

/// The same rows by the same statements, without anything around them. The environment is there already.
fn bare_loop(folder: &Path, count: usize, group: usize) -> f64 {
    let store = open(folder);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let sample = runtime
        .block_on(store.task_insert(new_task(0)))
        .expect("an accepted submit")
        .task;
    store.close().expect("closed");
    let conn = Connection::open(folder.join("longhaul.db")).expect("the database");
    conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -8000;")
        .expect("set");
    let life = serde_json::to_string(&sample.life).expect("JSON");
    let json: Vec<_> = (0..count)
        .map(|n| serde_json::to_string(&spec(n)).expect("JSON"))
        .collect();
    per_second(count, || {
        for start in (0..count).step_by(group) {
            conn.execute_batch("BEGIN IMMEDIATE").expect("begun");
            for (n, json) in json.iter().enumerate().take(count.min(start + group)).skip(start) {
                bare_insert(&conn, n as i64 + 2, json, &life);
            }
            conn.execute_batch("UPDATE tally SET queued = queued + 1; COMMIT")
                .expect("committed");
        }
    })
}

fn bare_insert(conn: &Connection, id: i64, spec: &str, life: &str) {
    let run = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
        conn.prepare_cached(sql)
            .expect("a statement")
            .execute(values)
            .expect("a row");
    };
    run(
        "INSERT INTO tasks (id, state, queue, priority, rank, fence, attempt, kind, workspace, root, level, chain, \
         created_at, history_count, life, facts) VALUES (?1, 'queued', 'default', 0, ?1, 0, 0, 'command', \
         '/home/me/project', ?1, 1, ?1, 1800000000000000, 1, ?2, '{\"output_bytes\":0,\"output_truncated\":false}')",
        params![id, life],
    );
    run(
        "INSERT INTO specs (task, spec, environment) VALUES (?1, ?2, 1)",
        params![id, spec],
    );
    run(
        "INSERT INTO search (rowid, name, request, summary) VALUES (?1, '', ?2, '')",
        params![id, spec_words(spec)],
    );
    run(
        "INSERT INTO history (task, number, at, event, to_state, actor) \
         VALUES (?1, 1, 1800000000000000, 'submitted', 'queued', '\"user\"')",
        params![id],
    );
    run(
        "INSERT INTO events (sequence, at, kind, task) VALUES (?1, 1800000000000000, 'submitted', ?1)",
        params![id],
    );
}

fn spec_words(spec: &str) -> &str {
    spec.split_once("[\"")
        .and_then(|(_, rest)| rest.split_once("\"]"))
        .map_or("", |(words, _)| words)
}

/// Finished tasks with all their rows, made by the database itself.
fn fill(folder: &Path, rows: u64) {
    let conn = Connection::open(folder.join("longhaul.db")).expect("the database");
    let ended = longhaul_model::Life {
        fence: Fence(1),
        attempt: longhaul_model::AttemptNumber(1),
        state: longhaul_model::State::Completed(longhaul_model::Ended {
            at: at(2),
            outcome: Outcome::exited(0),
        }),
        ..longhaul_model::Life::submitted(at(0), longhaul_model::Waits::default(), spec(0).policy())
    };
    let life = serde_json::to_string(&ended).expect("JSON");
    conn.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; BEGIN")
        .expect("set");
    conn.execute(
        "CREATE TEMP TABLE numbers AS WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ?1) \
         SELECT id FROM n",
        [rows as i64],
    )
    .expect("numbers");
    conn.execute(
        "INSERT INTO tasks (id, state, queue, priority, rank, fence, attempt, kind, workspace, root, level, chain, \
         created_at, started_at, ended_at, history_count, life, facts) \
         SELECT id, 'completed', 'default', 0, id, 1, 1, 'command', '/home/me/project', id, 1, id, \
         1800000000000000, 1800000001000000, 1800000002000000, 3, ?1, '{}' FROM numbers",
        [&life],
    )
    .expect("tasks");
    let spec = serde_json::to_string(&spec(7)).expect("JSON");
    conn.execute("INSERT INTO specs (task, spec) SELECT id, ?1 FROM numbers", [&spec])
        .expect("specs");
    conn.execute_batch(
        "INSERT INTO search (rowid, name, request, summary) \
         SELECT id, '', 'sh -c make target-' || id || ' && ./deploy.sh --stage ' || (id % 97), '' FROM numbers; \
         INSERT INTO search (search) VALUES ('optimize'); \
         INSERT INTO history (task, number, at, event, from_state, to_state, actor) \
         SELECT id, step, 1800000000000000, word, iif(step = 1, NULL, 'queued'), 'completed', '\"user\"' FROM numbers, \
         (SELECT 1 AS step, 'submitted' AS word UNION SELECT 2, 'claimed' UNION SELECT 3, 'attempt-ended') ORDER BY 1, 2; \
         INSERT INTO attempts (task, fence, number, claimed_at, boot, ended_at, facts) \
         SELECT id, 1, 1, 1800000001000000, 'boot', 1800000002000000, '{}' FROM numbers; \
         INSERT INTO events (sequence, at, kind, task) SELECT id, 1800000002000000, 'attempt-ended', id FROM numbers; \
         UPDATE tally SET completed = (SELECT count(*) FROM numbers), newest_task = (SELECT max(id) FROM numbers), \
         newest_event = (SELECT max(id) FROM numbers); COMMIT;",
    )
    .expect("the rest");
    conn.close().expect("closed");
    // What is still on its way to the disk would slow down whoever syncs next.
    std::fs::File::open(folder.join("longhaul.db"))
        .and_then(|file| file.sync_all())
        .expect("synced");
    let size_bytes = std::fs::metadata(folder.join("longhaul.db")).map_or(0, |metadata| metadata.len());
    println!("filled {rows} finished tasks, {} MiB", size_bytes >> 20);
}

fn measure(runtime: &tokio::runtime::Runtime, folder: &Path) -> Vec<(&'static str, Duration)> {
    let start = Instant::now();
    let store = open(folder);
    let opened = start.elapsed();
    finish_all(runtime, &store);
    runtime.block_on(submit_all(&store, 5_000));
    let submit = time_each(5_000, || runtime.block_on(submit_all(&store, 5_000)));
    let alone = time_each(200, || {
        (0..200).for_each(|n| {
            drop(
                runtime
                    .block_on(store.task_insert(new_task(n)))
                    .expect("an accepted submit"),
            )
        });
    });
    let queued = TaskFilter {
        states: vec![StateName::Queued],
        ..TaskFilter::default()
    };
    let ids: Vec<_> = runtime
        .block_on(store.tasks(&queued, None, CYCLES))
        .expect("a list")
        .iter()
        .map(|task| task.id)
        .collect();
    let cycle = time_each(CYCLES as u32, || runtime.block_on(cycle_all(&store, &ids)));
    let page = |filter: &TaskFilter| {
        let list = || (0..200).for_each(|_| drop(runtime.block_on(store.tasks(filter, None, 50)).expect("a page")));
        list();
        time_each(200, list)
    };
    let completed = TaskFilter {
        states: vec![StateName::Completed],
        ..TaskFilter::default()
    };
    let worst = TaskFilter {
        workspace: Some("/home/me/project".to_owned()),
        ..completed.clone()
    };
    let common = TaskFilter {
        search: Some("deploy".to_owned()),
        ..TaskFilter::default()
    };
    let word = TaskFilter {
        search: Some("target 4711".to_owned()),
        ..TaskFilter::default()
    };
    let counts = time_each(1_000, || {
        (0..1_000).for_each(|_| assert!(runtime.block_on(store.counts()).is_ok()))
    });
    let active = time_each(5, || {
        (0..5).for_each(|_| drop(runtime.block_on(store.active_tasks()).expect("active tasks")))
    });
    vec![
        ("open", opened),
        ("submit, 64 clients", submit),
        ("submit, alone", alone),
        ("claim and end, 64 clients", cycle),
        ("list of 50 newest", page(&TaskFilter::default())),
        ("list of 50 completed", page(&completed)),
        ("… of one workspace", page(&worst)),
        ("search, a common word", page(&common)),
        ("search, a rare word", page(&word)),
        ("counts", counts),
        ("all active", active),
    ]
}

/// Leaves no task active, so that every round begins alike.
fn finish_all(runtime: &tokio::runtime::Runtime, store: &Store) {
    let cancel = |id| {
        Apply::new(
            id,
            Event::CancelRequested {
                by: Actor::User,
                reason: None,
            },
            Actor::User,
            at(3),
        )
    };
    let active = runtime.block_on(store.active_tasks()).expect("active tasks").tasks;
    let all = active.into_iter().map(|task| cancel(task.id)).collect();
    runtime.block_on(store.task_apply_all(all)).expect("all are told");
}

fn time_each(count: u32, work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed() / count
}

async fn cycle_all(store: &Store, ids: &[TaskId]) {
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let store = store.clone();
        let ids: Vec<_> = ids.iter().skip(client).step_by(CLIENTS).copied().collect();
        clients.spawn(async move {
            for id in ids {
                let claim = Apply::new(id, Event::Claimed { fence: Fence(1) }, Actor::Daemon, at(1));
                store
                    .task_apply(Apply {
                        boot: Some("boot".to_owned()),
                        ..claim
                    })
                    .await
                    .expect("claimed");
                let ending = Ending {
                    at: at(2),
                    verdict: Verdict::Succeeded(Outcome::exited(0)),
                };
                let event = Event::AttemptEnded {
                    fence: Fence(1),
                    ending,
                    jitter_permille: 0,
                };
                store
                    .task_apply(Apply::new(id, event, Actor::Daemon, at(2)))
                    .await
                    .expect("ended");
            }
        });
    }
    clients.join_all().await;
}
