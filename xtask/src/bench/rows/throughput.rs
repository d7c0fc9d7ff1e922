//! B2: durable submits per second by 64 clients that keep their connections.

use std::time::Instant;

use anyhow::Result;
use serde_json::json;

use super::reference;
use super::row::Row;
use super::template::{Template, database_of};
use super::world::{Bench, Warm};

const CLIENTS: u64 = 64;

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let each = if bench.is_quick { 40 } else { 150 };
    let mut warm = bench.warm()?;
    let mut client = warm.client()?;
    client.set_queue(&json!({ "paused": true }))?;
    let sample = client.submit(&warm.spec(&["true"]))?;
    drop(client);
    warm.stop()?;
    let template = Template::of(&database_of(&warm.home.longhaul_home())?, sample)?;
    warm.restart()?;
    let folder = warm.home.folder().to_owned();
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for round in 0..3 {
        ours.push(submits_per_second(&warm, each)?);
        let file = folder.join(format!("bare-{round}.sqlite"));
        bare.push(reference::group_commits_per_second(&file, &template, CLIENTS, each)?);
    }
    let single = reference::single_commits_per_second(&folder.join("single.sqlite"), &template, 500)?;
    let (ours_middle, bare_middle) = (middle(&mut ours), middle(&mut bare));
    let measured = format!(
        "{ours_middle:.0}/s ({:.0}–{:.0}); bare group commit {bare_middle:.0}/s ({:.0}–{:.0}); one commit each {single:.0}/s",
        ours[0], ours[2], bare[0], bare[2]
    );
    Ok(vec![
        Row::at_least(
            "B2",
            "submits/s ÷ bare group-commit loop",
            measured.clone(),
            ours_middle / bare_middle,
            0.5,
        ),
        Row::at_least(
            "B2",
            "submits/s ÷ one commit per insert",
            measured,
            ours_middle / single,
            10.0,
        ),
    ])
}

fn submits_per_second(warm: &Warm, each: u64) -> Result<f64> {
    let clients = (0..CLIENTS).map(|_| warm.client()).collect::<Result<Vec<_>>>()?;
    let spec = warm.spec(&["true"]);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let threads: Vec<_> = clients
            .into_iter()
            .map(|mut client| {
                let spec = &spec;
                scope.spawn(move || (0..each).try_for_each(|_| client.submit(spec).map(drop)))
            })
            .collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().expect("invariant: a client does not panic"))
    })?;
    Ok((CLIENTS * each) as f64 / begun.elapsed().as_secs_f64())
}

fn middle(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
