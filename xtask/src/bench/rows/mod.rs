//! The measurements themselves, one file per row, compiled only with the feature `bench`.

mod adoption;
mod capture;
mod database;
mod enforcement;
mod figures;
mod finished;
mod history;
mod http;
mod idle;
mod latency;
mod many;
mod noop;
mod parsing;
mod peers;
mod reference;
mod row;
mod scrolling;
mod submit;
mod template;
mod throughput;
mod worktree;
mod world;

use anyhow::{Context as _, Result};

pub(crate) use peers::install as install_peers;

use crate::{release, shell};
use row::Row;
use world::Bench;

type Measure = fn(&Bench) -> Result<Vec<Row>>;

const ROWS: [(&str, Measure); 13] = [
    ("B1", submit::measure),
    ("B2", throughput::measure),
    ("B3", noop::measure),
    ("B4", latency::measure),
    ("B5", history::measure),
    ("B6", idle::measure),
    ("B7", capture::measure),
    ("B8", many::measure),
    ("B9", adoption::measure),
    ("B10", scrolling::measure),
    ("B11", parsing::measure),
    ("B12", enforcement::measure),
    ("B13", worktree::measure),
];

/// Measures the wanted rows (all, if none is named) and shows and writes them.
pub(crate) fn measure(wanted: &[String], is_quick: bool) -> Result<()> {
    let bench = Bench::new(release::binary(), is_quick);
    let mut rows: Vec<Row> = Vec::new();
    for (name, measure) in ROWS
        .iter()
        .filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|row| row == name))
    {
        let (took, measured) = figures::timed(|| measure(&bench));
        eprintln!("{name}: measured in {:.0} s", took.as_secs_f64());
        match measured {
            Ok(measured) => rows.extend(measured),
            // One row that cannot be measured must not hide the others.
            Err(error) => rows.push(Row::failed(name, &error)),
        }
    }
    row::print(&rows);
    let file = shell::target().join("bench.json");
    std::fs::write(&file, row::as_json(&rows, is_quick)).with_context(|| format!("writing {}", file.display()))?;
    println!("\nWritten to {}.", file.display());
    Ok(())
}
