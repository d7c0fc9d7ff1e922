//! OpenCode: `opencode run --format json`.

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

/// What it puts as `.gitignore` beside its configuration when there is none.
const FIRST_FILE: &str = "node_modules\npackage.json\npackage-lock.json\nbun.lock\n.gitignore";

/// OpenCode.
pub(crate) struct OpenCode;

impl Adapter for OpenCode {
    fn name(&self) -> &str {
        "opencode"
    }

    fn program(&self) -> &str {
        "opencode"
    }

    fn install_command(&self) -> &str {
        "npm install -g opencode-ai"
    }

    fn capabilities(&self) -> &[Capability] {
        &[
            Capability::Resume,
            Capability::Model,
            Capability::Effort,
            Capability::ReadOnly,
            Capability::Usage,
            Capability::Cost,
        ]
    }

    fn launch(&self, request: &Request<'_>) -> Launch {
        launch::launch(request)
    }

    fn parser(&self) -> Box<dyn Parser> {
        Box::new(Transcript::new(parse::OpencodeDialect::default()))
    }

    fn usage_scope(&self) -> UsageScope {
        UsageScope::Run
    }

    fn resume_command(&self, session: &str) -> String {
        format!("opencode --session {}", quoted(session))
    }

    fn says_session_is_gone(&self, _reading: &Reading, stderr: &str) -> bool {
        stderr.contains("Session not found")
    }

    fn folders(&self, environment: &BTreeMap<String, String>, _cwd: Option<&Path>) -> Folders {
        // The folders of the XDG base directory specification, with their defaults below the home folder.
        let folder = |variable: &str, default: &str| {
            let set = environment.get(variable).map(std::path::PathBuf::from);
            let base = set.filter(|path| path.is_absolute());
            Some(
                base.or_else(|| Some(home(environment)?.join(default)))?
                    .join("opencode"),
            )
        };
        let data = folder("XDG_DATA_HOME", ".local/share");
        let config = folder("XDG_CONFIG_HOME", ".config");
        let state = folder("XDG_STATE_HOME", ".local/state");
        let cache = folder("XDG_CACHE_HOME", ".cache");
        let first_file = config.as_ref().map(|config| (config.join(".gitignore"), FIRST_FILE));
        Folders {
            sessions: data.clone(),
            writable: [data, state, cache].into_iter().flatten().collect(),
            read_only: config.into_iter().collect(),
            first_files: first_file.into_iter().collect(),
        }
    }

    fn sign_in_command(&self) -> Option<&str> {
        Some("opencode auth login")
    }

    fn marks(&self) -> Marks {
        Marks {
            inside: &["OPENCODE", "OPENCODE_PID", "OPENCODE_SESSION_ID"],
            places: &["OPENCODE_CONFIG_DIR"],
            session: None,
        }
    }

    fn sign_in(&self) -> SignIn {
        // `opencode auth list` exits 0 with and without credentials, and some providers need none.
        SignIn::Traces {
            variables: &[
                "ANTHROPIC_API_KEY",
                "OPENAI_API_KEY",
                "GEMINI_API_KEY",
                "OPENROUTER_API_KEY",
                "OPENCODE_API_KEY",
                "OPENCODE_AUTH_CONTENT",
            ],
            files: &[".local/share/opencode/auth.json"],
        }
    }
}
