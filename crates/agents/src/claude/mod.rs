//! Claude Code, as of 2.1.328.
//!
//! It has no sandbox that a flag turns on: what it may do is a matter of which tools it is given and which of them it
//! need not ask for. It inlines `@/any/file` of a prompt, whatever tools it has.

mod launch;
mod parse;
mod tools;
mod trouble;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::adapter::{Adapter, Capability, Folders, Marks, Parser, Remark, SignIn, home};
use crate::launch::{Launch, Request};
use crate::reading::{Reading, UsageScope};
use crate::shell::quoted;
use crate::transcript::Transcript;

/// Longer names of project folders are cut and get a checksum.
const LONGEST_PROJECT_NAME: usize = 200;

/// Knows Claude Code.
#[derive(Debug)]
pub(crate) struct Claude;

impl Adapter for Claude {
    fn name(&self) -> &'static str {
        "claude"
    }

    fn program(&self) -> &'static str {
        "claude"
    }

    fn install_command(&self) -> &'static str {
        "npm install -g @anthropic-ai/claude-code"
    }

    fn capabilities(&self) -> &[Capability] {
        &[
            Capability::Resume,
            Capability::Model,
            Capability::Effort,
            Capability::ChosenSession,
            Capability::ReadOnly,
            Capability::AnswerSchema,
            Capability::Usage,
            Capability::Cost,
            Capability::ResetTime,
        ]
    }

    fn launch(&self, request: &Request<'_>) -> Launch {
        launch::launch(request)
    }

    fn parser(&self) -> Box<dyn Parser> {
        Box::new(Transcript::new(parse::ClaudeDialect::default()))
    }

    fn usage_scope(&self) -> UsageScope {
        UsageScope::RunWithSessionCost
    }

    fn resume_command(&self, session: &str) -> String {
        format!("claude --resume {}", quoted(session))
    }

    fn says_session_is_gone(&self, reading: &Reading, stderr: &str) -> bool {
        let told = reading.trouble.as_ref().map_or("", |trouble| trouble.message.as_str());
        [told, stderr].iter().any(|words| {
            words.contains("No conversation found with session ID")
                || words.contains("--resume requires a valid session ID")
        })
    }

    fn folders(&self, environment: &BTreeMap<String, String>, cwd: Option<&Path>) -> Folders {
        let Some(claude) = folder(environment) else {
            return Folders::default();
        };
        let settings = [
            ".claude.json",
            "settings.json",
            "settings.local.json",
            "CLAUDE.md",
            "agents",
            "commands",
            "hooks",
            "output-styles",
            "plugins",
            "rules",
            "skills",
            "workflows",
        ];
        let projects = claude.join("projects");
        let mut folders = Folders {
            sessions: Some(projects.clone()),
            // `.claude.json` is here when the folder was chosen, and beside it otherwise. It works without writing it.
            read_only: settings.iter().map(|name| claude.join(name)).collect(),
            writable: vec![claude],
            first_files: Vec::new(),
        };
        // What it remembers of a project lies beside the sessions of that project, and is told to every later run there.
        if let Some(project) = cwd.and_then(project_name).map(|name| projects.join(name)) {
            let memory = project.join("memory");
            folders.read_only.extend([projects, memory.clone()]);
            folders.writable.extend([project, memory]);
        }
        folders
    }

    fn marks(&self) -> Marks {
        Marks {
            inside: &[
                "CLAUDECODE",
                "CLAUDE_CODE_ENTRYPOINT",
                "CLAUDE_CODE_SESSION_ID",
                "CLAUDE_CODE_CHILD_SESSION",
                "CLAUDE_CODE_SESSION_ATTENDED",
                "CLAUDE_CODE_SSE_PORT",
            ],
            places: &["CLAUDE_CONFIG_DIR"],
            session: Some("CLAUDE_CODE_SESSION_ID"),
        }
    }

    fn sign_in(&self) -> SignIn {
        SignIn::Ask {
            arguments: &["auth", "status"],
            variables: &[
                "ANTHROPIC_API_KEY",
                "ANTHROPIC_AUTH_TOKEN",
                "CLAUDE_CODE_OAUTH_TOKEN",
                "CLAUDE_CODE_USE_BEDROCK",
                "CLAUDE_CODE_USE_VERTEX",
                "CLAUDE_CODE_USE_FOUNDRY",
            ],
            elsewhere: &[("settings.json", "\"apiKeyHelper\"")],
        }
    }

    fn sign_in_command(&self) -> Option<&str> {
        Some("claude auth login")
    }

    fn settings_folder(&self, environment: &BTreeMap<String, String>) -> Option<PathBuf> {
        folder(environment)
    }

    fn remarks(&self, version: &str) -> Vec<Remark> {
        // Between the two the turning point is not known; this one was tried.
        match numbers(version) {
            Some(found) if found <= [2, 1, 197] => vec![Remark {
                message: format!("version {version} goes on with a session only in the folder where it began"),
                cure: "npm install -g @anthropic-ai/claude-code@latest (on Node.js older than 22 npm picks this old version: name the new one)"
                    .to_owned(),
            }],
            _ => Vec::new(),
        }
    }
}

/// Where it keeps everything; nothing if there is no home.
fn folder(environment: &BTreeMap<String, String>) -> Option<PathBuf> {
    match environment.get("CLAUDE_CONFIG_DIR").filter(|folder| !folder.is_empty()) {
        Some(folder) => Some(PathBuf::from(folder)),
        None => Some(home(environment)?.join(".claude")),
    }
}

/// The three numbers that a version begins with.
fn numbers(version: &str) -> Option<[u32; 3]> {
    let mut numbers = version.split(|c: char| !c.is_ascii_digit()).map(str::parse::<u32>);
    Some([numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?])
}

/// The folder in which it keeps what belongs to the folder it runs in: every character that is no letter or digit of
/// ASCII becomes a dash. Nothing for very long paths, which it names by a rule of its own.
fn project_name(cwd: &Path) -> Option<String> {
    let name: String = cwd
        .to_str()?
        .encode_utf16()
        .map(|unit| match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii_alphanumeric() => char::from(byte),
            Ok(_) | Err(_) => '-',
        })
        .collect();
    (name.len() <= LONGEST_PROJECT_NAME).then_some(name)
}
