//! B12: what it costs to start a program that the kernel keeps from writing.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::figures::{Figures, ms};
use super::row::Row;
use super::world::Bench;

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let rounds = bench.rounds(400, 80);
    let warm = bench.warm()?;
    let mut client = warm.client()?;
    let free = warm.spec(&["true"]);
    let mut kept = free.clone();
    if let Some(fields) = kept.as_object_mut() {
        fields.insert("access".to_owned(), json!("read-only"));
    }
    let mut run = |spec: &Value, enforcement: &Value| -> Result<Duration> {
        let begun = Instant::now();
        let id = client.submit(spec)?;
        let task = client.wait_for(id)?;
        let took = begun.elapsed();
        let reached = task.get("enforcement").unwrap_or(&Value::Null);
        ensure!(reached == enforcement, "expected {enforcement}, not {reached}: {task}");
        Ok(took)
    };
    let (mut without, mut with) = (Vec::new(), Vec::new());
    // In turns, so that both see the same machine.
    for _ in 0..rounds {
        without.push(run(&free, &Value::Null)?);
        with.push(run(&kept, &json!("kernel"))?);
    }
    let (without, with) = (Figures::of(without), Figures::of(with));
    let added = ms(with.median()) - ms(without.median());
    Ok(vec![Row::within(
        "B12",
        "a start under kernel enforcement adds",
        format!("{added:.2} ms: {with} against {without}, submit to end"),
        added,
        1.5,
        "≤ 1.5 ms",
    )])
}
