//! B9: a new daemon finds a thousand running attempts.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::idle::supervisors;
use super::many;
use super::row::Row;
use super::world::Bench;
use crate::shell;

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let count = bench.rounds(1_000, 200);
    let mut warm = bench.warm()?;
    many::run_many(&warm, count)?;
    warm.kill_daemon()?;
    ensure!(supervisors(&warm).len() == count, "supervisors died with the daemon");

    let begun = Instant::now();
    warm.spawn_daemon()?;
    shell::wait_until("the new daemon is ready", Duration::from_secs(60), || {
        warm.client()
            .and_then(|mut client| client.request("GET", "/readyz", ""))
            .is_ok_and(|(status, _)| status == 200)
    })?;
    let ready = begun.elapsed();

    // Being ready is a word; that it can end the newest of them is the proof.
    let mut client = warm.client()?;
    let page = client.json("GET", "/api/v1/tasks?state=running&limit=1", "")?;
    let newest = page
        .pointer("/tasks/0/id")
        .and_then(Value::as_u64)
        .context("no task runs after the restart")?;
    client.json("POST", &format!("/api/v1/tasks/{newest}/cancel"), "{}")?;
    let task = client.wait_for(newest)?;
    let proven = begun.elapsed();
    ensure!(
        task.get("state").is_some_and(|state| state == "canceled"),
        "an adopted task was canceled and is not: {task}"
    );
    let running = client.count("running")?;
    ensure!(
        running == count - 1,
        "{running} tasks run after the restart, not {}",
        count - 1
    );
    let seconds = ready.as_secs_f64();
    let measured = format!(
        "ready after {seconds:.2} s; one of them canceled, proven, after {:.2} s",
        proven.as_secs_f64()
    );
    Ok(vec![Row::within(
        "B9",
        &format!("start with {count} running attempts"),
        measured,
        seconds,
        1.0,
        "≤ 1 s",
    )])
}
