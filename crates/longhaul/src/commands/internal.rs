//! The hidden `internal …`: what the reference pages are generated from.

use super::Outcome;
use crate::args::InternalCommand;
use crate::exit;
use crate::output::Screen;
use crate::settings::reference_page;

pub(super) fn run(which: &InternalCommand) -> Outcome {
    let page = match which {
        InternalCommand::Openapi => longhaul_server::openapi_document(),
        InternalCommand::ConfigurationReference => reference_page(),
    };
    let newline = if page.ends_with('\n') { "" } else { "\n" };
    Screen::new(true).bytes(format!("{page}{newline}").as_bytes())?;
    Ok(exit::DONE)
}
