//! B3: many tasks that do nothing, end to end, two at a time.

use std::time::Instant;

use anyhow::{Result, ensure};
use serde_json::json;

use super::figures::ms;
use super::peers::{Pueue, TaskSpooler};
use super::reference;
use super::row::Row;
use super::world::{Bench, Warm};
use crate::shell;

const AT_ONCE: usize = 2;
/// Peers poll, so they are asked for fewer; what counts is the time of each.
const PEER_TASKS: usize = 40;

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let count = bench.rounds(1_000, 200);
    let warm = bench.warm()?;
    warm.client()?.set_queue(&json!({ "limit": AT_ONCE }))?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        ours.push(run_all(&warm, count)? / count as f64);
        bare.push(ms(reference::spawn_wait_sync(warm.home.folder(), "true", count, AT_ONCE)?) / count as f64);
    }
    ours.sort_by(f64::total_cmp);
    bare.sort_by(f64::total_cmp);
    let (each, bare_each) = (ours[1], bare[1]);
    let shown = format!("{each:.2} ms ({:.2}–{:.2}) each", ours[0], ours[2]);
    let mut rows = vec![Row::at_least(
        "B3",
        &format!("{count} no-op tasks: bare loop ÷ longhaul (rate)"),
        format!("{shown}; bare loop {bare_each:.2} ms ({:.2}–{:.2})", bare[0], bare[2]),
        bare_each / each,
        0.4,
    )];
    rows.push(match Pueue::start(warm.home.folder(), AT_ONCE)? {
        None => Row::skipped(
            "B3",
            "longhaul ÷ pueue (rate)",
            "pueue is not installed (--install-peers)",
        ),
        Some(pueue) => {
            let begun = Instant::now();
            for _ in 0..PEER_TASKS {
                shell::output(pueue.command().args(["add", "--", "true"]))?;
            }
            shell::output(pueue.command().args(["wait", "--quiet"]))?;
            let pueue_each = ms(begun.elapsed()) / PEER_TASKS as f64;
            let measured = format!("{shown}; pueue {pueue_each:.1} ms each ({PEER_TASKS} tasks, added and awaited)");
            Row::at_least("B3", "longhaul ÷ pueue (rate)", measured, pueue_each / each, 20.0)
        }
    });
    rows.push(match TaskSpooler::start(warm.home.folder(), AT_ONCE)? {
        None => Row::skipped(
            "B3",
            "longhaul beside tsp",
            "task-spooler is not installed (--install-peers)",
        ),
        Some(spooler) => {
            let begun = Instant::now();
            for _ in 0..PEER_TASKS {
                shell::output(spooler.command().arg("true"))?;
            }
            shell::output(spooler.command().arg("-w"))?;
            let tsp_each = ms(begun.elapsed()) / PEER_TASKS as f64;
            Row::skipped(
                "B3",
                "longhaul beside tsp",
                &format!("only shown: {shown}; tsp {tsp_each:.2} ms each, nothing durable"),
            )
        }
    });
    Ok(rows)
}

/// Submits them over one connection and waits for the last; milliseconds for all.
fn run_all(warm: &Warm, count: usize) -> Result<f64> {
    let mut client = warm.client()?;
    let spec = warm.spec(&["true"]);
    let begun = Instant::now();
    let ids = (0..count).map(|_| client.submit(&spec)).collect::<Result<Vec<_>>>()?;
    // First come, first served, two at a time: when the last two have ended, so have all.
    for id in &ids[count - AT_ONCE..] {
        client.wait_for(*id)?;
    }
    let took = ms(begun.elapsed());
    for id in ids {
        let task = client.wait_for(id)?;
        ensure!(
            task.get("state").is_some_and(|state| state == "completed"),
            "a no-op task did not complete: {task}"
        );
    }
    Ok(took)
}
