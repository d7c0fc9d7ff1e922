//! Hunts what is older than it is kept: finished tasks past their time, and output past its total.
//!
//! Records go with their folders; when only space is short, the oldest finished output goes and its record stays.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use longhaul_model::TaskId;
use longhaul_store::{PruneRules, StoreFault};

use crate::shared::{Shared, blocking, chain, spawn};

/// How often it runs by itself.
const ROUND: Duration = Duration::from_secs(3_600);
/// How soon after the start it runs first: not while work is waiting to be adopted.
const FIRST: Duration = Duration::from_secs(60);
/// Tasks pruned in one transaction, so that other writes are not kept waiting.
const BATCH: u32 = 500;

/// Runs now and then until the daemon stops.
pub(crate) async fn run(shared: Arc<Shared>) {
    let mut stopping = shared.stopping.subscribe();
    let mut pause = FIRST;
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        pause = ROUND;
        if let Err(error) = prune(&shared, shared.config.history_kept, shared.config.finished_kept).await {
            tracing::warn!(error = %chain(&error), "could not prune finished tasks");
        }
        let (attempts, total) = (shared.attempts.clone(), shared.config.output_total_bytes);
        blocking(move || drop_oldest_output(&attempts, total)).await;
    }
}

/// Forgets finished tasks older than `kept`, but never the `keep_newest` newest. Says how many.
pub(crate) async fn prune(shared: &Arc<Shared>, kept: Duration, keep_newest: u64) -> Result<u64, StoreFault> {
    let kept = jiff::SignedDuration::try_from(kept).unwrap_or(jiff::SignedDuration::MAX);
    let ended_before = shared.clock.now().checked_sub(kept).unwrap_or(jiff::Timestamp::MIN);
    let mut pruned = 0;
    loop {
        let rules = PruneRules {
            ended_before,
            keep_newest,
            limit: BATCH,
        };
        let batch: Vec<TaskId> = shared.store.prune(rules).await?;
        let is_last = batch.len() < BATCH as usize;
        pruned += batch.len() as u64;
        let folders: Vec<PathBuf> = batch.iter().map(|task| shared.task_folder(*task)).collect();
        // The records are gone; folders that stay behind after a crash count as output, and go when space is short.
        spawn(async move {
            blocking(move || folders.iter().for_each(|folder| drop(std::fs::remove_dir_all(folder)))).await;
        });
        if is_last {
            return Ok(pruned);
        }
    }
}

/// Removes the oldest finished output until all of it together is at most `total_bytes`.
fn drop_oldest_output(attempts: &Path, total_bytes: u64) {
    let mut outputs = Vec::new();
    for task in folders_in(attempts) {
        for attempt in folders_in(&task) {
            outputs.extend(Output::of(attempt));
        }
    }
    let mut kept: u64 = outputs.iter().map(|output| output.size_bytes).sum();
    outputs.sort_by_key(|output| output.changed);
    for output in outputs.into_iter().filter(|output| output.is_over) {
        if kept <= total_bytes {
            return;
        }
        kept = kept.saturating_sub(output.size_bytes);
        tracing::info!(folder = %output.folder.display(), "dropping the oldest output: all together is over its limit");
        for file in output.files {
            let _ = std::fs::remove_file(file);
        }
    }
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

struct Output {
    folder: PathBuf,
    files: Vec<PathBuf>,
    size_bytes: u64,
    changed: std::time::SystemTime,
    is_over: bool,
}

impl Output {
    /// The output of an attempt; nothing if it has none.
    fn of(folder: PathBuf) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let mut size_bytes = 0;
        let mut changed = std::time::SystemTime::UNIX_EPOCH;
        let mut files = Vec::new();
        for name in longhaul_supervisor::output::FILES {
            let path = folder.join(name);
            let Ok(metadata) = path.metadata() else { continue };
            // Blocks of 512 bytes, not the length: output has holes.
            size_bytes += metadata.blocks() * 512;
            changed = changed.max(metadata.modified().unwrap_or(changed));
            files.push(path);
        }
        // Only a receipt proves that nobody writes here any more; a lost attempt's output is let be.
        let is_over = longhaul_supervisor::AttemptFolder::at(&folder)
            .receipt()
            .is_ok_and(|receipt| receipt.is_some());
        (!files.is_empty()).then_some(Self {
            folder,
            files,
            size_bytes,
            changed,
            is_over,
        })
    }
}
