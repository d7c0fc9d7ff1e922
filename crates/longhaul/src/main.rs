//! Longhaul, the durable task queue for coding agents: one binary.
//!
//! This file only decides what this process is: the supervisor of one attempt, a step of
//! one, or a command.

mod args;
mod ask_error;
mod browser;
mod clock;
mod commands;
mod daemon_link;
mod daemon_start;
mod descriptors;
mod exit;
mod failure;
mod following;
mod git_root;
mod neutral;
mod output;
mod process_end;
mod settings;
mod signals;
mod waiting;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    neutral::as_anybody();
    if let Some(folder) = settings::supervise_argument() {
        return commands::supervise::run(folder);
    }
    if let Some(order) = settings::worktree_step_argument() {
        return commands::worktree_step::run(order);
    }
    let line = match args::CommandLine::try_parse() {
        Ok(line) => line,
        Err(refusal) => {
            // Help that nobody reads any more is no failure.
            drop(refusal.print());
            return ExitCode::from(u8::try_from(refusal.exit_code()).unwrap_or(exit::USAGE));
        }
    };
    match commands::dispatch(line.command) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            output::Screen::new(settings::Environment::read().no_color).failure(&failure);
            ExitCode::from(failure.code)
        }
    }
}
