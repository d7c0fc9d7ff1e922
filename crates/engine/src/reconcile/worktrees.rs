//! Hunts worktrees that nobody works in: landings and preparations that were cut off are brought to an end, what
//! has landed is cleared, what is old is saved and removed, and what nobody knows any more is told of.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use longhaul_model::{Task, TaskId, with_causes};
use longhaul_worktrees::{
    Intent, Places, Record, TreeError, TreeStatus, clear_landed, is_saved_already, recover, remove,
};

use crate::installation::Installation;
use crate::ledger::Ledger;
use crate::programs::GitRunner;
use crate::runtime::blocking;
use crate::workspace::{TreeLocks, held};

/// Looks after the worktrees of tasks that are over. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Worktrees {
    pub(crate) installation: Arc<Installation>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) trees: Arc<TreeLocks>,
}

impl Worktrees {
    /// Ends what was cut off. With `is_thorough` also what only a crash leaves behind.
    pub(super) async fn run(&self, is_thorough: bool) {
        let places = self.installation.places();
        let looked = blocking(move || cut_off(&places)).await;
        for (tree, task) in looked.unwrap_or_default() {
            if self.ledger.is_over(task).await {
                let places = self.installation.places();
                blocking(move || end_landing(&places, tree)).await;
            }
        }
        if !is_thorough {
            return;
        }
        for record in self.held().await.unwrap_or_default() {
            self.clear(record).await;
        }
        let places = self.installation.places();
        let checks = blocking(move || places.checks()).await;
        for landing in checks.unwrap_or_default() {
            if self.ledger.is_over(landing).await {
                let places = self.installation.places();
                blocking(move || {
                    let cleared = longhaul_worktrees::clear_check_of(&GitRunner::acting(), &places, landing);
                    report(landing, cleared.map(drop), "could not remove the worktree of a check");
                })
                .await;
            }
        }
    }

    /// The worktrees that are there or should be; nothing if the look did not end.
    async fn held(&self) -> Option<Vec<Record>> {
        let places = self.installation.places();
        blocking(move || held(&places)).await
    }

    /// Removes one that never became ready, or that has landed.
    async fn clear(&self, record: Record) {
        if !record.is_present() || !self.ledger.is_over(record.task).await {
            return;
        }
        let tree = record.tree;
        match record.standing {
            TreeStatus::Preparing => report(tree, self.discard(tree).await, "could not clear a worktree"),
            TreeStatus::Landed { .. } => {
                let places = self.installation.places();
                blocking(move || {
                    let cleared = clear_landed(&GitRunner::acting(), &places, tree);
                    report(tree, cleared.map(drop), "could not clear a worktree that has landed");
                })
                .await;
            }
            TreeStatus::Ready | TreeStatus::Discarded => {}
        }
    }

    /// Removes a worktree unless somebody works in it, after saving what only it has.
    async fn discard(&self, tree: u64) -> Result<(), TreeError> {
        let held = self.trees.hold(tree).await;
        let places = self.installation.places();
        let Some(mut record) = Record::read(&places, tree)? else {
            return Ok(());
        };
        if !self.ledger.is_over(record.task).await {
            return Ok(());
        }
        let path = places.worktree(tree);
        let removed = blocking(move || {
            let _held = held;
            let salvaged = remove(&GitRunner::acting(), &places, &mut record, TreeStatus::Discarded)?;
            tracing::info!(tree, branch = ?salvaged.branch, patch = ?salvaged.patch, "a worktree was removed");
            Ok(())
        });
        removed.await.unwrap_or_else(|| {
            let source = io::Error::other("the step did not end");
            Err(TreeError::Io { path, source })
        })
    }

