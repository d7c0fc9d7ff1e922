//! B5: what a million finished tasks cost those who come after.

use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use super::figures::{Figures, timed};
use super::finished;
use super::http::Client;
use super::row::Row;
use super::world::{Bench, Warm};

const LIMIT: f64 = 1.3;

type Act = fn(&Warm, &mut Client) -> Result<Duration>;

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let count: u32 = if bench.is_quick { 100_000 } else { 1_000_000 };
    let empty = bench.warm()?;
    let full = finished::warm_with(bench, count.into())?;
    // The shortest page of both is the same length: fifty tasks.
    for warm in [&empty, &full] {
        let mut client = warm.client()?;
        for _ in 0..60 {
            submit(warm, &mut client)?;
        }
    }
    let acts: [(&str, Act); 3] = [
        ("submit", submit),
        ("submit, claim, run `true`, end", run),
        ("list of the 50 newest", list),
    ];
    let rounds = bench.rounds(200, 40);
    let mut rows = Vec::new();
    for (what, act) in acts {
        let (mut in_empty, mut in_full) = (Vec::new(), Vec::new());
        let (mut empty_client, mut full_client) = (empty.client()?, full.client()?);
        for _ in 0..rounds {
            in_empty.push(act(&empty, &mut empty_client)?);
            in_full.push(act(&full, &mut full_client)?);
        }
        let (in_empty, in_full) = (Figures::of(in_empty), Figures::of(in_full));
        rows.push(Row::at_most(
            "B5",
            &format!("{what}: {count} finished ÷ none"),
            format!("{in_full} with, {in_empty} without"),
            in_full.median_ms() / in_empty.median_ms(),
            LIMIT,
        ));
    }
    Ok(rows)
}

fn submit(warm: &Warm, client: &mut Client) -> Result<Duration> {
    let mut spec = warm.spec(&["true"]);
    spec["hold"] = json!(true);
    let (took, id) = timed(|| client.submit(&spec));
    id?;
    Ok(took)
}

fn run(warm: &Warm, client: &mut Client) -> Result<Duration> {
    let spec = warm.spec(&["true"]);
    let (took, task) = timed(|| client.submit(&spec).and_then(|id| client.wait_for(id)));
    task?;
    Ok(took)
}

fn list(_: &Warm, client: &mut Client) -> Result<Duration> {
    let (took, page) = timed(|| client.json("GET", "/api/v1/tasks?limit=50", ""));
    page?;
    Ok(took)
}
