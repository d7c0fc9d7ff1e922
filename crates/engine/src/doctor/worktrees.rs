//! What a doctor finds about git and worktrees.

use std::collections::BTreeSet;

use longhaul_model::TaskId;
use longhaul_worktrees::{Git, Intent, OLDEST_GIT, TreeStatus, repository};

use crate::finding::Finding;
use crate::installation::Installation;
use crate::ledger::Ledger;
use crate::programs::GitRunner;
use crate::workspace::held;

/// Looks at git and at all worktrees. Blocks between its questions.
pub(super) async fn examine(installation: &Installation, ledger: &Ledger) -> Vec<Finding> {
    let mut findings = vec![git_version()];
    let places = installation.places();
    let records: BTreeSet<u64> = places.records().into_iter().collect();
    let mut orphans: Vec<u64> = places
        .folders()
        .into_iter()
        .filter(|tree| !records.contains(tree))
        .collect();
    let (mut count, mut missing) = (0, Vec::new());
    for record in held(&places) {
        let is_known = match TaskId::new(record.task) {
            Some(id) => !matches!(ledger.task(id).await, Ok(None)),
            None => false,
        };
        match (&record.standing, record.is_present()) {
            (_, true) if !is_known => orphans.push(record.tree),
            (_, true) => count += 1,
            (TreeStatus::Ready, false) if ledger.is_over(record.task).await => missing.push(record.tree),
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
    for tree in places.intents() {
        if let Ok(Some(intent)) = Intent::read(&places, tree)
            && !ledger.is_over(intent.task).await
        {
            continue;
        }
        findings.push(Finding::warning(
            "landing",
            format!("the landing of task {tree} was cut off and could not be ended yet"),
            "it is tried again all the time; the daemon's log says what is in the way",
        ));
    }
    findings
}

fn git_version() -> Finding {
    let runner = GitRunner::asking();
    match repository::version(&Git::at(&runner, "/")) {
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
