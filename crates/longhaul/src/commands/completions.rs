//! `longhaul completions`

use clap::CommandFactory;

use super::Outcome;
use crate::args::{CommandLine, CompletionsArguments};
use crate::exit;
use crate::output::Screen;

pub(super) fn run(arguments: &CompletionsArguments) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut CommandLine::command(), "longhaul", &mut script);
    Screen::new(true).bytes(&script)?;
    Ok(exit::DONE)
}
