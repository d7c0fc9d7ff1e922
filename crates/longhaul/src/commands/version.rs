//! `longhaul version`

use super::Outcome;
use crate::args::JsonArguments;
use crate::exit;
use crate::output::Screen;

/// The version of this program.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(super) fn run(arguments: &JsonArguments) -> Outcome {
    let screen = Screen::new(true);
    if arguments.json {
        screen.json(&serde_json::json!({ "version": VERSION }))?;
    } else {
        screen.line(format_args!("longhaul {VERSION}"))?;
    }
    Ok(exit::DONE)
}
