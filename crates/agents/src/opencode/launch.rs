//! How OpenCode is started.

use crate::launch::{Enforced, Launch, Request, WriteMode};

/// With these its tools that change something do not exist. (`--agent plan` is not enough: its shell writes.)
const READ_ONLY: &str = r#"{"bash":"deny","edit":"deny"}"#;

/// With these nothing that the user's own configuration forbids is forbidden.
const EVERYTHING: &str = r#"{"*":"allow","bash":"allow","edit":"allow","webfetch":"allow","external_directory":"allow","doom_loop":"allow"}"#;

/// The command line and what goes with it.
pub(super) fn launch(request: &Request<'_>) -> Launch {
    let mut arguments: Vec<String> = ["run", "--format", "json", "--thinking", "--auto"]
        .map(str::to_owned)
        .to_vec();
    let mut add = |name: &str, value: &str| arguments.push(format!("{name}={value}"));
    match request.resume {
        // Elsewhere than in the folder it began in, it would wait for ever without a word.
        Some(session) => {
            add("--session", session);
            add("--dir", &request.cwd.to_string_lossy());
        }
        None => add("--title", request.fresh_id),
    }
    if let Some(model) = request.model {
        add("--model", model);
    }
    if let Some(effort) = request.effort {
        add("--variant", effort);
    }
    arguments.extend(request.arguments.iter().cloned());
    // What would be asked is allowed (`--auto`), since a question that nobody answers ends the run with exit 0; what
    // is denied stays denied. New files of its own are not fetched in the middle of a task.
    let mut environment = vec![
        ("OPENCODE_DISABLE_AUTOUPDATE", "1".to_owned()),
        ("OPENCODE_DISABLE_LSP_DOWNLOAD", "1".to_owned()),
        ("OPENCODE_DISABLE_TERMINAL_TITLE", "1".to_owned()),
    ];
    let permission = match (request.may_write, request.enforced) {
        (false, Enforced::KernelPartial | Enforced::Agent) => Some(READ_ONLY),
        (false, Enforced::Kernel) => Some(EVERYTHING),
        (true, _) => (request.write_mode == WriteMode::Full).then_some(EVERYTHING),
    };
    environment.extend(permission.map(|rules| ("OPENCODE_PERMISSION", rules.to_owned())));
    Launch {
        arguments,
        environment,
        // From standard input nothing is read as an option, a command of its own or a file to attach.
        stdin: request.prompt.as_bytes().to_vec(),
        files: Vec::new(),
        session: None,
    }
}
