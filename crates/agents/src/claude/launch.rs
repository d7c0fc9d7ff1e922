//! How Claude Code is started: `claude -p --output-format stream-json …`, the prompt on standard input.

use crate::launch::{Enforced, Launch, Request, WriteMode};

/// The tools of a reader that nobody else keeps from writing. None of them runs a command.
const READING_TOOLS: &str = "Read,Grep,Glob";

/// The tools a writer need not ask for, beside the editing of files below its folder. There is nobody to ask.
const WRITING_TOOLS: &str = "Bash,WebFetch,WebSearch";

pub(super) fn launch(request: &Request<'_>) -> Launch {
    let mut arguments: Vec<String> = ["-p", "--output-format=stream-json", "--verbose"]
        .map(str::to_owned)
        .into();
    let mut environment = Vec::new();
    // Its version does not change in the middle of a task, unless its user wants that.
    if !request.environment.contains_key("DISABLE_AUTOUPDATER") {
        environment.push(("DISABLE_AUTOUPDATER", "1".to_owned()));
    }
    if let Some(folder) = request.environment.get("TMPDIR") {
        environment.push(("CLAUDE_CODE_TMPDIR", folder.clone()));
    }
    arguments.extend(match (request.may_write, request.enforced, request.write_mode) {
        (false, Enforced::Kernel, _) | (true, _, WriteMode::Full) => {
            if request.is_root {
                // As root it refuses this mode unless it is told that somebody else keeps it in, in this very word.
                environment.push(("IS_SANDBOX", "1".to_owned()));
            }
            vec!["--permission-mode=bypassPermissions".to_owned()]
        }
        // Without servers of others, whose tools may write.
        (false, Enforced::KernelPartial | Enforced::Agent, _) => {
            vec![format!("--tools={READING_TOOLS}"), "--strict-mcp-config".to_owned()]
        }
        (true, _, WriteMode::Workspace) => {
            vec![
                "--permission-mode=acceptEdits".to_owned(),
                format!("--allowedTools={WRITING_TOOLS}"),
            ]
        }
    });
    if let Some(model) = request.model {
        arguments.push(format!("--model={model}"));
    }
    if let Some(effort) = request.effort {
        arguments.push(format!("--effort={effort}"));
    }
    if let Some((schema, _)) = request.answer_schema {
        arguments.push(format!("--json-schema={schema}"));
    }
    arguments.push(match request.resume {
        Some(session) => format!("--resume={session}"),
        None => format!("--session-id={}", request.fresh_id),
    });
    if let Some(folder) = request.readable {
        arguments.push(format!("--add-dir={}", folder.display()));
    }
    arguments.extend(request.arguments.iter().cloned());
    Launch {
        arguments,
        environment,
        stdin: guarded(request.prompt),
        files: Vec::new(),
        session: Some(request.resume.unwrap_or(request.fresh_id).to_owned()),
    }
}

/// The prompt, behind an empty line of ours if it begins with `/`: that would run a command of the agent, which looks
/// at the very first character only. A prompt that begins otherwise goes in as it is.
fn guarded(prompt: &str) -> Vec<u8> {
    let mut stdin = Vec::with_capacity(prompt.len() + 1);
    if prompt.starts_with('/') {
        stdin.push(b'\n');
    }
    stdin.extend_from_slice(prompt.as_bytes());
    stdin
}
