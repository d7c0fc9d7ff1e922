//! From which commit a worktree goes on, or is made.

use longhaul_model::Task;
use longhaul_worktrees::{Git, Place, Places, Record, TreeError, TreeStatus, branch, repository, slug};

use super::trees::tree_of;

/// A worktree that is known: it goes on, or is made anew from what is left of it.
pub(super) fn again(git: &Git<'_>, mut record: Record) -> Result<(Record, String), TreeError> {
    let missing = |what: &str| TreeError::Refused {
        message: format!("{what} of its worktree is gone"),
        hint: format!("longhaul retry {} begins anew", record.task),
    };
    let saved = record.salvaged.as_ref().and_then(|saved| saved.branch.clone());
    let target = record.place.as_ref().and_then(|place| place.target.clone());
    let start = match &record.standing {
        TreeStatus::Ready | TreeStatus::Preparing if record.is_present() => record.base.clone(),
        // Its work is part of the target: it goes on from there.
        TreeStatus::Landed { commit, .. } => {
            let tip = target.map(|target| repository::commit(git, &format!("refs/heads/{target}")));
            let start = tip.transpose()?.flatten().unwrap_or_else(|| commit.clone());
            record.base.clone_from(&start);
            start
        }
        _ => {
            let branch = record.place.as_ref().map(|place| place.branch.clone());
            let names = [branch, saved]
                .into_iter()
                .flatten()
                .map(|name| format!("refs/heads/{name}"));
            let mut found = None;
            for name in names.chain([record.base.clone()]) {
                found = repository::commit(git, &name)?;
                if found.is_some() {
                    break;
                }
            }
            found.ok_or_else(|| missing("everything"))?
        }
    };
    Ok((record, start))
}

/// A worktree of its own.
pub(super) fn fresh(places: &Places, git: &Git<'_>, task: &Task) -> Result<(Record, String), TreeError> {
    let refuse = |message: String, hint: &str| TreeError::Refused {
        message,
        hint: hint.to_owned(),
    };
    let shown = git.folder().display().to_string();
    if !repository::is_checkout(git) {
        return Err(refuse(
            format!("{shown} is no git repository, and only one can have worktrees"),
            "run it in place (--isolation in-place), or `git init` first",
        ));
    }
    let current = repository::branch(git)?;
    let wanted = task.spec.base.as_deref().unwrap_or("HEAD");
    let Some(base) = repository::commit(git, wanted)? else {
        return Err(match &task.spec.base {
            Some(base) => refuse(
                format!("{base} names no commit of {shown}"),
                "name a branch, a tag or a commit",
            ),
            None => refuse(format!("{shown} has no commit yet"), "commit something first"),
        });
    };
    // A branch that it was made from by name is the one that it lands on.
    let target = match &task.spec.base {
        Some(named) if repository::has_branch(git, named)? => Some(named.clone()),
        _ => current,
    };
    let tree = tree_of(task).get();
    let slug = slug(&task.spec.shown_name());
    let mut name = branch(tree, &slug);
    let mut number = 1;
    while repository::has_branch(git, &name)? {
        number += 1;
        name = format!("{}-{number}", branch(tree, &slug));
    }
    let record = Record {
        version: Record::VERSION,
        tree,
        task: task.id.get(),
        slug,
        workspace: git.folder().to_owned(),
        standing: TreeStatus::Preparing,
        place: Some(Place {
            path: places.worktree(tree),
            branch: name,
            target,
        }),
        base: base.clone(),
        is_left: false,
        salvaged: None,
        made_at_us: task.created_at.as_microsecond(),
    };
    Ok((record, base))
}
