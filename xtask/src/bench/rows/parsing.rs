//! B11: reading 64 MiB of an agent's output.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use longhaul_agents::{Adapter, adapters};

use super::figures::{Figures, ms, timed};
use super::row::Row;
use super::world::Bench;

/// The cap of the kept output.
const SIZE_BYTES: usize = 64 << 20;
/// How much is handed over at once, as the daemon does.
const PIECE_BYTES: usize = 64 << 10;
/// Recordings of small lines, which cost the most: tools, plans, answers.
const CASES: [&str; 8] = [
    "write",
    "write_yolo",
    "write_default",
    "two",
    "par",
    "sub",
    "plan",
    "md",
];

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let rounds = bench.rounds(5, 2);
    let mut rows = Vec::new();
    for adapter in adapters() {
        let output = output(*adapter)?;
        let (mut plain, mut read) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            plain.push(timed(|| lines(&output)).0);
            let (took, activities) = timed(|| activities(*adapter, &output));
            ensure!(activities > 1_000, "{} told of nothing", adapter.name());
            read.push(took);
        }
        let (plain, read) = (Figures::of(plain), Figures::of(read));
        rows.push(Row::within(
            "B11",
            &format!("reading 64 MiB of {}'s output", adapter.name()),
            format!("{read}; splitting it into lines {plain}"),
            read.median_ms(),
            ms(Duration::from_secs(1)),
            "< 1 s",
        ));
    }
    Ok(rows)
}

/// Recordings of the agent, again and again.
fn output(adapter: &dyn Adapter) -> Result<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../crates/agents/fixtures")
        .join(adapter.name());
    let mut recorded = Vec::new();
    for case in CASES {
        let file = folder.join(format!("{case}.jsonl"));
        if file.exists() {
            recorded.extend(std::fs::read(&file).with_context(|| format!("reading {}", file.display()))?);
        }
    }
    ensure!(!recorded.is_empty(), "{} was never recorded", adapter.name());
    Ok(recorded.iter().copied().cycle().take(SIZE_BYTES).collect())
}

fn lines(output: &[u8]) -> usize {
    output
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .count()
}

fn activities(adapter: &dyn Adapter, output: &[u8]) -> usize {
    let mut parser = adapter.parser();
    let mut activities = 0;
    let mut offset = 0;
    for piece in output.chunks(PIECE_BYTES) {
        parser.read(offset, piece);
        offset += piece.len() as u64;
        activities += parser.take_activity().len();
    }
    parser.finish();
    activities
}
