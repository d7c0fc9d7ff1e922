//! From the command as typed to the file that does it.

use super::{
    ack, activity, agents, r#await, cancel, clone, completions, daemon, diff, discard, doctor, edit, export, hold,
    inbox, internal, land, limit, list, logs, notifications, open, overview, pause, prune, redispatch, release, result,
    resume, retry, review, run, status, token, top, trust, version, wake,
};
use crate::args::Command;
use crate::failure::Failure;
use crate::output::Screen;
use crate::settings::Settings;

/// What every command has at hand.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) screen: Screen,
    pub(super) settings: Settings,
}

/// What a command comes to: its exit code.
pub(super) type Outcome = Result<u8, Failure>;

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
        Some(Command::Activity(arguments)) => activity::run(context, &arguments).await,
        Some(Command::Inbox(arguments)) => inbox::run(context, &arguments).await,
        Some(Command::Result(arguments)) => result::run(context, &arguments).await,
        Some(Command::Cancel(arguments)) => cancel::run(context, &arguments).await,
        Some(Command::Retry(arguments)) => retry::run(context, &arguments).await,
        Some(Command::Redispatch(arguments)) => redispatch::run(context, &arguments).await,
        Some(Command::Diff(arguments)) => diff::run(context, &arguments).await,
        Some(Command::Land(arguments)) => land::run(context, &arguments).await,
        Some(Command::Discard(arguments)) => discard::run(context, &arguments).await,
        Some(Command::Trust(arguments)) => trust::run(context, &arguments).await,
        Some(Command::Edit(arguments)) => edit::run(context, *arguments).await,
        Some(Command::Wake(arguments)) => wake::run(context, &arguments).await,
        Some(Command::Hold(arguments)) => hold::run(context, &arguments).await,
        Some(Command::Release(arguments)) => release::run(context, &arguments).await,
        Some(Command::Top(arguments)) => top::run(context, &arguments).await,
        Some(Command::Ack(arguments)) => ack::run(context, &arguments).await,
        Some(Command::Pause(arguments)) => pause::run(context, &arguments).await,
        Some(Command::Resume(arguments)) => resume::run(context, &arguments).await,
        Some(Command::Limit(arguments)) => limit::run(context, &arguments).await,
        Some(Command::Review(arguments)) => review::run(context, *arguments).await,
        Some(Command::AdversarialReview(arguments)) => review::run_adversarial(context, *arguments).await,
        Some(Command::Prune(arguments)) => prune::run(context, &arguments).await,
        Some(Command::Open(arguments)) => open::run(context, &arguments).await,
        Some(Command::Notifications(arguments)) => notifications::run(context, &arguments).await,
        Some(Command::Token(which)) => token::run(context, &which).await,
        Some(Command::Export) => export::run(context).await,
        Some(Command::Agents(arguments)) => agents::run(context, &arguments).await,
        Some(Command::Doctor(arguments)) => doctor::run(context, &arguments).await,
        Some(Command::Daemon(_) | Command::Completions(_) | Command::Version(_) | Command::Internal(_)) => {
            unreachable!("these ran before there was a runtime")
        }
    }
}
