//! B1: what one submit costs, from the process's start to its exit.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::figures::{Figures, timed};
use super::finished;
use super::peers::{Pueue, TaskSpooler};
use super::reference;
use super::row::Row;
use super::world::{Bench, Warm};

const HISTORY: usize = 10_000;

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let rounds = bench.rounds(100, 20);
    let empty = bench.warm()?;
    let bare = reference::BareCommits::new(empty.home.folder())?;
    let (mut version, mut commit, mut run) = (Vec::new(), Vec::new(), Vec::new());
    // By turns, so that a slow moment of the machine meets all of them.
    for _ in 0..rounds {
        version.push(timed_program(&mut empty.home.longhaul(&["version"]))?);
        commit.push(bare.one()?);
        run.push(one_run(&empty)?);
    }
    let (version, commit, run) = (Figures::of(version), Figures::of(commit), Figures::of(run));
    let budget_ms = version.median_ms() + commit.median_ms() + 1.0;
    let mut rows = vec![Row::at_most(
        "B1",
        "run -d -- true ÷ (version + bare durable commit + 1 ms)",
        format!("run {run}, version {version}, commit {commit}"),
        run.median_ms() / budget_ms,
        1.0,
    )];
    rows.extend(beside_pueue(bench, &empty, rounds)?);
    rows.push(beside_task_spooler(&empty, &run, rounds)?);
    Ok(rows)
}

/// One `run -d -- true`; its task has ended before the next one is timed.
fn one_run(warm: &Warm) -> Result<Duration> {
    let mut command = warm.home.longhaul(&["run", "-d", "--", "true"]);
    let (took, output) = timed(|| command.stdin(Stdio::null()).stderr(Stdio::null()).output());
    let output = output?;
    ensure!(output.status.success(), "`run -d` failed");
    let id = String::from_utf8(output.stdout)?.trim().parse()?;
    warm.client()?.wait_for(id)?;
    Ok(took)
}

fn timed_program(command: &mut std::process::Command) -> Result<Duration> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let (took, status) = timed(|| command.status());
    ensure!(status?.success(), "`{}` failed", crate::shell::line_of(command));
    Ok(took)
}

fn beside_pueue(bench: &Bench, empty: &Warm, rounds: usize) -> Result<Vec<Row>> {
    let Some(mut pueue) = Pueue::start(empty.home.folder(), 2)? else {
        return Ok(vec![Row::skipped(
            "B1",
            "run -d ÷ pueue add",
            "pueue is not installed (--install-peers)",
        )]);
    };
    let mut rows = vec![by_turns("empty history", 1.0, empty, &pueue, rounds.min(40))?];
    crate::shell::output(pueue.command().arg("wait"))?;
    pueue.fill_history(HISTORY)?;
    let full = finished::warm_with(bench, HISTORY as u64)?;
    rows.push(by_turns("10,000 tasks of history", 0.05, &full, &pueue, 8)?);
    Ok(rows)
}

fn by_turns(history: &str, limit: f64, warm: &Warm, pueue: &Pueue, rounds: usize) -> Result<Row> {
    let (mut run, mut add) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        run.push(one_run(warm)?);
        add.push(timed_program(pueue.command().args(["add", "--", "true"]))?);
    }
    let (run, add) = (Figures::of(run), Figures::of(add));
    let what = format!("run -d ÷ pueue add, {history}");
    let measured = format!("run {run}, pueue add {add} (not durable)");
    Ok(Row::at_most(
        "B1",
        &what,
        measured,
        run.median_ms() / add.median_ms(),
        limit,
    ))
}

fn beside_task_spooler(empty: &Warm, run: &Figures, rounds: usize) -> Result<Row> {
    let what = "run -d beside tsp (no target; tsp keeps nothing on disk)";
    let Some(spooler) = TaskSpooler::start(empty.home.folder(), 2)? else {
        return Ok(Row::skipped(
            "B1",
            what,
            "task-spooler is not installed (--install-peers)",
        ));
    };
    let each = (0..rounds).map(|_| timed_program(spooler.command().arg("true")));
    let tsp = Figures::of(each.collect::<Result<_>>()?);
    Ok(Row::skipped("B1", what, &format!("only shown: run {run}, tsp {tsp}")))
}
