//! How an agent of the user's own is started.

use super::placeholder::{self, Placeholder, all_filled};
use crate::launch::{Enforced, Launch, Request};
use crate::settings::TemplateSettings;

/// The name of the file with the prompt.
const PROMPT_FILE: &str = "prompt.txt";

/// The command line and what goes with it.
pub(super) fn launch(settings: &TemplateSettings, request: &Request<'_>) -> Launch {
    let command = match request.resume {
        Some(_) if !settings.resume.is_empty() => &settings.resume,
        _ => &settings.command,
    };
    let has = |placeholder| command.iter().any(|word| placeholder::holds(word, placeholder));
    let session = request.resume.unwrap_or(request.fresh_id);
    let prompt_file = request.folder.join(PROMPT_FILE);
    let cwd = request.cwd.to_string_lossy();
    let prompt_path = prompt_file.to_string_lossy();
    let values = [
        (Placeholder::PromptFile, prompt_path.as_ref()),
        (Placeholder::Model, request.model.unwrap_or("")),
        (Placeholder::Effort, request.effort.unwrap_or("")),
        (Placeholder::Session, session),
        (Placeholder::Cwd, cwd.as_ref()),
    ];
    let access = match (request.may_write, request.enforced) {
        (true, _) => settings.write.as_slice(),
        // All its tools are on: the kernel alone keeps it from writing.
        (false, Enforced::Kernel) => settings.write.as_slice(),
        (false, Enforced::KernelPartial | Enforced::Agent) => settings.read_only.as_slice(),
    };
    let model = request.model.map(|_| settings.model_arguments.as_slice());
    let effort = request.effort.map(|_| settings.effort_arguments.as_slice());
    let words = command
        .iter()
        .skip(1)
        .chain(access)
        .chain(model.unwrap_or_default())
        .chain(effort.unwrap_or_default());
    let arguments = words.map(|word| all_filled(word, &values));
    let is_in_a_file = has(Placeholder::PromptFile);
    let prompt = request.prompt.as_bytes().to_vec();
    Launch {
        arguments: arguments.chain(request.arguments.iter().cloned()).collect(),
        environment: Vec::new(),
        stdin: if is_in_a_file { Vec::new() } else { prompt.clone() },
        files: is_in_a_file.then_some((prompt_file, prompt)).into_iter().collect(),
        session: has(Placeholder::Session).then(|| session.to_owned()),
    }
}
