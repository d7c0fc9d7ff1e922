//! `longhaul export`

use longhaul_api::client::TaskQuery;

use super::{Context, Outcome};
use crate::daemon_link::Link;
use crate::exit;
use crate::failure::Failure;

const PAGE: u32 = 500;

pub(super) async fn run(context: &Context) -> Outcome {
    let link = Link::open(&context.settings).await?;
    let mut query = TaskQuery { limit: Some(PAGE), ..TaskQuery::default() };
    loop {
        let page = link.ask(async |client| client.tasks(&query).await).await?;
        for task in page.tasks {
            let history = match link.ask(async |client| client.history(task.id).await).await {
                Ok(page) => page.history,
                // Pruned since the page was read: it is no longer one of all tasks.
                Err(error) if error.code() == Some(longhaul_api::ErrorCode::TaskNotFound) => continue,
                Err(error) => return Err(error.into()),
            };
            let mut line = serde_json::to_value(&task).map_err(|error| Failure::ours(&error))?;
            line["history"] = serde_json::to_value(history).map_err(|error| Failure::ours(&error))?;
            context.screen.json(&line)?;
        }
        query.cursor = page.next;
        if query.cursor.is_none() {
            return Ok(exit::DONE);
        }
    }
}
