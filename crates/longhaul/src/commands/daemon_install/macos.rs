//! macOS: a launchd agent (launchd.plist(5)). Untested: this has not run on a Mac yet.

use std::path::{Path, PathBuf};

use crate::settings::Environment;

/// What a person types to make it run.
pub(super) const ENABLE: &[&str] = &["launchctl load -w ~/Library/LaunchAgents/dev.longhaul.daemon.plist"];

/// Where the property list belongs; nothing without a home.
pub(super) fn service_file(environment: &Environment) -> Option<PathBuf> {
    Some(
        environment
            .home
            .as_ref()?
            .join("Library/LaunchAgents/dev.longhaul.daemon.plist"),
    )
}

/// The property list. Stopping the daemon must never touch a task: its process group is left alone.
pub(super) fn service_text(program: &Path, home: Option<&Path>) -> Option<String> {
    let program = escaped(program.to_str()?);
    let home = match home {
        Some(home) => format!(
            "  <key>EnvironmentVariables</key>\n  <dict><key>LONGHAUL_HOME</key><string>{}</string></dict>\n",
            escaped(home.to_str()?)
        ),
        None => String::new(),
    };
    Some(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\">\n<dict>\n  \
         <key>Label</key><string>dev.longhaul.daemon</string>\n  \
         <key>ProgramArguments</key>\n  <array><string>{program}</string><string>daemon</string><string>run</string></array>\n\
         {home}  <key>RunAtLoad</key><true/>\n  <key>AbandonProcessGroup</key><true/>\n  \
         <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>\n</dict>\n</plist>\n"
    ))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
