//! How Gemini is started.

use crate::launch::{Enforced, Launch, Request};

/// The command line and what goes with it.
pub(super) fn launch(request: &Request<'_>) -> Launch {
    // Headless it does not offer its shell and its editing tools in the mode `default`; `auto_edit` has no shell.
    let is_agents_own_reader = !request.may_write && request.enforced != Enforced::Kernel;
    let mode = if is_agents_own_reader { "default" } else { "yolo" };
    let session = request.resume.unwrap_or(request.fresh_id);
    let how = if request.resume.is_some() {
        "--resume"
    } else {
        "--session-id"
    };
    let mut arguments: Vec<String> = [
        // Without it, a folder that nobody ever trusted at a terminal ends the run with code 55.
        "--skip-trust",
        "--output-format=stream-json",
        // Its answer byte for byte: otherwise what looks like an escape sequence is taken out, piece by piece.
        "--raw-output",
        "--accept-raw-output-risk",
    ]
    .map(str::to_owned)
    .to_vec();
    arguments.extend([format!("--approval-mode={mode}"), format!("{how}={session}")]);
    arguments.extend(request.model.map(|model| format!("--model={model}")));
    if let Some(folder) = request.readable {
        arguments.push(format!("--include-directories={}", folder.display()));
    }
    arguments.extend(request.arguments.iter().cloned());
    Launch {
        arguments,
        // One process instead of two: signals reach it, and it starts a second sooner.
        environment: vec![("GEMINI_CLI_NO_RELAUNCH", "true".to_owned())],
        stdin: guarded(request.prompt),
        files: Vec::new(),
        session: Some(session.to_owned()),
    }
}

/// The prompt, kept from being taken for a command: those begin with `/` as the very first character.
fn guarded(prompt: &str) -> Vec<u8> {
    let guard = if prompt.starts_with('/') { "\n" } else { "" };
    [guard.as_bytes(), prompt.as_bytes()].concat()
}
