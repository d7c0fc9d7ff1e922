//! `longhaul await`

use std::rc::Rc;

use longhaul_api::client::Awaited;
use longhaul_api::{Review, Task};
use longhaul_model::TaskId;
use serde::Serialize;
use serde_json::json;
use tokio::task::{JoinSet, LocalSet};

use super::inbox::InboxOwner;
use super::{Context, Outcome, result};
use crate::args::AwaitArguments;
use crate::ask_error::AskError;
use crate::daemon_link::Link;
use crate::exit;
use crate::failure::Failure;
use crate::output::{Live, Screen, task_line};
use crate::readers::while_read;
use crate::signals;
use crate::waiting::{Deadline, until_over};

pub(super) async fn run(context: &Context, arguments: &AwaitArguments) -> Outcome {
    let deadline = Deadline::of_wait(arguments.timeout, &arguments.wait);
    let mut ids: Vec<u64> = Vec::new();
    for id in arguments.ids.iter().copied().map(TaskId::get) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let link = deadline.bound(Link::open(&context.settings)).await?;
    let owner = InboxOwner::of(context, arguments.origin_session.as_deref());
    let mut live = Live::new(context.screen, arguments.wait.progress);
    if let [id] = ids[..] {
        return one(context.screen, &link, id, deadline, &mut live, (arguments.json, &owner)).await;
    }
    let link = Rc::new(link);
    let waited = several(Rc::clone(&link), ids.clone(), deadline, &mut live, arguments.any);
    let waited = signals::unless_ended(context.screen, &ids, while_read(deadline.bound(waited))).await?;
    let shown = show_several(context.screen, &link, &waited, arguments).await;
    owner.take(&link, waited.iter().map(|awaited| &awaited.task)).await;
    shown
}

/// Waits for one task and prints what it gave, as JSON if so wanted; whoever asked for it has it then.
pub(super) async fn one(
    screen: Screen,
    link: &Link,
    id: u64,
    deadline: Deadline,
    live: &mut Live,
    (is_json, owner): (bool, &InboxOwner),
) -> Outcome {
    let waited = deadline.bound(until_over(link, id, deadline, live));
    let awaited = signals::unless_ended(screen, &[id], while_read(waited)).await?;
    let task = &awaited.task;
    let code = if awaited.timed_out {
        exit::WAIT_TIMED_OUT
    } else {
        exit::of_task(task)
    };
    match show_one(screen, link, &awaited, is_json).await {
        // The code is the task's, whoever read how much of it.
        Err(failure) if failure.is_nobody_reads() => return Ok(code),
        Err(failure) if failure.is_unwritten => {
            return Err(failure.hint(format!("task {id} keeps it: longhaul result {id}")));
        }
        shown => shown?,
    }
    owner.take(link, [task]).await;
    Ok(code)
}

async fn show_one(screen: Screen, link: &Link, awaited: &Awaited, is_json: bool) -> Result<(), Failure> {
    let task = &awaited.task;
    if is_json {
        return screen.json(&as_json(link, awaited).await?);
    }
    if awaited.timed_out {
        screen.line(task_line(task))?;
        screen.hint(format_args!("it goes on: longhaul await {}", task.id));
        return Ok(());
    }
    result::print(screen, link, task).await
}

/// A task as `await --json` shows it.
#[derive(Debug, Serialize)]
struct AwaitedJson<'a> {
    #[serde(flatten)]
    task: &'a Task,
    wait_timed_out: bool,
    result: Option<String>,
    result_base64: Option<String>,
    stderr_tail: Option<String>,
    /// Of a review: what was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<Review>,
}

/// The task with `result` and `wait_timed_out`.
async fn as_json<'a>(link: &Link, awaited: &'a Awaited) -> Result<AwaitedJson<'a>, Failure> {
    let Awaited { task, timed_out } = awaited;
    let mut shown = AwaitedJson {
        task,
        wait_timed_out: *timed_out,
        result: None,
        result_base64: None,
        stderr_tail: None,
        review: None,
    };
    if task.is_terminal() {
        let result = link.ask(async |client| client.result(task.id).await).await?;
        shown.result = result.result;
        shown.result_base64 = result.result_base64;
        shown.stderr_tail = result.stderr_tail;
        shown.review = result.review;
    }
    Ok(shown)
}

/// Waits for several tasks side by side; a place in the list is empty if its task was never looked at to the end.
async fn several(
    link: Rc<Link>,
    ids: Vec<u64>,
    deadline: Deadline,
    live: &mut Live,
    is_any: bool,
) -> Result<Vec<Awaited>, Failure> {
    // One look at each first: an unknown id is told before anything is waited for.
    let mut seen = Vec::with_capacity(ids.len());
    for id in &ids {
        let task = link
            .ask(async |client| client.task(*id).await)
            .await
            .map_err(AskError::of_submit)?;
        seen.push(Awaited {
            timed_out: !task.is_terminal(),
            task,
        });
    }
    let is_enough = |seen: &[Awaited]| match is_any {
        true => seen.iter().any(|awaited| !awaited.timed_out),
        false => seen.iter().all(|awaited| !awaited.timed_out),
    };
    LocalSet::new()
        .run_until(async {
            let mut waits = JoinSet::new();
            for (place, _) in seen.iter().enumerate().filter(|(_, awaited)| awaited.timed_out) {
                let (link, id) = (Rc::clone(&link), ids[place]);
                let mut quiet = Live::quiet();
                waits.spawn_local(async move { (place, until_over(&link, id, deadline, &mut quiet).await) });
            }
            while !is_enough(&seen) {
                let over = seen.iter().filter(|awaited| !awaited.timed_out).count();
                live.show_text(&format!("{over} of {} tasks are over", seen.len()), None);
                match tokio::time::timeout(live.slice(), waits.join_next()).await {
                    Err(_) => {}
                    Ok(None) => break,
                    Ok(Some(Ok((place, awaited)))) => seen[place] = awaited?,
                    Ok(Some(Err(error))) => return Err(Failure::ours(&error)),
                }
            }
            live.clear();
            Ok(seen)
        })
        .await
}

async fn show_several(screen: Screen, link: &Link, waited: &[Awaited], arguments: &AwaitArguments) -> Outcome {
    let over: Vec<&Awaited> = waited.iter().filter(|awaited| !awaited.timed_out).collect();
    let is_enough = if arguments.any {
        !over.is_empty()
    } else {
        over.len() == waited.len()
    };
    // With --any the answer is the first that is over; at the limit it is where all of them stand.
    let shown: Vec<&Awaited> = match arguments.any && is_enough {
        true => over.into_iter().take(1).collect(),
        false => waited.iter().collect(),
    };
    if arguments.json {
        let mut tasks = Vec::with_capacity(shown.len());
        for awaited in &shown {
            tasks.push(as_json(link, awaited).await?);
        }
        screen.json(&json!({ "tasks": tasks, "next": null, "wait_timed_out": !is_enough }))?;
    } else {
        shown
            .iter()
            .try_for_each(|awaited| screen.line(task_line(&awaited.task)))?;
    }
    Ok(if is_enough {
        exit::of_tasks(shown.iter().map(|awaited| &awaited.task))
    } else {
        exit::WAIT_TIMED_OUT
    })
}
