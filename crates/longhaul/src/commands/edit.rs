//! `longhaul edit`

use std::time::Duration;

use jiff::tz::TimeZone;
use longhaul_api::EditRequest;
use longhaul_model::TaskId;

use super::prompt::Typed;
use super::{Context, Outcome, show};
use crate::args::{Clearable, EditArguments};
use crate::clock;
use crate::daemon_link::Link;
use crate::exit;
use crate::failure::Failure;

pub(super) async fn run(context: &Context, arguments: EditArguments) -> Outcome {
    let request = request(&arguments)?;
    if request == EditRequest::default() {
        return Err(Failure::usage("there is nothing to change").hint("longhaul edit --help lists what can be changed"));
    }
    let link = Link::open(&context.settings).await?;
    let task = link
        .ask(async |client| client.edit(arguments.id.get(), &request).await)
        .await?;
    show(context, &[task], 1, arguments.json)?;
    Ok(exit::DONE)
}

fn request(arguments: &EditArguments) -> Result<EditRequest, Failure> {
    let length = |value: &Option<Clearable<Duration>>| {
        value.as_ref().map(|value| {
            value
                .0
                .map(|length| u64::try_from(length.as_millis()).unwrap_or(u64::MAX))
        })
    };
    let in_ms = arguments
        .start_in
        .map(|length| Some(u64::try_from(length.as_millis()).unwrap_or(u64::MAX)));
    let at = match &arguments.start_at {
        None => None,
        Some(Clearable(None)) => Some(None),
        Some(Clearable(Some(time))) => {
            let time = time.resolve(clock::now(), &TimeZone::system());
            Some(Some(time.map_err(|error| Failure::usage(format!("--at: {error}")))?))
        }
    };
    let requires = (arguments.requires_nothing || !arguments.requires.is_empty())
        .then(|| arguments.requires.iter().map(ToString::to_string).collect());
    let labels = (!arguments.label.is_empty()).then(|| {
        arguments
            .label
            .iter()
            .map(|label| (label.key.clone(), label.value.clone()))
            .collect()
    });
    Ok(EditRequest {
        command: command(arguments)?,
        prompt: prompt(arguments)?,
        model: arguments.model.as_ref().map(|model| model.0.clone()),
        effort: arguments.effort.as_ref().map(|effort| effort.0.clone()),
        name: arguments.name.as_ref().map(|name| name.0.clone()),
        queue: arguments.queue.as_ref().map(ToString::to_string),
        priority: arguments.priority,
        after: after(&arguments.after)?,
        requires,
        in_ms,
        at,
        wait_deadline_ms: length(&arguments.wait_deadline),
        timeout_ms: length(&arguments.timeout),
        idle_timeout_ms: length(&arguments.idle_timeout),
        retries: arguments.retries,
        labels,
    })
}

fn prompt(arguments: &EditArguments) -> Result<Option<String>, Failure> {
    let words: Vec<_> = arguments.prompt.iter().cloned().collect();
    let typed = Typed {
        words: &words,
        after_dashes: &[],
        file: arguments.prompt_file.as_deref(),
    };
    if words.is_empty() && arguments.prompt_file.is_none() {
        return Ok(None);
    }
    typed.read().map(Some)
}

fn command(arguments: &EditArguments) -> Result<Option<Vec<String>>, Failure> {
    if arguments.command.is_empty() {
        return Ok(None);
    }
    let words = arguments
        .command
        .iter()
        .map(|word| word.to_str().map(str::to_owned))
        .collect::<Option<_>>();
    words
        .map(Some)
        .ok_or_else(|| Failure::usage("an argument of the command is not UTF-8"))
}

/// Ids, apart or with commas between them; `none` alone for none.
fn after(typed: &[String]) -> Result<Option<Vec<u64>>, Failure> {
    match typed {
        [] => return Ok(None),
        [none] if none == "none" => return Ok(Some(Vec::new())),
        _ => {}
    }
    let ids = typed
        .iter()
        .flat_map(|list| list.split(','))
        .map(|id| id.parse().map(TaskId::get));
    ids.collect::<Result<_, _>>()
        .map(Some)
        .map_err(|error| Failure::usage(format!("--after: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_apart_or_together_and_none_clears_them() {
        let after = |typed: &[&str]| after(&typed.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()).ok();
        assert_eq!(after(&[]), Some(None));
        assert_eq!(after(&["none"]), Some(Some(vec![])));
        assert_eq!(after(&["1,2", "3"]), Some(Some(vec![1, 2, 3])));
        assert_eq!(after(&["1,none"]), None);
    }
}
