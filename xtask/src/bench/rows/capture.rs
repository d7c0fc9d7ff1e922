//! B7: capturing a gibibyte of output.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use super::figures::{Figures, timed};
use super::idle::{field, supervisors};
use super::row::Row;
use super::world::{Bench, Warm};
use crate::shell;

const MIB: u64 = 1024 * 1024;
/// The cap of the kept output, and room for its index.
const DISK_MIB: f64 = 64.0 + 20.0;
/// What a supervisor may have resident while it copies: its binary's pages, a buffer, nothing that grows.
const MEMORY_KB: f64 = 8.0 * 1024.0;

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let bytes = if bench.is_quick { 256 * MIB } else { 1024 * MIB };
    let rounds = bench.rounds(5, 3);
    let warm = bench.warm()?;
    let file = warm.home.folder().join("plain");
    let plain_line = format!("head -c {bytes} /dev/zero > {}", file.display());
    let (mut plain, mut ours, mut memory_kb) = (Vec::new(), Vec::new(), 0.0_f64);
    for _ in 0..rounds {
        let (took, done) = timed(|| shell::run(warm.home.program("sh").args(["-c", &plain_line])));
        done?;
        plain.push(took);
        std::fs::remove_file(&file)?;
        let (duration, most_kb) = captured(&warm, bytes)?;
        ours.push(duration);
        memory_kb = memory_kb.max(most_kb);
    }
    let (plain, ours) = (Figures::of(plain), Figures::of(ours));
    let disk_mib = disk_bytes(&warm.home.longhaul_home())? as f64 / MIB as f64 / rounds as f64;
    Ok(vec![
        Row::at_least(
            "B7",
            &format!("{} MiB through the pipe ÷ `cmd > file` (rate)", bytes / MIB),
            format!("longhaul {ours}, plain file {plain}"),
            plain.median_ms() / ours.median_ms(),
            0.4,
        ),
        Row::within(
            "B7",
            "supervisor's resident memory meanwhile",
            format!("at most {memory_kb:.0} kB"),
            memory_kb,
            MEMORY_KB,
            "flat",
        ),
        Row::within(
            "B7",
            "disk kept of each",
            format!("{disk_mib:.1} MiB"),
            disk_mib,
            DISK_MIB,
            "the cap",
        ),
        Row::skipped(
            "B7",
            "file capture ÷ `cmd > file`",
            "no kind of task uses it yet (agents will); see the supervisor's own example",
        ),
    ])
}

/// Runs it as a task; how long the program ran, and the most memory its supervisor had.
fn captured(warm: &Warm, bytes: u64) -> Result<(Duration, f64)> {
    let mut client = warm.client()?;
    let has_ended = AtomicBool::new(false);
    let task = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut most_kb = 0.0_f64;
            while !has_ended.load(Ordering::Relaxed) {
                for pid in supervisors(warm) {
                    // It may have ended since it was seen.
                    most_kb = most_kb.max(field(&format!("/proc/{pid}/status"), "VmRSS:").unwrap_or(0.0));
                }
                std::thread::sleep(Duration::from_millis(50));
            }
            most_kb
        });
        let task = client
            .submit(&warm.spec(&["head", "-c", &bytes.to_string(), "/dev/zero"]))
            .and_then(|id| client.wait_for(id));
        has_ended.store(true, Ordering::Relaxed);
        let most_kb = watcher.join().expect("invariant: the watcher does not panic");
        task.map(|task| (task, most_kb))
    });
    let (task, most_kb) = task?;
    let produced = task.get("output_bytes").and_then(Value::as_u64);
    anyhow::ensure!(
        produced == Some(bytes),
        "the task captured {produced:?} bytes of {bytes}"
    );
    let duration_ms = task
        .get("duration_ms")
        .and_then(Value::as_u64)
        .context("a finished task has no duration")?;
    Ok((Duration::from_millis(duration_ms), most_kb))
}

/// Blocks really taken by the attempts' folders.
fn disk_bytes(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in folder.read_dir()? {
        let entry = entry?;
        let about = entry.metadata()?;
        if about.is_dir() {
            sum += disk_bytes(&entry.path())?;
        } else if entry.file_name().to_string_lossy().starts_with("output") {
            sum += about.blocks() * 512;
        }
    }
    Ok(sum)
}
