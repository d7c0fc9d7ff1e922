//! `longhaul retry`, and what it shares with `redispatch`.

use longhaul_api::client::ClientError;
use longhaul_api::{ErrorCode, RepeatRequest, Repeated};

use super::submit::told;
use super::{Context, Outcome};
use crate::args::RepeatArguments;
use crate::daemon_link::Link;
use crate::exit;
use crate::failure::Failure;
use crate::output::plain;

pub(super) async fn run(context: &Context, arguments: &RepeatArguments) -> Outcome {
    let link = Link::open(&context.settings).await?;
    let request = RepeatRequest {
        force: arguments.force,
        ..RepeatRequest::default()
    };
    let repeated = link.client().retry(arguments.id.get(), &request).await;
    show(context, arguments, "retry", repeated)
}

/// Shows the new task, or why there is none. `word` is the command's own.
pub(super) fn show(
    context: &Context,
    arguments: &RepeatArguments,
    word: &str,
    repeated: Result<Repeated, ClientError>,
) -> Outcome {
    let repeated = repeated.map_err(|error| with_force(error, word, arguments))?;
    for warning in &repeated.warnings {
        context.screen.talk(format_args!("warning: {}", plain(warning)));
    }
    let written = if arguments.json {
        context.screen.json(&repeated)
    } else {
        context.screen.line(repeated.task_id)
    };
    told(context, repeated.task_id, written)?;
    if !arguments.json {
        context.screen.hint(format_args!("longhaul await {}", repeated.task_id));
    }
    Ok(exit::DONE)
}

/// The daemon names the way out as HTTP knows it; here it is an option.
fn with_force(error: ClientError, word: &str, arguments: &RepeatArguments) -> Failure {
    let can_be_forced = match &error {
        ClientError::Problem(problem) => {
            problem.code == ErrorCode::StateForbids
                && problem.hint.as_deref().is_some_and(|hint| hint.contains("force"))
        }
        _ => false,
    };
    let failure = Failure::from(error);
    if can_be_forced {
        failure.hint(format!("longhaul {word} {} --force", arguments.id))
    } else {
        failure
    }
}
