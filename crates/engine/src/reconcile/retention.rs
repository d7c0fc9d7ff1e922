//! Hunts what is older than it is kept: finished tasks past their time, and output past its total.
//!
//! Records go with their folders; when only space is short, the oldest finished output goes and its record stays. The
//! folder of an active task is never touched.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use longhaul_model::{TaskId, with_causes};
use longhaul_store::{PruneRules, StoreFault};

use super::worktrees::Worktrees;
use crate::installation::Installation;
use crate::ledger::Ledger;
use crate::runtime::{Shutdown, apart, blocking};
use crate::transcripts;
use crate::workspace;

/// How often it runs by itself.
const ROUND: Duration = Duration::from_secs(3_600);
/// How soon after the start it runs first: not while work is waiting to be adopted.
const FIRST: Duration = Duration::from_secs(60);
/// Tasks pruned in one transaction, so that other writes are not kept waiting.
const BATCH: u32 = 500;

/// Forgets what is older than it is kept.
#[derive(Clone)]
pub(crate) struct Retention {
    pub(crate) installation: Arc<Installation>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) worktrees: Worktrees,
}

impl Retention {
    /// Runs now and then until the daemon stops.
    pub(crate) async fn run(self, shutdown: Shutdown) {
        let mut pause = FIRST;
        loop {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = shutdown.begun() => return,
            }
            pause = ROUND;
            self.worktrees.remove_old().await;
            let config = &self.installation.config;
            if let Err(error) = self.prune(config.history_kept, config.finished_kept).await {
                tracing::warn!(error = %with_causes(&error), "could not prune finished tasks");
            }
            let held = self.clone();
            apart(async move {
                held.remove_forgotten().await;
                held.drop_oldest_output().await;
            })
            .await;
        }
    }

    /// Forgets finished tasks older than `kept`, but never the `keep_newest` newest. Says how many.
    pub(crate) async fn prune(&self, kept: Duration, keep_newest: u64) -> Result<u64, StoreFault> {
        let kept = jiff::SignedDuration::try_from(kept).unwrap_or(jiff::SignedDuration::MAX);
        let now = self.installation.clock.now();
        let ended_before = now.checked_sub(kept).unwrap_or(jiff::Timestamp::MIN);
        // A record goes only after the work in its worktree has a place of its own.
        let spared = self.worktrees.protected_from_pruning(ended_before).await;
        let spared = spared.ok_or(StoreFault::Closed)?;
        let mut pruned = 0;
        loop {
            let rules = PruneRules {
                ended_before,
                keep_newest,
                limit: BATCH,
                spared: spared.clone(),
            };
            let batch: Vec<TaskId> = self.ledger.prune(rules).await?;
            let is_last = batch.len() < BATCH as usize;
            pruned += batch.len() as u64;
            let folders: Vec<PathBuf> = batch.iter().map(|task| self.installation.task_folder(*task)).collect();
            let places = self.installation.places();
            // Waited for, so that a long history does not take every thread that attempts are started with. What stays
            // behind after a crash is found by the next round.
            blocking(move || {
                folders.iter().for_each(|folder| drop(std::fs::remove_dir_all(folder)));
                workspace::forget(&places, &batch);
            })
            .await;
            if is_last {
                return Ok(pruned);
            }
        }
    }

    async fn owner(&self, folder: &Path) -> Owner {
        let name = folder.file_name().and_then(|name| name.to_str());
        let Some(task) = name.and_then(|name| name.parse::<TaskId>().ok()) else {
            return Owner::Active;
        };
        match self.ledger.stored().task(task).await {
            Ok(Some(task)) if task.life.state.is_terminal() => Owner::Over,
            Ok(None) => Owner::Unknown,
            Ok(Some(_)) | Err(_) => Owner::Active,
        }
    }

    /// Removes the folders of tasks without a record: a crash came between the two. Only those whose attempts are all
    /// over and as old as history may be: an older database may have been put back, and what it does not know may still
    /// run.
    async fn remove_forgotten(&self) {
        let now = std::time::SystemTime::from(self.installation.clock.now());
        for folder in folders_in(&self.installation.attempts()) {
            if !matches!(self.owner(&folder).await, Owner::Unknown) {
                continue;
            }
            let is_old = folder
                .metadata()
                .and_then(|facts| facts.modified())
                .is_ok_and(|changed| {
                    now.duration_since(changed)
                        .is_ok_and(|age| age >= self.installation.config.history_kept)
                });
            if is_old && folders_in(&folder).iter().all(|attempt| has_receipt(attempt)) {
                tracing::info!(folder = %folder.display(), "removing a folder without a record");
                let _ = std::fs::remove_dir_all(folder);
            }
        }
    }

    /// Removes the oldest finished output until all of it together is at most what is kept.
    async fn drop_oldest_output(&self) {
        let total_bytes = self.installation.config.output_total_bytes;
        let mut outputs: Vec<KeptOutput> = Vec::new();
        for task in folders_in(&self.installation.attempts()) {
            outputs.extend(folders_in(&task).into_iter().filter_map(KeptOutput::of));
        }
        let mut kept: u64 = outputs.iter().map(|output| output.size_bytes).sum();
        outputs.sort_by_key(|output| output.changed);
        for output in outputs {
            if kept <= total_bytes {
                return;
            }
            if !self.is_over(&output).await {
                continue;
            }
            kept = kept.saturating_sub(output.size_bytes);
            tracing::info!(folder = %output.folder.display(), "dropping the oldest output: all together is over its limit");
            for file in output.files {
                let _ = std::fs::remove_file(file);
            }
        }
    }

    /// Whether nobody writes there any more, and nobody is about to read how the attempt went.
    async fn is_over(&self, output: &KeptOutput) -> bool {
        let Some(task) = output.folder.parent() else {
            return false;
        };
        match self.owner(task).await {
            Owner::Over => true,
            Owner::Unknown => has_receipt(&output.folder),
            Owner::Active => false,
        }
    }
}

