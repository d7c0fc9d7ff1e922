//! B8: a thousand tasks running at once.

use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use super::figures::{Figures, ms, timed};
use super::http::Client;
use super::idle::{SUPERVISOR_KB, private_dirty_kb, supervisors};
use super::row::Row;
use super::world::{Bench, Warm};
use crate::shell;

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let count = bench.rounds(1_000, 200);
    let (idle_warm, warm) = (bench.warm()?, bench.warm()?);
    let took = run_many(&warm, count)?;
    let (idle, busy) = submits(&idle_warm, &warm, bench.rounds(1_000, 200))?;
    let mut dirty_kb = supervisors(&warm)
        .into_iter()
        .map(private_dirty_kb)
        .collect::<Result<Vec<_>>>()?;
    anyhow::ensure!(
        dirty_kb.len() == count,
        "{} supervisors were found for {count} tasks",
        dirty_kb.len()
    );
    dirty_kb.sort_by(f64::total_cmp);
    let most_kb = dirty_kb[dirty_kb.len() - 1];
    let (idle_ms, busy_ms) = (ms(idle.percentile(99)), ms(busy.percentile(99)));
    Ok(vec![
        Row::within(
            "B8",
            &format!("{count} running: the largest supervisor, private dirty"),
            format!(
                "{:.0}–{most_kb:.0} kB, median {:.0} kB; all up after {:.1} s",
                dirty_kb[0],
                dirty_kb[count / 2],
                took.as_secs_f64()
            ),
            most_kb,
            SUPERVISOR_KB,
            "≤ 0.6 MB",
        ),
        Row::at_most(
            "B8",
            &format!("submit p99: {count} running ÷ idle"),
            format!(
                "p99 {busy_ms:.2} ms, p50 {:.2} ms; idle p99 {idle_ms:.2} ms, p50 {:.2} ms",
                busy.median_ms(),
                idle.median_ms()
            ),
            busy_ms / idle_ms,
            2.0,
        ),
    ])
}

/// Starts that many sleeping programs; how long until all of them run.
pub(crate) fn run_many(warm: &Warm, count: usize) -> Result<Duration> {
    let mut client = warm.client()?;
    client.set_queue(&json!({ "limit": count }))?;
    let spec = warm.spec(&["sleep", "600"]);
    let (took, up) = timed(|| {
        for _ in 0..count {
            client.submit(&spec)?;
        }
        shell::wait_until("all of them run", Duration::from_secs(120), || {
            client.count("running").is_ok_and(|running| running == count)
        })
    });
    up?;
    // Running means claimed; the last supervisors may still be on their way.
    shell::wait_until("every supervisor is up", Duration::from_secs(60), || {
        supervisors(warm).len() == count
    })?;
    Ok(took)
}

/// Submits to both by turns, so that a slow moment of the machine meets both.
fn submits(idle: &Warm, busy: &Warm, rounds: usize) -> Result<(Figures, Figures)> {
    let submit = |warm: &Warm, client: &mut Client| -> Result<Duration> {
        let mut spec = warm.spec(&["true"]);
        spec["hold"] = json!(true);
        let (took, id) = timed(|| client.submit(&spec));
        id.map(|_| took)
    };
    let (mut idle_client, mut busy_client) = (idle.client()?, busy.client()?);
    let (mut in_idle, mut in_busy) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        in_idle.push(submit(idle, &mut idle_client)?);
        in_busy.push(submit(busy, &mut busy_client)?);
    }
    Ok((Figures::of(in_idle), Figures::of(in_busy)))
}
