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
mod project_file;
mod readers;
mod settings;
mod signals;
mod waiting;

use std::ffi::OsString;
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
            say(&refusal);
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

/// Help and usage errors, which may quote what was typed. Nobody left to read them is no failure.
fn say(refusal: &clap::Error) {
    let is_plain = |typed: OsString| typed.to_str().is_some_and(|typed| output::plain(typed) == typed);
    if !refusal.use_stderr() || std::env::args_os().all(is_plain) {
        drop(refusal.print());
    } else {
        let text = refusal.render().to_string();
        output::Screen::new(true).error_bytes(output::plain_lines(&text).as_bytes());
    }
}