/// What the store says of the task that a folder belongs to.
enum Owner {
    /// It may still run, or nobody can tell.
    Active,
    /// It is over.
    Over,
    /// There is no record of it.
    Unknown,
}

fn has_receipt(attempt: &Path) -> bool {
    let receipt = longhaul_supervisor::AttemptFolder::at(attempt).receipt();
    receipt.is_ok_and(|receipt| receipt.is_some())
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

struct KeptOutput {
    folder: PathBuf,
    files: Vec<PathBuf>,
    size_bytes: u64,
    changed: std::time::SystemTime,
}

impl KeptOutput {
    /// The output of an attempt; nothing if it has none.
    fn of(folder: PathBuf) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let mut size_bytes = 0;
        let mut changed = std::time::SystemTime::UNIX_EPOCH;
        let mut files = Vec::new();
        for name in longhaul_supervisor::output::FILES.iter().chain(&transcripts::FILES) {
            let path = folder.join(name);
            let Ok(metadata) = path.metadata() else { continue };
            // Blocks of 512 bytes, not the length: output has holes.
            size_bytes += metadata.blocks() * 512;
            changed = changed.max(metadata.modified().unwrap_or(changed));
            files.push(path);
        }
        (!files.is_empty()).then_some(Self {
            folder,
            files,
            size_bytes,
            changed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{FIRST, World};

    const RECEIPT: &str = r#"{"version":1,"task":7,"attempt":1,"fence":1,"end":{"kind":"exited","code":0},"stop":null,
        "started_at_us":0,"program_started_at_us":null,"program_ended_at_us":null,"ended_at_us":0,
        "program_duration_us":null,"total_duration_us":0,"steps":[],"leftovers":[],
        "output":{"produced_bytes":0,"dropped_bytes":0,"error":null},
        "resources":{"peak_memory_bytes":0,"cpu_ms":0}}"#;

    fn retention(world: &World) -> Retention {
        Retention {
            installation: Arc::clone(&world.installation),
            ledger: Arc::clone(&world.ledger),
            worktrees: world.worktrees(),
        }
    }

    #[tokio::test]
    async fn output_goes_once_its_task_is_over_and_not_before() {
        let world = World::new();
        let retention = retention(&world);
        let task = world.claimed().await;
        let attempt = world.installation.attempt_folder(task.id, FIRST);
        std::fs::create_dir_all(&attempt).expect("it is ours");
        let output = attempt.join(longhaul_supervisor::output::FILES[0]);
        std::fs::write(&output, [0; 8_192]).expect("it is ours");
        std::fs::write(attempt.join("receipt.json"), RECEIPT).expect("it is ours");
        assert!(has_receipt(&attempt));
        retention.drop_oldest_output().await;
        assert!(output.exists(), "its end is not recorded yet, and is read from here");

        // Even if nobody saw the end, and there is no receipt.
        std::fs::remove_file(attempt.join("receipt.json")).expect("it is there");
        world.lost(task.id).await;
        retention.drop_oldest_output().await;
        assert!(!output.exists());
    }

    #[tokio::test]
    async fn a_folder_without_a_record_goes_when_it_is_old_and_all_in_it_is_over() {
        let world = World::new();
        let retention = retention(&world);
        let attempt = |task: u64| world.installation.attempts().join(task.to_string()).join("1");
        for task in [7, 8] {
            std::fs::create_dir_all(attempt(task)).expect("it is ours");
        }
        std::fs::write(attempt(7).join("receipt.json"), RECEIPT).expect("it is ours");
        retention.remove_forgotten().await;
        assert!(
            attempt(7).exists(),
            "an older database may have been put back by mistake"
        );
        world
            .installation
            .clock
            .advance(world.installation.config.history_kept + Duration::from_secs(60));
        retention.remove_forgotten().await;
        assert!(!world.installation.attempts().join("7").exists());
        assert!(attempt(8).exists(), "it may still run");
    }
}
