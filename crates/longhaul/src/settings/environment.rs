//! The environment variables that mean something to us.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// How long a daemon may take to answer before a command gives up and names the way out.
const PATIENCE: Duration = Duration::from_secs(10);

use longhaul_agents::session_marks;

/// By these a program says that it runs what it starts in its sandbox: Codex, and Claude Code's.
const SANDBOXES: [(&str, &str); 3] = [
    ("CODEX_SANDBOX", "with CODEX_SANDBOX set"),
    (
        "CODEX_SANDBOX_NETWORK_DISABLED",
        "with CODEX_SANDBOX_NETWORK_DISABLED set",
    ),
    ("SANDBOX_RUNTIME", "with SANDBOX_RUNTIME set"),
];

/// What the environment says. An empty variable counts as absent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    /// `LONGHAUL_HOME`: one folder for everything.
    pub(crate) longhaul_home: Option<PathBuf>,
    /// `HOME`.
    pub(crate) home: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`.
    pub(crate) xdg_config: Option<PathBuf>,
    /// `XDG_STATE_HOME`.
    pub(crate) xdg_state: Option<PathBuf>,
    /// `LONGHAUL_SOCKET`: the daemon to talk to, whatever the folders say.
    pub(crate) socket: Option<PathBuf>,
    /// Whether `LONGHAUL_TASK_ID` is set: we run inside a task.
    pub(crate) is_inside_a_task: bool,
    /// `LONGHAUL_TASK_ID`: the task we run inside of.
    pub(crate) task: Option<u64>,
    /// `LONGHAUL_ORIGIN_SESSION`, or what a calling agent calls its session: the chat that asks.
    pub(crate) origin_session: Option<String>,
    /// `LONGHAUL_ORIGIN_MESSAGE`: the message in that chat.
    pub(crate) origin_message: Option<String>,
    /// `LONGHAUL_ORIGIN_URL`: a link back to it.
    pub(crate) origin_url: Option<String>,
    /// `LONGHAUL_LISTEN`: overrides the configured address.
    pub(crate) listen: Option<String>,
    /// `LONGHAUL_LOG`: the daemon's log filter.
    pub(crate) log: Option<String>,
    /// How long a daemon may take to answer. Builds for tests take it from `LONGHAUL_PATIENCE_MS`.
    pub(crate) patience: Duration,
    /// Which variable says that we run in another program's sandbox, as the beginning of a sentence.
    pub(crate) sandbox: Option<&'static str>,
    /// Whether a browser could show something here.
    pub(crate) has_display: bool,
    /// Whether `NO_COLOR` is set, or the terminal is a dumb one.
    pub(crate) no_color: bool,
}

impl Environment {
    /// Reads it.
    pub(crate) fn read() -> Self {
        let path = |name| variable(name).map(PathBuf::from);
        let text = |name| variable(name).and_then(|value| value.into_string().ok());
        Self {
            longhaul_home: path("LONGHAUL_HOME"),
            home: path("HOME"),
            xdg_config: path("XDG_CONFIG_HOME").filter(|path| path.is_absolute()),
            xdg_state: path("XDG_STATE_HOME").filter(|path| path.is_absolute()),
            socket: path("LONGHAUL_SOCKET"),
            is_inside_a_task: variable("LONGHAUL_TASK_ID").is_some(),
            task: text("LONGHAUL_TASK_ID").and_then(|number| number.parse().ok()),
            // By our own name, or by one that an agent gives to the commands it runs.
            origin_session: text("LONGHAUL_ORIGIN_SESSION").or_else(|| session_marks().find_map(text)),
            origin_message: text("LONGHAUL_ORIGIN_MESSAGE"),
            origin_url: text("LONGHAUL_ORIGIN_URL"),
            listen: text("LONGHAUL_LISTEN"),
            log: text("LONGHAUL_LOG"),
            patience: patience(),
            sandbox: SANDBOXES
                .iter()
                .find(|(name, _)| variable(name).is_some())
                .map(|(_, why)| *why),
            has_display: cfg!(target_os = "macos") || variable("DISPLAY").or(variable("WAYLAND_DISPLAY")).is_some(),
            no_color: variable("NO_COLOR").is_some() || variable("TERM").is_some_and(|term| term == "dumb"),
        }
    }

    /// Why no client must start a daemon here, as the beginning of a sentence; nothing if it may. Another program's sandbox
    /// is no such reason for a person who asks for a daemon by name.
    pub(crate) fn why_not_start_a_daemon(&self) -> Option<&'static str> {
        match (self.is_inside_a_task, &self.socket) {
            (true, _) => Some("inside a task"),
            (false, Some(_)) => Some("with LONGHAUL_SOCKET set"),
            (false, None) => None,
        }
    }
}

/// The folder after `supervise`, if that is how this process was started. Asked before anything else happens, because
/// a supervisor must stay small.
pub(crate) fn supervise_argument() -> Option<Option<PathBuf>> {
    let mut arguments = std::env::args_os().skip(1);
    (arguments.next()? == "supervise").then(|| arguments.next().map(PathBuf::from))
}

/// The order after `worktree-step`, if that is how this process was started: a step of an attempt, which needs neither
/// settings nor a command line.
pub(crate) fn worktree_step_argument() -> Option<Option<OsString>> {
    let mut arguments = std::env::args_os().skip(1);
    (arguments.next()? == "worktree-step").then(|| arguments.next())
}

/// 10 s. Only a build for tests may be told otherwise, so that no test has to wait that long.
fn patience() -> Duration {
    #[cfg(debug_assertions)]
    if let Some(ms) = variable("LONGHAUL_PATIENCE_MS").and_then(|value| value.to_str()?.parse().ok()) {
        return Duration::from_millis(ms);
    }
    PATIENCE
}

#[expect(clippy::disallowed_methods, reason = "this is the room that reads the environment")]
pub(super) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daemon_gets_ten_seconds_unless_a_test_says_otherwise() {
        assert_eq!(Environment::read().patience, Duration::from_secs(10));
    }
}
