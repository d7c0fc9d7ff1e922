//! Gemini CLI: `gemini --output-format stream-json`.

mod launch;
mod parse;
mod trouble;

use std::collections::BTreeMap;
use std::path::Path;

use crate::adapter::{Adapter, Capability, Folders, Marks, Parser, SignIn, home};
use crate::launch::{Launch, Request};
use crate::reading::{Reading, UsageScope};
use crate::shell::quoted;
use crate::transcript::Transcript;

/// Gemini CLI.
pub(crate) struct Gemini;

impl Adapter for Gemini {
    fn name(&self) -> &str {
        "gemini"
    }

    fn program(&self) -> &str {
        "gemini"
    }

    fn install_command(&self) -> &str {
        "npm install -g @google/gemini-cli"
    }

    fn capabilities(&self) -> &[Capability] {
        &[
            Capability::Resume,
            Capability::Model,
            Capability::ChosenSession,
            Capability::ReadOnly,
            Capability::Usage,
            Capability::ResetTime,
        ]
    }

    fn launch(&self, request: &Request<'_>) -> Launch {
        launch::launch(request)
    }

    fn parser(&self) -> Box<dyn Parser> {
        Box::new(Transcript::new(parse::GeminiDialect::default()))
    }

    fn usage_scope(&self) -> UsageScope {
        UsageScope::Run
    }

    fn resume_command(&self, session: &str) -> String {
        format!("gemini --resume {}", quoted(session))
    }

    fn says_session_is_gone(&self, _reading: &Reading, stderr: &str) -> bool {
        stderr.contains("Error resuming session: Invalid session identifier")
            || stderr.contains("Error resuming session: No previous sessions found")
    }

    fn folders(&self, environment: &BTreeMap<String, String>, _cwd: Option<&Path>) -> Folders {
        let Some(folder) = home(environment).map(|home| home.join(".gemini")) else {
            return Folders::default();
        };
        Folders {
            sessions: Some(folder.join("tmp")),
            read_only: [
                "settings.json",
                "trustedFolders.json",
                ".env",
                "GEMINI.md",
                "commands",
                "extensions",
                "hooks",
                "policies",
                "skills",
                "agents",
            ]
            .map(|name| folder.join(name))
            .to_vec(),
            writable: vec![folder],
            first_files: Vec::new(),
        }
    }

    fn sign_in_command(&self) -> Option<&str> {
        Some("gemini")
    }

    fn marks(&self) -> Marks {
        Marks {
            inside: &["GEMINI_CLI", "GEMINI_CLI_SESSION_ID"],
            places: &["GEMINI_CLI_HOME"],
            session: Some("GEMINI_CLI_SESSION_ID"),
        }
    }

    fn sign_in(&self) -> SignIn {
        SignIn::Traces {
            variables: &[
                "GEMINI_API_KEY",
                "GOOGLE_API_KEY",
                "GOOGLE_GENAI_USE_VERTEXAI",
                "GOOGLE_GENAI_USE_GCA",
            ],
            files: &[".gemini/oauth_creds.json"],
        }
    }
}
