//! B8: a thousand tasks running at once.

use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use super::figures::{Figures, ms, timed};
use super::idle::{SUPERVISOR_KB, private_dirty_kb, supervisors};
use super::row::Row;
use super::world::{Bench, Warm};
use crate::shell;

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let count = bench.rounds(1_000, 200);
    let warm = bench.warm()?;
    let idle = submits(&warm, bench.rounds(500, 200))?;
    let took = run_many(&warm, count)?;
    let busy = submits(&warm, bench.rounds(500, 200))?;
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

fn submits(warm: &Warm, rounds: usize) -> Result<Figures> {
    let mut client = warm.client()?;
    let mut spec = warm.spec(&["true"]);
    spec["hold"] = json!(true);
    let each = (0..rounds).map(|_| {
        let (took, id) = timed(|| client.submit(&spec));
        id.map(|_| took)
    });
    Ok(Figures::of(each.collect::<Result<_>>()?))
}
