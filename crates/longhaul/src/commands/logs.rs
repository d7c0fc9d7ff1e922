//! `longhaul logs`

use longhaul_api::client::OutputQuery;

use super::{Context, Outcome};
use crate::args::LogsArguments;
use crate::daemon_link::Link;
use crate::exit;
use crate::failure::Failure;
use crate::following::follow;
use crate::output::{Live, Records};
use crate::readers::while_read;

pub(super) async fn run(context: &Context, arguments: &LogsArguments) -> Outcome {
    let id = arguments.id.get();
    let stream = match (arguments.stdout, arguments.stderr) {
        (true, _) => Some("stdout"),
        (_, true) => Some("stderr"),
        _ => None,
    };
    let query = OutputQuery {
        stream,
        attempt: arguments.attempt,
        tail_lines: arguments.tail,
        ..OutputQuery::default()
    };
    let mut records = match arguments.json {
        true => Records::json(context.screen),
        false => Records::together(context.screen, arguments.timestamps),
    };
    let link = Link::open(&context.settings).await?;
    if arguments.follow {
        let query = newest_first_of(&link, id, query).await?;
        while_read(follow(&link, id, query, &mut records, &mut Live::quiet())).await?;
    } else {
        print(&link, id, query, &mut records).await?;
    }
    Ok(exit::DONE)
}

/// `-f` begins with the newest attempt, if there is one already.
async fn newest_first_of(link: &Link, id: u64, query: OutputQuery) -> Result<OutputQuery, Failure> {
    if query.attempt.is_some() || query.tail_lines.is_some() {
        return Ok(query);
    }
    let task = link.ask(async |client| client.task(id).await).await?;
    // An attempt that is named is followed alone; the first is where following begins anyway.
    let attempt = Some(task.attempt).filter(|attempt| *attempt > 1);
    Ok(OutputQuery { attempt, ..query })
}

/// Prints what there is now.
async fn print(link: &Link, id: u64, mut query: OutputQuery, records: &mut Records) -> Result<(), Failure> {
    loop {
        let output = link.ask(async |client| client.output(id, &query).await).await?;
        records.write(&output.pieces)?;
        let is_end = output.complete || output.pieces.is_empty();
        query = OutputQuery {
            offset: output.next_offset,
            tail_lines: None,
            attempt: Some(output.attempt).filter(|attempt| *attempt > 0).or(query.attempt),
            ..query
        };
        if is_end {
            return Ok(());
        }
    }
}
