//! `longhaul list`

use std::io;
use std::path::{Path, PathBuf};

use longhaul_api::client::TaskQuery;
use longhaul_api::{Task, TaskPage};

use super::{Context, Outcome};
use crate::args::ListArguments;
use crate::clock;
use crate::daemon_link::Link;
use crate::exit;
use crate::failure::Failure;
use crate::git_root::git_root;
use crate::output::task_table;

/// The largest page a daemon gives.
const PAGE: u32 = 1_000;

pub(super) async fn run(context: &Context, arguments: &ListArguments) -> Outcome {
    let query = query(arguments)?;
    let link = Link::open(&context.settings).await?;
    let page = collect(&link, query, if arguments.all { None } else { Some(arguments.limit) }).await?;
    if arguments.json {
        context.screen.json(&page)?;
        return Ok(exit::DONE);
    }
    if page.tasks.is_empty() {
        context.screen.talk("no tasks");
        return Ok(exit::DONE);
    }
    let table = task_table(&page.tasks, clock::now());
    table
        .lines(context.screen)
        .iter()
        .try_for_each(|line| context.screen.line(line))?;
    if page.next.is_some() {
        context.screen.hint(format_args!(
            "these are the newest {}; --all shows every one",
            page.tasks.len()
        ));
    }
    Ok(exit::DONE)
}

fn query(arguments: &ListArguments) -> Result<TaskQuery, Failure> {
    let workspace = arguments.workspace.as_deref().map(|folder| {
        workspace_of(folder).map_err(|error| Failure::usage(format!("--workspace {}: {error}", folder.display())))
    });
    let workspace = workspace.transpose()?.map(|path| path.to_string_lossy().into_owned());
    Ok(TaskQuery {
        states: arguments.state.iter().map(ToString::to_string).collect(),
        workspace,
        agent: arguments.agent.clone(),
        kind: arguments.kind.clone(),
        queue: arguments.queue.clone(),
        parent: arguments.parent.map(|id| id.get()),
        origin_session: arguments.origin_session.clone(),
        label: arguments.label.clone(),
        search: arguments.search.clone(),
        cursor: arguments.cursor.clone(),
        limit: None,
    })
}

/// Reads pages until there are `limit` tasks, or all.
async fn collect(link: &Link, mut query: TaskQuery, limit: Option<u32>) -> Result<TaskPage, Failure> {
    let mut tasks: Vec<Task> = Vec::new();
    loop {
        let missing = limit.map_or(PAGE, |limit| {
            limit.saturating_sub(u32::try_from(tasks.len()).unwrap_or(u32::MAX))
        });
        query.limit = Some(missing.min(PAGE));
        let page = link.ask(async |client| client.tasks(&query).await).await?;
        tasks.extend(page.tasks);
        let is_enough = limit.is_some_and(|limit| tasks.len() >= limit as usize);
        if page.next.is_none() || is_enough {
            return Ok(TaskPage { tasks, next: page.next });
        }
        query.cursor = page.next;
    }
}

/// The workspace a folder belongs to: the git root above it, else the folder itself; canonical.
fn workspace_of(folder: &Path) -> io::Result<PathBuf> {
    let folder = match folder.canonicalize() {
        // The tasks of a folder outlive it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return std::path::absolute(folder),
        canonical => canonical?,
    };
    Ok(git_root(&folder).unwrap_or(folder))
}
