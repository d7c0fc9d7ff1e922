//! `longhaul status`

use longhaul_api::client::TaskQuery;
use longhaul_api::{Stats, Task};
use longhaul_model::WaitKind;
use serde_json::json;

use super::{Context, Outcome};
use crate::args::StatusArguments;
use crate::clock;
use crate::daemon_link::Link;
use crate::exit;
use crate::failure::Failure;
use crate::output::{Screen, task_page, task_table};

/// How many tasks a group of the overview shows.
const SHOWN: usize = 20;
/// How many finished ones it shows as recent.
const RECENT: u32 = 5;
/// How many finished tasks are looked through for those that need somebody.
const LOOKED_THROUGH: u32 = 500;

pub(super) async fn run(context: &Context, arguments: &StatusArguments) -> Outcome {
    let link = Link::open(&context.settings).await?;
    if !arguments.ids.is_empty() {
        return show_tasks(context.screen, &link, arguments).await;
    }
    let groups = Groups::read(&link).await?;
    if arguments.json {
        context.screen.json(&json!({
            "needs_me": groups.needs_me,
            "running": groups.running,
            "queued": groups.queued,
            "recent": groups.recent,
            "states": groups.stats.states,
            "needs_attention": groups.stats.needs_attention,
        }))?;
    } else {
        groups.show(context.screen)?;
    }
    Ok(exit::DONE)
}

async fn show_tasks(screen: Screen, link: &Link, arguments: &StatusArguments) -> Outcome {
    let mut tasks = Vec::with_capacity(arguments.ids.len());
    for id in &arguments.ids {
        tasks.push(link.ask(async |client| client.task(id.get()).await).await?);
    }
    match &tasks[..] {
        [task] if arguments.json => screen.json(task)?,
        tasks if arguments.json => screen.json(&json!({ "tasks": tasks, "next": null }))?,
        tasks => {
            let lines = tasks.iter().flat_map(|task| task_page(task, screen));
            lines.into_iter().try_for_each(|line| screen.line(line))?;
        }
    }
    Ok(exit::DONE)
}

struct Groups {
    needs_me: Vec<Task>,
    running: Vec<Task>,
    queued: Vec<Task>,
    recent: Vec<Task>,
    stats: Stats,
}

impl Groups {
    async fn read(link: &Link) -> Result<Self, Failure> {
        let page = async |states: &[&str], limit: u32| -> Result<Vec<Task>, Failure> {
            let states = states.iter().map(|state| (*state).to_owned()).collect();
            let query = TaskQuery {
                states,
                limit: Some(limit),
                ..TaskQuery::default()
            };
            Ok(link.ask(async |client| client.tasks(&query).await).await?.tasks)
        };
        let stats = link.ask(async |client| client.stats().await).await?;
        let running = page(&["running"], LOOKED_THROUGH).await?;
        let queued = page(&["waiting", "queued"], LOOKED_THROUGH).await?;
        let mut needs_me: Vec<Task> = running
            .iter()
            .chain(&queued)
            .filter(|task| is_stuck(task))
            .cloned()
            .collect();
        if stats.needs_attention > 0 {
            let ended = page(&["failed", "interrupted"], LOOKED_THROUGH).await?;
            needs_me.extend(ended.into_iter().filter(|task| task.needs_attention));
        }
        let recent = page(&["completed", "failed", "canceled", "interrupted"], RECENT).await?;
        Ok(Self {
            needs_me,
            running,
            queued,
            recent,
            stats,
        })
    }

    fn show(&self, screen: Screen) -> Result<(), Failure> {
        for (title, tasks) in [
            ("needs me", &self.needs_me),
            ("running", &self.running),
            ("queued", &self.queued),
            ("recent", &self.recent),
        ] {
            if tasks.is_empty() {
                continue;
            }
            screen.line(screen.heading(title))?;
            let table = task_table(&tasks[..tasks.len().min(SHOWN)], clock::now());
            // The heading says what they are; column names would only repeat it.
            table
                .lines(screen)
                .iter()
                .skip(1)
                .try_for_each(|line| screen.line(format_args!("  {line}")))?;
            if tasks.len() > SHOWN {
                screen.line(format_args!("  … and more: longhaul list"))?;
            }
        }
        screen.line(counts_line(&self.stats))
    }
}

/// Whether an active task will not go on by itself any time soon.
fn is_stuck(task: &Task) -> bool {
    task.stopping.as_ref().is_some_and(|stopping| stopping.unkillable)
        || task.waiting_for.iter().any(|wait| wait.kind == WaitKind::UsageLimit)
}

/// `3 queued · 2 running · 1 failed`, and what else there is.
pub(super) fn counts_line(stats: &Stats) -> String {
    let count = |state: &str| stats.states.get(state).copied().unwrap_or(0);
    let mut parts: Vec<String> = ["queued", "running", "failed"]
        .map(|state| format!("{} {state}", count(state)))
        .into();
    for state in ["waiting", "interrupted"] {
        if count(state) > 0 {
            parts.push(format!("{} {state}", count(state)));
        }
    }
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_counts_always_names_queued_running_and_failed() {
        let mut stats = Stats::default();
        assert_eq!(counts_line(&stats), "0 queued · 0 running · 0 failed");
        stats.states = [
            ("queued", 3),
            ("running", 2),
            ("failed", 1),
            ("waiting", 4),
            ("completed", 9),
        ]
        .map(|(state, count)| (state.to_owned(), count))
        .into();
        assert_eq!(counts_line(&stats), "3 queued · 2 running · 1 failed · 4 waiting");
    }
}
