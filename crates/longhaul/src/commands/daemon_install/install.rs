//! Writing the service file and saying what to do with it.

use std::path::Path;

use super::platform;
use crate::commands::{Context, Outcome};
use crate::daemon_start::own_program;
use crate::exit;
use crate::failure::Failure;

pub(in crate::commands) fn run(context: &Context) -> Outcome {
    let settings = &context.settings;
    let program = own_program().map_err(|error| Failure::ours(&error))?;
    let file = platform::service_file(&settings.environment)
        .ok_or_else(|| Failure::new(exit::OURS, "HOME is not set, so there is no place for the service file"))?;
    let text = platform::service_text(&program, settings.folders.home.as_deref()).ok_or_else(|| {
        Failure::new(
            exit::OURS,
            "a path of this installation is not UTF-8: a service file cannot name it",
        )
    })?;
    write(&file, &text)
        .map_err(|error| Failure::new(exit::OURS, format!("cannot write {}: {error}", file.display())))?;
    context.screen.line(file.display())?;
    context.screen.talk("written; to start it now and at every login:");
    platform::ENABLE
        .iter()
        .for_each(|line| context.screen.talk(format_args!("  {line}")));
    context
        .screen
        .hint("a daemon that runs already must make way first: longhaul daemon stop (tasks go on)");
    Ok(exit::DONE)
}

fn write(file: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, text)
}
