//! How Codex is started: `codex exec --json … [resume -- THREAD] -`, the prompt on standard input.

use crate::launch::{Enforced, Launch, Request, WriteMode};

pub(super) fn launch(request: &Request<'_>) -> Launch {
    let mut arguments: Vec<String> = [
        "exec",
        "--json",
        // A folder without git is as good as one with it; who may write where is decided by us.
        "--skip-git-repo-check",
        // Otherwise a connection that is refused is tried for ever.
        "--disable=unbounded_connection_retries",
    ]
    .map(str::to_owned)
    .into();
    // Not kept by a resumed thread, which falls back to read-only; and refused behind `resume`.
    arguments.push(format!("--sandbox={}", sandbox(request)));
    if let Some(model) = request.model {
        arguments.push(format!("--model={model}"));
    }
    if let Some(effort) = request.effort {
        // The value is TOML, whose strings are written as JSON's.
        arguments.push(format!(
            "--config=model_reasoning_effort={}",
            serde_json::Value::from(effort)
        ));
    }
    if let Some((_, file)) = request.answer_schema {
        arguments.push(format!("--output-schema={}", file.display()));
    }
    arguments.extend(request.arguments.iter().cloned());
    if let Some(thread) = request.resume {
        arguments.extend(["resume".to_owned(), "--".to_owned(), thread.to_owned()]);
    }
    arguments.push("-".to_owned());
    Launch {
        arguments,
        environment: Vec::new(),
        // It reads no commands out of a prompt: nothing is to be guarded.
        stdin: request.prompt.as_bytes().to_vec(),
        files: request
            .answer_schema
            .iter()
            .map(|(schema, file)| (file.to_path_buf(), schema.as_bytes().to_vec()))
            .collect(),
        session: request.resume.map(str::to_owned),
    }
}

/// Its own sandbox. It is made of the same means as the kernel's half that every machine has, and cannot be set up inside
/// that: each command would fail, reading included, and commands are all it has to read with. So where the kernel does
/// anything for a reader, its own sandbox is off.
fn sandbox(request: &Request<'_>) -> &'static str {
    match (request.may_write, request.enforced, request.write_mode) {
        (false, Enforced::Kernel | Enforced::KernelPartial, _) | (true, _, WriteMode::Full) => "danger-full-access",
        (false, Enforced::Agent, _) => "read-only",
        (true, _, WriteMode::Workspace) => "workspace-write",
    }
}
