//! Where a prompt comes from, byte for byte: an argument, a file, or standard input. It is data and never an option.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::Context;
use crate::failure::Failure;
use crate::git_root::git_root;
use crate::project_file;
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
                let bytes = File::open(file).and_then(read_bounded);
                text(
                    bytes.map_err(|error| Failure::usage(format!("--prompt-file {}: {error}", file.display())))?,
                    "the prompt file",
                )
            }
            ([word], [], None) if word == "-" => {
                let bytes = read_bounded(io::stdin().lock());
                text(
                    bytes.map_err(|error| Failure::usage(format!("reading the prompt: {error}")))?,
                    "standard input",
                )
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
    if let Some(agent) = project_agent()? {
        return Ok(agent);
    }
    let config = load_config(&context.settings.folders.config_file);
    let config = config.map_err(|error| Failure::ours(&error).hint(error.hint()))?;
    config
        .default_agent
        .ok_or_else(|| Failure::usage("no agent is configured that could take a prompt").hint(hint))
}

/// What the repository that we are in says in its `.longhaul.toml`.
fn project_agent() -> Result<Option<String>, Failure> {
    let Some(root) = Submitter::folder().ok().and_then(|here| git_root(&here)) else {
        return Ok(None);
    };
    project_file::default_agent(&root).map_err(|error| Failure::ours(&error).hint(error.hint()))
}

/// All of it, but no more than it takes to see that it is too much: a file may be endless.
fn read_bounded(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(LARGEST_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn text(bytes: Vec<u8>, what: &str) -> Result<String, Failure> {
    if bytes.len() > LARGEST_BYTES {
        let message = format!("{what}: more than 2 MiB are more than an agent can be asked at once");
        return Err(Failure::usage(message).hint("keep the long part in a file, and ask the agent to read that"));
    }
    String::from_utf8(bytes).map_err(|_| Failure::usage(format!("{what} is not UTF-8")))
}