    /// Saves and removes the worktrees of tasks that ended longer ago than they are kept.
    pub(super) async fn remove_old(&self) {
        let kept = jiff::SignedDuration::try_from(self.installation.config.worktrees_kept)
            .unwrap_or(jiff::SignedDuration::MAX);
        let Ok(before) = self.installation.clock.now().checked_sub(kept) else {
            return;
        };
        for record in self.held().await.unwrap_or_default() {
            let ended_at = match self.task_of(&record).await {
                Some(task) => task.life.state.ended().map(|ended| ended.at),
                // An older database may have been put back.
                None => jiff::Timestamp::from_microsecond(record.made_at_us).ok(),
            };
            let is_old = ended_at.is_some_and(|ended_at| ended_at < before);
            if is_old && record.standing == TreeStatus::Ready && record.is_present() {
                let tree = record.tree;
                report(tree, self.discard(tree).await, "could not remove an old worktree");
            }
        }
    }

    /// The task that worked in a worktree last, if it is known.
    async fn task_of(&self, record: &Record) -> Option<Arc<Task>> {
        self.ledger.task(TaskId::new(record.task)?).await.ok().flatten()
    }

    /// The tasks whose records must stay: their worktrees are there. Of those that would be forgotten now, clean ones that
    /// another branch has whole are none; younger ones are kept as they are, for whoever goes on in them.
    /// Nothing if they could not be looked at: then none may be forgotten.
    pub(super) async fn protected_from_pruning(&self, ended_before: jiff::Timestamp) -> Option<BTreeSet<TaskId>> {
        let mut protected = BTreeSet::new();
        for record in self.held().await?.into_iter().filter(Record::is_present) {
            let known = self.task_of(&record).await;
            let ended_at = known.and_then(|task| task.life.state.ended().map(|ended| ended.at));
            let numbers = [record.tree, record.task];
            if ended_at.is_none_or(|ended_at| ended_at < ended_before)
                && is_saved(record).await
                && self.discard(numbers[0]).await.is_ok()
            {
                continue;
            }
            protected.extend(numbers.into_iter().filter_map(TaskId::new));
        }
        Some(protected)
    }
}

/// The landings that were cut off: which worktree, and which task landed it. Blocks.
fn cut_off(places: &Places) -> Vec<(u64, u64)> {
    let read = |tree: u64| match Intent::read(places, tree) {
        Ok(intent) => Some((tree, intent?.task)),
        Err(error) => {
            warn_of_landing(tree, &error);
            None
        }
    };
    places.intents().into_iter().filter_map(read).collect()
}

/// Brings a landing to an end that was cut off. Blocks.
fn end_landing(places: &Places, tree: u64) {
    match recover(&GitRunner::acting(), places, tree) {
        Ok(Some(has_landed)) => tracing::info!(tree, has_landed, "a landing that was cut off is at an end"),
        Ok(None) => {}
        Err(error) => warn_of_landing(tree, &error),
    }
}

fn warn_of_landing(tree: u64, error: &dyn std::error::Error) {
    tracing::warn!(tree, error = %with_causes(error), "a landing was cut off and could not be ended; trying again");
}

/// Whether another branch has all that a worktree holds.
async fn is_saved(record: Record) -> bool {
    let looked = blocking(move || is_saved_already(&GitRunner::asking(), &record));
    matches!(looked.await, Some(Ok(true)))
}

