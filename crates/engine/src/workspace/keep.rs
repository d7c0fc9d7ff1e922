//! What becomes of worktrees that nobody works in: landings and preparations that were cut off are brought to an end, what
//! has landed is cleared, what is old is saved and removed, and what nobody knows any more is told of.

use std::collections::BTreeSet;
use std::sync::Arc;

use longhaul_model::{TaskId, Work};
use longhaul_worktrees::{
    Git, Intent, OLDEST_GIT, Record, Standing, TreeError, clear_landed, recover, repository, told,
};

use super::held;
use crate::finding::Finding;
use crate::programs::GitRunner;
use crate::shared::Shared;

/// Ends what was cut off. With `is_thorough` also what only a crash leaves behind. Blocks.
pub(crate) fn run(shared: &Arc<Shared>, is_thorough: bool) {
    let places = shared.places();
    for tree in places.intents() {
        let warn = |error: &dyn std::error::Error| {
            tracing::warn!(tree, error = %told(error), "a landing was cut off and could not be ended; trying again");
        };
        let intent = match Intent::read(&places, tree) {
            Ok(Some(intent)) => intent,
            Ok(None) => continue,
            Err(error) => {
                warn(&error);
                continue;
            }
        };
        if !is_over(shared, intent.task) {
            continue;
        }
        match recover(&GitRunner::acting(), &places, tree) {
            Ok(Some(has_landed)) => tracing::info!(tree, has_landed, "a landing that was cut off is at an end"),
            Ok(None) => {}
            Err(error) => warn(&error),
        }
    }
    if is_thorough {
        held(shared).into_iter().for_each(|record| clear(shared, record));
        for landing in places.checks() {
            if is_over(shared, landing) {
                let cleared = longhaul_worktrees::clear_check_of(&GitRunner::acting(), &places, landing);
                report(landing, cleared.map(drop), "could not remove the worktree of a check");
            }
        }
    }
}

/// Removes one that never became ready, or that has landed.
fn clear(shared: &Arc<Shared>, record: Record) {
    if !record.is_present() || !is_over(shared, record.task) {
        return;
    }
    let tree = record.tree;
    match record.standing {
        Standing::Preparing => report(
            tree,
            remove(shared, tree, Standing::Discarded),
            "could not clear a worktree",
        ),
        Standing::Landed { .. } => {
            let cleared = clear_landed(&GitRunner::acting(), &shared.places(), tree);
            report(tree, cleared.map(drop), "could not clear a worktree that has landed");
        }
        Standing::Ready | Standing::Discarded => {}
    }
}

fn report(number: u64, done: Result<(), TreeError>, told_as: &str) {
    if let Err(error) = done {
        tracing::warn!(number, error = %told(&error), "{told_as}");
    }
}

/// Removes a worktree unless somebody works in it, after saving what only it has.
fn remove(shared: &Shared, tree: u64, standing: Standing) -> Result<(), TreeError> {
    let lock = shared.tree_lock(tree);
    let _held = lock.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let places = shared.places();
    let Some(mut record) = Record::read(&places, tree)? else {
        return Ok(());
    };
    if !is_over(shared, record.task) {
        return Ok(());
    }
    let salvaged = longhaul_worktrees::remove(&GitRunner::acting(), &places, &mut record, standing)?;
    tracing::info!(tree, branch = ?salvaged.branch, patch = ?salvaged.patch, "a worktree was removed");
    Ok(())
}

/// Whether a task is over, or not known at all.
pub(crate) fn is_over(shared: &Shared, task: u64) -> bool {
    let Some(id) = TaskId::new(task) else { return false };
    match shared.task(id) {
        Ok(Some(task)) => task.life.state.is_terminal(),
        Ok(None) => true,
        Err(_) => false,
    }
}

