//! The commands: one file per word.

mod ack;
mod r#await;
mod cancel;
mod clone;
mod completions;
mod daemon;
mod daemon_install;
mod doctor;
mod edit;
mod export;
mod hold;
mod internal;
mod limit;
mod list;
mod logs;
mod overview;
mod pause;
mod prune;
mod redispatch;
mod release;
mod result;
mod resume;
mod retry;
mod run;
mod status;
mod submit;
pub(crate) mod supervise;
mod top;
mod version;
mod wake;

use longhaul_api::Task;

use crate::args::Command;
use crate::failure::Failure;
use crate::output::{Screen, task_line};
use crate::settings::Settings;

/// What every command has at hand.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) screen: Screen,
    pub(crate) settings: Settings,
}

/// What a command comes to: its exit code.
pub(crate) type Outcome = Result<u8, Failure>;

/// Runs a command.
pub(crate) fn dispatch(command: Option<Command>) -> Outcome {
    // These need neither folders nor a runtime, and answer at once.
    match command {
        Some(Command::Version(arguments)) => return version::run(&arguments),
        Some(Command::Completions(arguments)) => return completions::run(&arguments),
        Some(Command::Internal(which)) => return internal::run(&which),
        _ => {}
    }
    let settings = Settings::resolve().map_err(|error| Failure::ours(&error).hint(error.hint()))?;
    let context = Context {
        screen: Screen::new(settings.environment.no_color),
        settings,
    };
    if let Some(Command::Daemon(which)) = command {
        return daemon::run(&context, &which);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::ours(&error))?;
    runtime.block_on(run(&context, command))
}

async fn run(context: &Context, command: Option<Command>) -> Outcome {
    match command {
        None => overview::run(context).await,
        Some(Command::Run(arguments)) => run::run(context, *arguments).await,
        Some(Command::Clone(arguments)) => clone::run(context, *arguments).await,
        Some(Command::Await(arguments)) => r#await::run(context, &arguments).await,
        Some(Command::Status(arguments)) => status::run(context, &arguments).await,
        Some(Command::List(arguments)) => list::run(context, &arguments).await,
        Some(Command::Logs(arguments)) => logs::run(context, &arguments).await,
        Some(Command::Result(arguments)) => result::run(context, &arguments).await,
        Some(Command::Cancel(arguments)) => cancel::run(context, &arguments).await,
        Some(Command::Retry(arguments)) => retry::run(context, &arguments).await,
        Some(Command::Redispatch(arguments)) => redispatch::run(context, &arguments).await,
        Some(Command::Edit(arguments)) => edit::run(context, *arguments).await,
        Some(Command::Wake(arguments)) => wake::run(context, &arguments).await,
        Some(Command::Hold(arguments)) => hold::run(context, &arguments).await,
        Some(Command::Release(arguments)) => release::run(context, &arguments).await,
        Some(Command::Top(arguments)) => top::run(context, &arguments).await,
        Some(Command::Ack(arguments)) => ack::run(context, &arguments).await,
        Some(Command::Pause(arguments)) => pause::run(context, &arguments).await,
        Some(Command::Resume(arguments)) => resume::run(context, &arguments).await,
        Some(Command::Limit(arguments)) => limit::run(context, &arguments).await,
        Some(Command::Prune(arguments)) => prune::run(context, &arguments).await,
        Some(Command::Export) => export::run(context).await,
        Some(Command::Doctor(arguments)) => doctor::run(context, &arguments).await,
        Some(Command::Daemon(_) | Command::Completions(_) | Command::Version(_) | Command::Internal(_)) => {
            unreachable!("these ran before there was a runtime")
        }
    }
}

/// Does one thing to each task and shows what they are then. One that fails does not keep the others from it; the first
/// failure decides the exit code.
async fn each<T>(
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
        return Ok(crate::exit::DONE);
    };
    failures.for_each(|further| context.screen.failure(&further));
    Err(first)
}

/// Prints tasks after an act: a line each, or as JSON an object for one and a list for several.
fn show(context: &Context, tasks: &[Task], asked: usize, is_json: bool) -> Result<(), Failure> {
    match tasks {
        [] => Ok(()),
        [task] if is_json && asked == 1 => context.screen.json(task),
        tasks if is_json => context
            .screen
            .json(&serde_json::json!({ "tasks": tasks, "next": null })),
        tasks => tasks.iter().try_for_each(|task| context.screen.line(task_line(task))),
    }
}
