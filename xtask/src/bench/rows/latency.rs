//! B4: from the program's exit to the exit of the `await` that waits for it.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::figures::{Figures, ms};
use super::row::Row;
use super::world::Bench;
use crate::shell;

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let rounds = bench.rounds(200, 40);
    let warm = bench.warm()?;
    let file = warm.home.folder().join("stamp");
    let ourselves = std::env::current_exe()?;
    // The program notes the time as its last act; the moment in which the kernel takes it apart counts against us.
    let program = format!("sleep 0.1; exec {} stamp {}", ourselves.display(), file.display());
    let mut delays = Vec::new();
    for _ in 0..rounds {
        let id = warm.home.ask(&["run", "-d", "--", "sh", "-c", &program])?;
        let mut waiter = warm.home.longhaul(&["await", id.trim()]);
        let mut waiter = waiter
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let status = waiter.wait()?;
        let returned = shell::wall_clock();
        ensure!(status.success(), "await of a program that exits 0 ended with {status}");
        let ended: u64 = shell::read(&file)?
            .trim()
            .parse()
            .context("reading the program's stamp")?;
        delays.push(returned.saturating_sub(Duration::from_nanos(ended)));
    }
    let delays = Figures::of(delays);
    let (middle, worst) = (ms(delays.percentile(50)), ms(delays.percentile(99)));
    Ok(vec![
        Row::within(
            "B4",
            "program exit to await exit, p50",
            delays.to_string(),
            middle,
            10.0,
            "≤ 10 ms",
        ),
        Row::within(
            "B4",
            "program exit to await exit, p99",
            format!("{worst:.1} ms"),
            worst,
            50.0,
            "≤ 50 ms",
        ),
    ])
}