/// Saves and removes the worktrees of tasks that ended longer ago than they are kept.
pub(crate) fn remove_old(shared: &Arc<Shared>) {
    let kept = jiff::SignedDuration::try_from(shared.config.worktrees_kept).unwrap_or(jiff::SignedDuration::MAX);
    let Ok(before) = shared.clock.now().checked_sub(kept) else {
        return;
    };
    for record in held(shared) {
        let ended = TaskId::new(record.task).and_then(|id| shared.task(id).ok().flatten());
        let ended_at = match ended {
            Some(task) => task.life.state.ended().map(|ended| ended.at),
            // An older database may have been put back.
            None => jiff::Timestamp::from_microsecond(record.made_at_us).ok(),
        };
        let is_old = ended_at.is_some_and(|ended_at| ended_at < before);
        if is_old && record.standing == Standing::Ready && record.is_present() {
            report(
                record.tree,
                remove(shared, record.tree, Standing::Discarded),
                "could not remove an old worktree",
            );
        }
    }
}

/// The tasks whose records must stay: their worktrees are there. Of those that would be forgotten now, clean ones that
/// another branch has whole are none; younger ones are kept as they are, for whoever goes on in them.
pub(crate) fn spared(shared: &Shared, ended_before: jiff::Timestamp) -> BTreeSet<TaskId> {
    let mut spared = BTreeSet::new();
    for record in held(shared).into_iter().filter(Record::is_present) {
        let known = TaskId::new(record.task).and_then(|id| shared.task(id).ok().flatten());
        let ended_at = known.and_then(|task| task.life.state.ended().map(|ended| ended.at));
        if ended_at.is_none_or(|ended_at| ended_at < ended_before)
            && longhaul_worktrees::is_saved_already(&GitRunner::asking(), &record).unwrap_or(false)
            && remove(shared, record.tree, Standing::Discarded).is_ok()
        {
            continue;
        }
        spared.extend([record.tree, record.task].into_iter().filter_map(TaskId::new));
    }
    spared
}

/// What a doctor finds about git and worktrees.
pub(crate) fn examine(shared: &Shared) -> Vec<Finding> {
    let mut findings = vec![git_version()];
    let places = shared.places();
    let records: BTreeSet<u64> = places.records().into_iter().collect();
    let mut orphans: Vec<u64> = places
        .folders()
        .into_iter()
        .filter(|tree| !records.contains(tree))
        .collect();
    let (mut count, mut missing) = (0, Vec::new());
    for record in held(shared) {
        let is_known = TaskId::new(record.task).is_some_and(|id| !matches!(shared.task(id), Ok(None)));
        match (&record.standing, record.is_present()) {
            (_, true) if !is_known => orphans.push(record.tree),
            (_, true) => count += 1,
            (Standing::Ready, false) if is_over(shared, record.task) => missing.push(record.tree),
            _ => {}
        }
    }
    let cures = |trees: &[u64]| {
        let cures: Vec<String> = trees.iter().map(|tree| format!("longhaul discard {tree}")).collect();
        cures.join("; ")
    };
    if !orphans.is_empty() {
        findings.push(Finding::warning(
            "worktrees",
            format!(
                "{} of the worktrees in {} belong to no known task",
                orphans.len(),
                places.worktrees().display()
            ),
            format!("what they hold is saved first by: {}", cures(&orphans)),
        ));
    } else if !missing.is_empty() {
        findings.push(Finding::warning(
            "worktrees",
            format!(
                "{} worktrees were removed by hand; their branches may still be there",
                missing.len()
            ),
            format!("what is left of them is saved and forgotten by: {}", cures(&missing)),
        ));
    } else {
        findings.push(Finding::ok(
            "worktrees",
            format!("{count} worktrees are there, all of known tasks"),
        ));
    }
    let cut_off: Vec<u64> = places
        .intents()
        .into_iter()
        .filter(|tree| {
            let intent = Intent::read(&places, *tree).ok().flatten();
            intent.is_none_or(|intent| is_over(shared, intent.task))
        })
        .collect();
    for tree in cut_off {
        findings.push(Finding::warning(
            "landing",
            format!("the landing of task {tree} was cut off and could not be ended yet"),
            "it is tried again all the time; the daemon's log says what is in the way",
        ));
    }
    findings
}

fn git_version() -> Finding {
    let helper = GitRunner::asking();
    match repository::version(&Git::at(&helper, "/")) {
        Ok(version) if version >= OLDEST_GIT => Finding::ok("git", format!("git {}.{} is there", version.0, version.1)),
        Ok((major, minor)) => Finding::warning(
            "git",
            format!(
                "git {major}.{minor} cannot land worktrees: that takes {}.{}",
                OLDEST_GIT.0, OLDEST_GIT.1
            ),
            "install a newer git, then `longhaul daemon restart`",
        ),
        Err(_) => Finding::warning(
            "git",
            "git is not on the daemon's PATH",
            "install git, then `longhaul daemon restart`",
        ),
    }
}

