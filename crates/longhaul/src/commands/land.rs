//! `longhaul land`

use longhaul_api::{LandRequest, Task, Word};
use longhaul_model::StateName;

use super::result::{print_report, say_how_it_ended};
use super::submit::told;
use super::{Context, Outcome};
use crate::args::LandArguments;
use crate::daemon_link::Link;
use crate::exit;
use crate::output::{Live, plain};
use crate::readers::while_read;
use crate::signals;
use crate::waiting::{Deadline, until_over};

pub(super) async fn run(context: &Context, arguments: &LandArguments) -> Outcome {
    let link = Link::open(&context.settings).await?;
    let request = LandRequest {
        manner: arguments.manner().map(Word::from),
        message: arguments.message.clone(),
    };
    let landing = link.client().land(arguments.id.get(), &request).await?;
    if arguments.background {
        let written = if arguments.json {
            context.screen.json(&landing)
        } else {
            context.screen.line(landing.task_id)
        };
        told(context, landing.task_id, written)?;
        if !arguments.json {
            context.screen.hint(format_args!("longhaul await {}", landing.task_id));
        }
        return Ok(exit::DONE);
    }
    let (screen, id) = (context.screen, landing.task_id);
    let mut live = Live::new(screen, None);
    let waiting = until_over(&link, id, Deadline::never(), &mut live);
    let task = signals::unless_ended(screen, &[id], while_read(waiting)).await?.task;
    let written = match (arguments.json, task.output_bytes) {
        (true, _) => screen.json(&task),
        (false, 0) => Ok(()),
        (false, _) => print_report(screen, &link, id).await,
    };
    match written {
        // Whether it landed is in the code, whoever read how much.
        Err(failure) if failure.is_nobody_reads() => return Ok(code(&task)),
        written => written?,
    }
    if arguments.json {
        return Ok(code(&task));
    }
    if let Some(note) = &task.note {
        screen.talk(format_args!("note: {}", plain(note)));
    }
    if task.state != StateName::Completed {
        say_how_it_ended(screen, &task);
    }
    Ok(code(&task))
}

/// 4 says that nothing was touched because both sides changed the same; every other refusal is 1.
fn code(task: &Task) -> u8 {
    let is_conflict = task
        .landing
        .as_ref()
        .is_some_and(|landing| !landing.conflicts.is_empty());
    if task.state == StateName::Completed {
        exit::DONE
    } else if is_conflict {
        exit::CONFLICT
    } else {
        exit::REFUSED
    }
}
