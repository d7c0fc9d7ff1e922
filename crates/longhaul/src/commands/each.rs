//! Doing one thing to several tasks, and showing what became of them.

use longhaul_api::Task;

use super::{Context, Outcome};
use crate::exit;
use crate::failure::Failure;
use crate::output::task_line;

/// Does one thing to each task and shows what they are then. One that fails does not keep the others from it; the first
/// failure decides the exit code.
pub(super) async fn each<T>(
    context: &Context,
    what: impl IntoIterator<Item = T>,
    is_json: bool,
    act: impl AsyncFn(T) -> Result<Task, Failure>,
) -> Outcome {
    let (mut done, mut failures) = (Vec::new(), Vec::new());
    for one in what {
        match act(one).await {
            Ok(task) => done.push(task),
            Err(failure) => failures.push(failure),
        }
    }
    show(context, &done, done.len() + failures.len(), is_json)?;
    let mut failures = failures.into_iter();
    let Some(first) = failures.next() else {
        return Ok(exit::DONE);
    };
    failures.for_each(|further| context.screen.failure(&further));
    Err(first)
}

/// Prints tasks after an act: a line each, or as JSON an object for one and a list for several.
pub(super) fn show(context: &Context, tasks: &[Task], asked: usize, is_json: bool) -> Result<(), Failure> {
    match tasks {
        [] => Ok(()),
        [task] if is_json && asked == 1 => context.screen.json(task),
        tasks if is_json => context
            .screen
            .json(&serde_json::json!({ "tasks": tasks, "next": null })),
        tasks => tasks.iter().try_for_each(|task| context.screen.line(task_line(task))),
    }
}
