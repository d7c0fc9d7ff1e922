//! `longhaul inbox`, and taking completions out of it by reading them.

use longhaul_api::{InboxAck, InboxItem, Task};

use super::{Context, Outcome};
use crate::args::InboxArguments;
use crate::daemon_link::Link;
use crate::exit;
use crate::output::{length, plain};

pub(super) async fn run(context: &Context, arguments: &InboxArguments) -> Outcome {
    let owner = InboxOwner::of(context, arguments.origin_session.as_deref());
    let parent = arguments.parent.map(|id| id.get()).or(owner.task);
    // Inside a task it is that one's children, whatever chat its environment remembers.
    let session = match (&arguments.origin_session, parent) {
        (None, Some(_)) => None,
        _ => owner.origin_session.as_deref(),
    };
    let link = Link::open(&context.settings).await?;
    let inbox = link.ask(async |client| client.inbox(session, parent).await).await?;
    if arguments.json {
        context.screen.json(&inbox)?;
    } else if inbox.items.is_empty() {
        context.screen.talk("nothing to deliver");
    } else {
        for item in &inbox.items {
            context.screen.line(line(item))?;
        }
    }
    if arguments.ack && !inbox.items.is_empty() {
        let task_ids = inbox.items.iter().map(|item| item.task.id).collect();
        let request = InboxAck { task_ids };
        link.ask(async |client| client.inbox_ack(&request).await).await?;
    }
    Ok(exit::DONE)
}

fn line(item: &InboxItem) -> String {
    let mut line = format!("{} {}", item.task.id, plain(item.state.as_str()));
    if let Some(duration_ms) = item.duration_ms {
        line = format!("{line} {}", length(duration_ms));
    }
    line = format!("{line} {}", plain(&item.name));
    match &item.summary {
        Some(summary) => format!("{line}: {}", plain(summary)),
        None => line,
    }
}

/// Where somebody asks from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InboxOwner {
    origin_session: Option<String>,
    task: Option<u64>,
}

impl InboxOwner {
    /// The chat session that was given, else the one the environment tells; and the task we are inside of.
    pub(super) fn of(context: &Context, given: Option<&str>) -> Self {
        let environment = &context.settings.environment;
        Self {
            origin_session: given.map(str::to_owned).or_else(|| environment.origin_session.clone()),
            task: environment.task,
        }
    }

    fn asked_for(&self, task: &Task) -> bool {
        let session = task.origin.as_ref().and_then(|origin| origin.session.as_ref());
        let is_of_session = session.is_some() && session == self.origin_session.as_ref();
        is_of_session || (task.parent.is_some() && task.parent == self.task)
    }

    /// Takes those out of the inbox that were asked for from here and are over: their results were just handed over.
    pub(super) async fn take<'a>(&self, link: &Link, tasks: impl IntoIterator<Item = &'a Task>) {
        let own = tasks
            .into_iter()
            .filter(|task| task.is_terminal() && self.asked_for(task));
        let request = InboxAck {
            task_ids: own.map(|task| task.id).collect(),
        };
        if !request.task_ids.is_empty() {
            // What stays in the inbox is delivered once more; that is better than to fail what succeeded.
            drop(link.ask(async |client| client.inbox_ack(&request).await).await);
        }
    }
}
