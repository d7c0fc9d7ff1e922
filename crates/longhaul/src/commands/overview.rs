//! `longhaul` alone: what it is, where things stand, and what to type next. Starts nothing.

use super::{Context, Outcome, status};
use crate::daemon_link::Link;
use crate::exit;

const WORDS: &str = "\
Longhaul: a durable task queue. Hand it a command, walk away, know how it ended.

  longhaul run -- CMD…       run a command and stay with it
  longhaul run -d -- CMD…    run it and return at once
  longhaul status            what needs me, what runs, what stands in line
  longhaul await ID          wait until it is over and print its result
  longhaul logs ID -f        read along
  longhaul cancel ID         end it, with everything it started
  longhaul --help            every command
";

pub(super) async fn run(context: &Context) -> Outcome {
    context.screen.line(WORDS)?;
    match Link::open_existing(&context.settings).await {
        Ok(Some(link)) => match link.client().stats().await {
            Ok(stats) => context.screen.line(status::counts_line(&stats))?,
            Err(error) => context.screen.talk(format_args!("the daemon does not answer: {error}")),
        },
        Ok(None) => context
            .screen
            .line("no daemon is running; the first command that needs one starts it")?,
        Err(failure) => context.screen.failure(&failure),
    }
    Ok(exit::DONE)
}