fn report(number: u64, done: Result<(), TreeError>, told_as: &str) {
    if let Err(error) = done {
        tracing::warn!(number, error = %with_causes(&error), "{told_as}");
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use longhaul_worktrees::{Place, Preparing, Program, Report, Runner, leave, prepare};

    use super::*;
    use crate::samples::World;

    fn git(folder: &Path, words: &[&str]) -> String {
        let identity = ["git", "-c", "user.name=A", "-c", "user.email=a@b"];
        let program = Program {
            words: identity.iter().chain(words).map(Into::into).collect(),
            folder: folder.to_owned(),
            ..Program::default()
        };
        let ended = GitRunner::acting().run(&program).expect("git is there");
        assert_eq!(
            ended.code,
            0,
            "git {words:?}: {}",
            String::from_utf8_lossy(&ended.stderr)
        );
        String::from_utf8_lossy(&ended.stdout).trim_end().to_owned()
    }

    /// A task that is over, with a worktree in which it left something.
    async fn with_worktree(world: &World) -> Record {
        let root = world.root();
        let repository = root.join("repository");
        std::fs::create_dir(&repository).expect("it is ours");
        git(&repository, &["init", "-q", "-b", "main"]);
        git(&repository, &["commit", "-q", "--allow-empty", "-m", "first"]);
        let task = world.claimed().await;
        let places = world.installation.places();
        let tree = task.id.get();
        let record = Record {
            version: Record::VERSION,
            tree,
            task: tree,
            slug: "work".to_owned(),
            workspace: repository.clone(),
            standing: TreeStatus::Preparing,
            place: Some(Place {
                path: places.worktree(tree),
                branch: format!("longhaul/{tree}-work"),
                target: Some("main".to_owned()),
            }),
            base: git(&repository, &["rev-parse", "HEAD"]),
            is_left: false,
            salvaged: None,
            made_at_us: 0,
        };
        record.write(&places).expect("it is ours");
        let order = Preparing {
            state: world.installation.state.clone(),
            tree,
            task: tree,
            report: root.join("report"),
            start: record.base.clone(),
            is_fresh: false,
            goes_on: false,
            with_changes: false,
            onto_target: false,
            subfolder: "".into(),
        };
        prepare(&GitRunner::acting(), &order, &mut Report::default()).expect("it can be made");
        std::fs::write(places.worktree(tree).join("made"), "precious\n").expect("it is ours");
        leave(&GitRunner::acting(), &places, tree).expect("it can be left");
        record
    }

    async fn end(world: &World, record: &Record) {
        world.lost(TaskId::new(record.task).expect("it has a number")).await;
    }

    fn wait(world: &World, seconds: Duration) {
        world.installation.clock.advance(seconds);
    }

    #[tokio::test]
    async fn an_old_worktree_is_saved_and_removed_and_a_young_one_stays() {
        let world = World::new();
        let (worktrees, kept) = (world.worktrees(), world.installation.config.worktrees_kept);
        let record = with_worktree(&world).await;
        wait(&world, kept * 2);
        worktrees.remove_old().await;
        assert!(record.is_present(), "its task is not over");
        end(&world, &record).await;
        wait(&world, kept - Duration::from_secs(60));
        worktrees.remove_old().await;
        assert!(record.is_present(), "it is young");
        assert_eq!(
            worktrees
                .protected_from_pruning(jiff::Timestamp::MAX)
                .await
                .expect("they can be looked at")
                .len(),
            1,
            "its record stays, too"
        );
        wait(&world, Duration::from_secs(120));
        worktrees.remove_old().await;
        assert!(!record.is_present());
        let saved = format!("longhaul/salvage/{}-work:made", record.tree);
        assert_eq!(git(&record.workspace, &["show", &saved]), "precious");
        assert!(
            worktrees
                .protected_from_pruning(jiff::Timestamp::MAX)
                .await
                .expect("they can be looked at")
                .is_empty()
        );
    }

    #[tokio::test]
    async fn a_young_worktree_in_which_nothing_was_changed_stays_until_its_time() {
        let world = World::new();
        let worktrees = world.worktrees();
        let record = with_worktree(&world).await;
        std::fs::remove_file(world.installation.places().worktree(record.tree).join("made")).expect("it is there");
        end(&world, &record).await;
        let now = world.installation.clock.now();
        assert_eq!(
            worktrees
                .protected_from_pruning(now)
                .await
                .expect("they can be looked at")
                .len(),
            1
        );
        assert!(record.is_present(), "whoever goes on in it finds what git ignores");
        wait(&world, Duration::from_secs(1));
        assert!(
            worktrees
                .protected_from_pruning(world.installation.clock.now())
                .await
                .expect("they can be looked at")
                .is_empty()
        );
        assert!(!record.is_present());
    }
}
