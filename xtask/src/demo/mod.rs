//! `cargo xtask demo`: builds the binary and shows, with real tasks, that it keeps its promises.
//!
//! What this is not: a test. It tells a story, but it does check what it tells and fails if that is not so.

mod repository;
mod stage;
mod story;

use anyhow::{Result, ensure};

use crate::flags::Flags;
use crate::{release, shell};

const HELP: &str = "\
cargo xtask demo [--no-pie] [--debug] [--no-build]

Builds target/dist/longhaul and, in a throw-away home, runs real tasks with it: clones a repository, works in it with a
program of an agent's shape, kills the daemon in the middle, and shows what came of it. Ends with an error if any of it
is not true.

  --no-pie     build the binary for a fixed address (smaller supervisors)
  --debug      use a debug build instead (quicker to build)
  --no-build   use the binary that is there
";

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let flags = Flags::parse(arguments, HELP, &["--no-pie", "--debug", "--no-build"], &[])?;
    let binary = if flags.has("--debug") {
        release::debug_binary()
    } else {
        release::binary()
    };
    if !flags.has("--no-build") {
        println!("Building {} …", binary.display());
        if flags.has("--debug") {
            shell::run(shell::cargo().args(["build", "--package", "longhaul"]))?;
        } else {
            let position = if flags.has("--no-pie") {
                release::Position::Fixed
            } else {
                release::Position::Independent
            };
            release::build(position)?;
        }
    }
    let failed = story::tell(&binary)?;
    ensure!(failed == 0, "{failed} of the things shown are not so");
    println!(
        "\nThe binary is {}. Put it on your PATH, or go on with the README.",
        binary.display()
    );
    Ok(())
}
