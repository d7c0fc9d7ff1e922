//! The real coding agents in a private world: a home with nothing but what points them at a stub model.
//!
//! They come from npm (`cargo xtask agents`) and touch neither the user's own home nor the network.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::stub_model::StubModel;
use crate::world::{World, target};

/// A real agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RealAgent {
    /// OpenAI's Codex CLI.
    Codex,
    /// Anthropic's Claude Code.
    Claude,
    /// OpenCode.
    OpenCode,
    /// Google's Gemini CLI.
    Gemini,
}

impl RealAgent {
    /// Its name on the command line of Longhaul, which is its program's as well.
    pub fn name(self) -> &'static str {
        match self {
            Self::Codex => "codex",
            Self::Claude => "claude",
            Self::OpenCode => "opencode",
            Self::Gemini => "gemini",
        }
    }

    /// Whether it is installed; says loudly that the test is skipped if not.
    pub fn is_there(self) -> bool {
        let is_there = programs().join(self.name()).exists() && target().join("agents/installed").exists();
        if !is_there {
            eprintln!(
                "!!! SKIPPED: {} is not in target/agents; `cargo xtask agents` installs it",
                self.name()
            );
        }
        is_there
    }

    /// Gives it a home in this world that knows this model and no other.
    ///
    /// # Panics
    /// If the world cannot be written, or there is no `node` on the path of the tests.
    pub fn move_in(self, world: &World, model: &StubModel) {
        let user = world.user();
        world.set_env("PATH", path(world));
        let url = model.url();
        match self {
            Self::Codex => {
                let home = user.join(".codex");
                write(&home.join("config.toml"), &codex_config(&url));
                world.set_env("CODEX_HOME", home);
                world.set_env("STUB_API_KEY", "dummy");
            }
            Self::Claude => {
                world.set_env("CLAUDE_CONFIG_DIR", user.join(".claude"));
                world.set_env("ANTHROPIC_BASE_URL", url);
                world.set_env("ANTHROPIC_API_KEY", "dummy");
                world.set_env("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1");
                world.set_env("DISABLE_AUTOUPDATER", "1");
                world.set_env("CLAUDE_CODE_MAX_RETRIES", "1");
            }
            Self::OpenCode => {
                // The world's own folder for configuration, which comes before `.config`.
                let file = user.join("config/opencode/opencode.json");
                write(&file, &opencode_config(&url));
                for name in ["AUTOUPDATE", "MODELS_FETCH", "LSP_DOWNLOAD", "DEFAULT_PLUGINS"] {
                    world.set_env(&format!("OPENCODE_DISABLE_{name}"), "1");
                }
            }
            Self::Gemini => {
                write(&user.join(".gemini/settings.json"), GEMINI_SETTINGS);
                world.set_env("GEMINI_API_KEY", "dummy");
                world.set_env("GOOGLE_GEMINI_BASE_URL", url);
                world.set_env("GEMINI_CLI_NO_RELAUNCH", "true");
            }
        }
    }

    /// Makes it believe that it is signed in to a subscription, whose limits have a time at which they are over.
    ///
    /// # Panics
    /// For an agent that has no such thing.
    pub fn subscribe(self, world: &World) {
        assert_eq!(
            self,
            Self::Claude,
            "the others tell their limits without a subscription"
        );
        world.set_env("CLAUDE_CODE_OAUTH_TOKEN", "dummy");
        world.set_env("ANTHROPIC_API_KEY", "");
    }
}

const GEMINI_SETTINGS: &str = r#"{"security":{"auth":{"selectedType":"gemini-api-key"}},
"privacy":{"usageStatisticsEnabled":false},"general":{"enableAutoUpdate":false},"telemetry":{"enabled":false}}"#;

fn codex_config(url: &str) -> String {
    // A model it knows, lest it warns; no analytics, whose host is waited for where there is no network.
    format!(
        r#"model = "gpt-5.5"
model_provider = "stub"
check_for_update_on_startup = false

[analytics]
enabled = false

[model_providers.stub]
name = "Stub"
base_url = "{url}/v1"
env_key = "STUB_API_KEY"
wire_api = "responses"
request_max_retries = 1
stream_max_retries = 1
stream_idle_timeout_ms = 60000
"#
    )
}

fn opencode_config(url: &str) -> String {
    format!(
        r#"{{"autoupdate":false,"share":"disabled","model":"stub/stub-1","small_model":"stub/stub-1","provider":{{"stub":{{
"npm":"@ai-sdk/openai-compatible","name":"Stub","options":{{"baseURL":"{url}/v1","apiKey":"dummy"}},"models":{{
"stub-1":{{"name":"Stub 1","tool_call":true,"reasoning":true,"limit":{{"context":200000,"output":32000}}}},
"stub-2":{{"name":"Stub 2","tool_call":true,"reasoning":true,"limit":{{"context":200000,"output":32000}}}}}}}}}}}}"#
    )
}

/// The folder with the agents' programs.
fn programs() -> PathBuf {
    target().join("agents/node_modules/.bin")
}

/// Where programs are looked for: the world's own, the agents', node's, the system's.
fn path(world: &World) -> OsString {
    #[expect(clippy::disallowed_methods, reason = "node is wherever the machine keeps it")]
    let machine = std::env::var_os("PATH").unwrap_or_default();
    let node = std::env::split_paths(&machine).find(|folder| folder.join("node").exists());
    let node = node.expect("the agents were installed with npm, and where npm is, there is node");
    let folders = [world.root().join("bin"), programs(), node];
    let system = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"].map(PathBuf::from);
    std::env::join_paths(folders.into_iter().chain(system)).expect("no folder has a colon in its name")
}

fn write(path: &Path, text: &str) {
    let folder = path.parent().expect("a file lies in a folder");
    fs::create_dir_all(folder).expect("the world's folder can be written");
    fs::write(path, text).expect("the world's folder can be written");
}
