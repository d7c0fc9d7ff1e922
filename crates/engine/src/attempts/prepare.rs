//! What lies on disk before an attempt is sealed: the notes of its steps, the files of its program, its standard input.

use std::io;
use std::path::{Path, PathBuf};

use longhaul_model::{StandardInput, Task, with_causes};
use longhaul_supervisor::Stdin;
use longhaul_worktrees::Report;

use super::owned::OwnedAttempt;
use super::start_error::StartError;
use crate::executors::Plan;
use crate::private_files::{create_private_folder, write_private};
use crate::workspace::Arrangement;

/// Writes all of it, and says what the program reads. Blocks.
///
/// It lies in the task's folder: the attempt's own is not there yet, and is made last.
pub(super) fn prepare(
    attempt: &OwnedAttempt,
    task: &Task,
    arrangement: &Arrangement,
    plan: &Plan,
) -> Result<Stdin, StartError> {
    write_notes(attempt, arrangement).map_err(StartError::StandardInput)?;
    let folder = attempt.room.installation.task_folder(task.id);
    create_private_folder(&folder).map_err(StartError::StandardInput)?;
    for folder in &plan.visible {
        create_private_folder(folder).map_err(StartError::StandardInput)?;
    }
    for (path, bytes) in &plan.files {
        write_private(path, bytes).map_err(StartError::StandardInput)?;
    }
    match &plan.stdin {
        Some(bytes) => write_stdin(bytes, &folder),
        None => standard_input(&task.spec.stdin, &folder),
    }
}

/// What is known before the steps run, for whoever reads their report.
fn write_notes(attempt: &OwnedAttempt, arrangement: &Arrangement) -> io::Result<()> {
    if arrangement.notes.is_empty() {
        return Ok(());
    }
    let report = Report {
        notes: arrangement.notes.clone(),
        ..Report::default()
    };
    let file = attempt.room.installation.report_file(attempt.id(), attempt.fence());
    report
        .write(&file)
        .map_err(|error| io::Error::other(with_causes(&error)))
}

fn standard_input(input: &StandardInput, folder: &Path) -> Result<Stdin, StartError> {
    use base64::Engine as _;
    match input {
        StandardInput::Nothing => Ok(Stdin::Null),
        StandardInput::File(path) => Ok(Stdin::File {
            path: PathBuf::from(path),
        }),
        StandardInput::Base64(text) => {
            let bytes = base64::engine::general_purpose::STANDARD
                .decode(text)
                .map_err(StartError::Undecodable)?;
            write_stdin(&bytes, folder)
        }
    }
}

fn write_stdin(bytes: &[u8], folder: &Path) -> Result<Stdin, StartError> {
    let path = folder.join("stdin");
    write_private(&path, bytes).map_err(StartError::StandardInput)?;
    Ok(Stdin::File { path })
}