/// Whether somebody lands this worktree now, or is about to.
pub(crate) fn landing_of(shared: &Shared, tree: u64) -> Option<TaskId> {
    let board = shared.board();
    let mut landings = board.tasks().filter_map(|task| match &task.spec.work {
        Work::Land(land) => Some((task.id, land.task)),
        _ => None,
    });
    let landing = landings.find(|(_, landed)| board_tree(shared, *landed) == tree);
    landing.map(|(id, _)| id)
}

fn board_tree(shared: &Shared, landed: TaskId) -> u64 {
    let known = shared.store.task(landed).ok().flatten();
    known.map_or(landed, |task| super::tree_of(&task)).get()
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use longhaul_model::{Actor, Ending, Event, StandardInput, Verdict};
    use longhaul_store::Apply;
    use longhaul_worktrees::{Place, Preparing, Program, Report, Runner, leave, prepare};

    use super::*;
    use crate::samples::{FIRST, claimed, engine};

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
    async fn with_worktree(shared: &Arc<Shared>, root: &Path) -> Record {
        let repository = root.join("repository");
        std::fs::create_dir(&repository).expect("it is ours");
        git(&repository, &["init", "-q", "-b", "main"]);
        git(&repository, &["commit", "-q", "--allow-empty", "-m", "first"]);
        let task = claimed(shared, StandardInput::Nothing).await;
        let places = shared.places();
        let tree = task.id.get();
        let record = Record {
            version: Record::VERSION,
            tree,
            task: tree,
            slug: "work".to_owned(),
            workspace: repository.clone(),
            standing: Standing::Preparing,
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
            state: shared.state_folder(),
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

    async fn end(shared: &Arc<Shared>, record: &Record) {
        let ending = Ending {
            at: shared.clock.now(),
            verdict: Verdict::Lost { detail: String::new() },
        };
        let ended = Event::AttemptEnded {
            fence: FIRST,
            ending,
            jitter_permille: 0,
        };
        let id = TaskId::new(record.task).expect("it has a number");
        let apply = Apply::new(id, ended, Actor::Daemon, shared.clock.now());
        shared.store.task_apply(apply).await.expect("it ends");
    }

    #[tokio::test]
    async fn an_old_worktree_is_saved_and_removed_and_a_young_one_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("it exists");
        let (shared, _inputs) = engine(&root);
        let record = with_worktree(&shared, &root).await;
        shared.clock.advance(shared.config.worktrees_kept * 2);
        remove_old(&shared);
        assert!(record.is_present(), "its task is not over");
        end(&shared, &record).await;
        shared
            .clock
            .advance(shared.config.worktrees_kept - Duration::from_secs(60));
        remove_old(&shared);
        assert!(record.is_present(), "it is young");
        assert_eq!(spared(&shared, jiff::Timestamp::MAX).len(), 1, "its record stays, too");
        shared.clock.advance(Duration::from_secs(120));
        remove_old(&shared);
        assert!(!record.is_present());
        let saved = format!("longhaul/salvage/{}-work:made", record.tree);
        assert_eq!(git(&record.workspace, &["show", &saved]), "precious");
        assert!(spared(&shared, jiff::Timestamp::MAX).is_empty());
    }

    #[tokio::test]
    async fn a_young_worktree_in_which_nothing_was_changed_stays_until_its_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("it exists");
        let (shared, _inputs) = engine(&root);
        let record = with_worktree(&shared, &root).await;
        std::fs::remove_file(shared.places().worktree(record.tree).join("made")).expect("it is there");
        end(&shared, &record).await;
        let now = shared.clock.now();
        assert_eq!(spared(&shared, now).len(), 1);
        assert!(record.is_present(), "whoever goes on in it finds what git ignores");
        shared.clock.advance(Duration::from_secs(1));
        assert!(spared(&shared, shared.clock.now()).is_empty());
        assert!(!record.is_present());
    }
}
