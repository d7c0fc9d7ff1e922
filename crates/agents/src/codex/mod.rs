//! Codex CLI, as of 0.169.
//!
//! Its own sandbox is enforced by the operating system. Inside it a command reaches no network and no socket, the
//! daemon's included; a writer that is to hand on work needs `write_mode = "full"`.

mod launch;
mod parse;
mod trouble;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::adapter::{Adapter, Capability, Folders, Marks, Parser, SignIn, home};
use crate::launch::{Launch, Request};
use crate::reading::{Reading, UsageScope};
use crate::shell::quoted;
use crate::transcript::Transcript;

/// Knows Codex CLI.
#[derive(Debug)]
pub(crate) struct Codex;

impl Adapter for Codex {
    fn name(&self) -> &'static str {
        "codex"
    }

    fn program(&self) -> &'static str {
        "codex"
    }

    fn install_command(&self) -> &'static str {
        "npm install -g @openai/codex"
    }

    fn capabilities(&self) -> &[Capability] {
        &[
            Capability::Resume,
            Capability::Model,
            Capability::Effort,
            Capability::ReadOnly,
            Capability::ReadOnlySandbox,
            Capability::AnswerSchema,
            Capability::Usage,
            Capability::ResetTime,
        ]
    }

    fn launch(&self, request: &Request<'_>) -> Launch {
        launch::launch(request)
    }

    fn parser(&self) -> Box<dyn Parser> {
        Box::new(Transcript::new(parse::CodexDialect::default()))
    }

    fn usage_scope(&self) -> UsageScope {
        UsageScope::Session
    }

    fn resume_command(&self, session: &str) -> String {
        format!("codex resume {}", quoted(session))
    }

    fn says_session_is_gone(&self, reading: &Reading, stderr: &str) -> bool {
        // A thread that began was found.
        reading.session.is_none()
            && (stderr.contains("no rollout found for thread id") || stderr.contains("thread not found"))
    }

    fn folders(&self, environment: &BTreeMap<String, String>, _cwd: Option<&Path>) -> Folders {
        let Some(codex) = folder(environment) else {
            return Folders::default();
        };
        let settings = [
            "config.toml",
            "managed_config.toml",
            "hooks.json",
            "AGENTS.md",
            "AGENTS.override.md",
            "agents",
            "memories",
            "packages",
            "plugins",
            "prompts",
            "rules",
            "skills",
        ];
        Folders {
            sessions: Some(codex.join("sessions")),
            read_only: settings.iter().map(|name| codex.join(name)).collect(),
            writable: vec![codex],
            first_files: Vec::new(),
        }
    }

    fn marks(&self) -> Marks {
        Marks {
            inside: &[
                "CODEX_THREAD_ID",
                "CODEX_SANDBOX",
                "CODEX_SANDBOX_NETWORK_DISABLED",
                "CODEX_CI",
            ],
            places: &["CODEX_HOME"],
            session: Some("CODEX_THREAD_ID"),
        }
    }

    fn sign_in(&self) -> SignIn {
        SignIn::Ask {
            arguments: &["login", "status"],
            variables: &["CODEX_API_KEY", "CODEX_ACCESS_TOKEN"],
            // A provider of one's own brings its own key.
            elsewhere: &[("config.toml", "model_provider")],
        }
    }

    fn sign_in_command(&self) -> Option<&str> {
        Some("codex login")
    }

    fn settings_folder(&self, environment: &BTreeMap<String, String>) -> Option<PathBuf> {
        folder(environment)
    }

    fn litter(&self) -> &[&str] {
        &[".git", ".codex", ".agents", ".aws"]
    }
}

/// Where it keeps everything; nothing if there is no home.
fn folder(environment: &BTreeMap<String, String>) -> Option<PathBuf> {
    match environment.get("CODEX_HOME").filter(|folder| !folder.is_empty()) {
        Some(folder) => Some(PathBuf::from(folder)),
        None => Some(home(environment)?.join(".codex")),
    }
}
