//! What a writer changes in the workspace itself: a picture of the working tree before it starts and one after, kept as
//! trees. The index, what is staged, and every file stay as they are.

use std::path::PathBuf;

use longhaul_model::with_causes;
use serde::{Deserialize, Serialize};

use crate::error::TreeError;
use crate::git::Git;
use crate::names::{Places, reference};
use crate::record::{Record, TreeStatus};
use crate::report::Report;
use crate::runner::Runner;
use crate::{repository, snapshot};

/// A picture to be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// The state folder.
    pub state: PathBuf,
    /// The task.
    pub task: u64,
    /// The root of the checkout.
    pub workspace: PathBuf,
    /// Where to tell what was noteworthy.
    pub report: PathBuf,
    /// Whether the task has run already.
    pub is_after: bool,
    /// Now, in microseconds since 1970.
    pub at_us: i64,
}

/// Takes a picture. That none could be taken is noted; it keeps nobody from working.
pub(crate) fn take(runner: &dyn Runner, order: &Picture, report: &mut Report) {
    if let Err(error) = try_take(runner, order, report) {
        report.note(format!("its changes are not recorded: {}", with_causes(&error)));
    }
}

fn try_take(runner: &dyn Runner, order: &Picture, report: &mut Report) -> Result<(), TreeError> {
    let git = Git::at(runner, &order.workspace);
    if !repository::is_checkout(&git) {
        return Ok(());
    }
    let places = Places::of(&order.state);
    let before = reference(order.task, "before");
    // A further attempt of the same task goes on: its changes count from the first one's start.
    if !order.is_after && repository::get(&git, &before)?.is_some() {
        return Ok(());
    }
    let picture = snapshot::take(&git, true)?;
    for path in &picture.left_out {
        let limit = snapshot::LARGEST_UNTRACKED_BYTES >> 20;
        report.note(format!(
            "{} is larger than {limit} MiB and not part of the recorded changes",
            path.display()
        ));
    }
    if order.is_after {
        return Ok(repository::set(&git, &reference(order.task, "after"), &picture.tree)?);
    }
    let record = Record {
        version: Record::VERSION,
        tree: order.task,
        task: order.task,
        slug: String::new(),
        workspace: order.workspace.clone(),
        standing: TreeStatus::Ready,
        place: None,
        base: picture.tree.clone(),
        is_left: false,
        salvaged: None,
        made_at_us: order.at_us,
    };
    record.write(&places)?;
    Ok(repository::set(&git, &before, &picture.tree)?)
}
