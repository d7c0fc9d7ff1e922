//! Where a prompt comes from, byte for byte: an argument, a file, or standard input. It is data and never an option.

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;

use super::Context;
use crate::failure::Failure;
use crate::git_root::git_root;
use crate::settings::{Submitter, load_config};

/// More does not fit into a request, whose limit is 16 MiB: JSON may make six bytes of one.
const LARGEST_BYTES: usize = 2 << 20;

/// What was typed where a prompt may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Typed<'a> {
    /// Before `--`: one word, or `-` for standard input.
    pub(super) words: &'a [OsString],
    /// After `--`: always the prompt itself.
    pub(super) after_dashes: &'a [OsString],
    /// `--prompt-file`
    pub(super) file: Option<&'a Path>,
}

impl Typed<'_> {
    /// The prompt.
    pub(super) fn read(self) -> Result<String, Failure> {
        let example = "longhaul run --agent codex \"fix the failing test\"";
        match (self.words, self.after_dashes, self.file) {
            ([], [], None) => Err(Failure::usage("there is nothing to ask").hint(example)),
            ([], [], Some(file)) => {
                let bytes = std::fs::read(file);
                text(
                    bytes.map_err(|error| Failure::usage(format!("--prompt-file {}: {error}", file.display())))?,
                    "the prompt file",
                )
            }
            ([word], [], None) if word == "-" => {
                let mut bytes = Vec::new();
                let read = std::io::stdin().lock().read_to_end(&mut bytes);
                read.map_err(|error| Failure::usage(format!("reading the prompt: {error}")))?;
                text(bytes, "standard input")
            }
            ([word], [], None) => text(word.clone().into_encoded_bytes(), "the prompt"),
            ([], words, None) => {
                // Typed without quotes: what a shell took apart at blanks goes together again with one each.
                let words: Vec<_> = words.iter().map(|word| word.as_encoded_bytes()).collect();
                text(words.join(&b' '), "the prompt")
            }
            ([_, _, ..], [], None) => {
                Err(Failure::usage("a prompt is one argument: quote it, or write it after `--`").hint(example))
            }
            _ => Err(Failure::usage(
                "the prompt comes once: as an argument, after `--`, from --prompt-file or from standard input",
            )),
        }
    }
}

/// The agent that is asked where none is named.
pub(super) fn default_agent(context: &Context, hint: &str) -> Result<String, Failure> {
    if let Some(agent) = project_agent() {
        return Ok(agent);
    }
    let config = load_config(&context.settings.folders.config_file);
    let config = config.map_err(|error| Failure::ours(&error).hint(error.hint()))?;
    config
        .default_agent
        .ok_or_else(|| Failure::usage("no agent is configured that could take a prompt").hint(hint))
}

/// What the repository that we are in says in its `.longhaul.toml`. Whether the rest of the file means anything is found
/// out by the daemon, which tells it with the task.
fn project_agent() -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Project {
        default_agent: Option<String>,
    }
    let here = Submitter::folder().ok()?;
    let root = git_root(&here)?;
    let text = std::fs::read_to_string(root.join(".longhaul.toml")).ok()?;
    toml::from_str::<Project>(&text).ok()?.default_agent
}

fn text(bytes: Vec<u8>, what: &str) -> Result<String, Failure> {
    if bytes.len() > LARGEST_BYTES {
        let message = format!(
            "{what}: {} bytes are more than an agent can be asked at once",
            bytes.len()
        );
        return Err(Failure::usage(message).hint("keep the long part in a file, and ask the agent to read that"));
    }
    String::from_utf8(bytes).map_err(|_| Failure::usage(format!("{what} is not UTF-8")))
}
