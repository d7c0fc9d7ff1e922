//! `longhaul export`

use longhaul_api::client::TaskQuery;
use longhaul_api::{ErrorCode, HistoryEntry, Task};
use serde::Serialize;

use super::{Context, Outcome};
use crate::daemon_link::Link;
use crate::exit;

/// One line of the export.
#[derive(Debug, Serialize)]
struct Exported {
    #[serde(flatten)]
    task: Task,
    history: Vec<HistoryEntry>,
}

const PAGE: u32 = 500;

pub(super) async fn run(context: &Context) -> Outcome {
    let link = Link::open(&context.settings).await?;
    let mut query = TaskQuery {
        limit: Some(PAGE),
        ..TaskQuery::default()
    };
    loop {
        let page = link.ask(async |client| client.tasks(&query).await).await?;
        for task in page.tasks {
            let history = match link.ask(async |client| client.history(task.id).await).await {
                Ok(page) => page.history,
                // Pruned since the page was read: it is no longer one of all tasks.
                Err(error) if error.code() == Some(ErrorCode::TaskNotFound) => continue,
                Err(error) => return Err(error.into()),
            };
            context.screen.json(&Exported { task, history })?;
        }
        query.cursor = page.next;
        if query.cursor.is_none() {
            return Ok(exit::DONE);
        }
    }
}
