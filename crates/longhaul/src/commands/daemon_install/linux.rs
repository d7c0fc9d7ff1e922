//! Linux: a systemd user unit (systemd.service(5), systemd.kill(5)).

use std::path::{Path, PathBuf};

use crate::settings::Environment;

/// What a person types to make it run.
pub(super) const ENABLE: &[&str] = &[
    "systemctl --user daemon-reload",
    "systemctl --user enable --now longhaul.service",
    "loginctl enable-linger    # to keep it running without a login",
];

/// Where the unit belongs; nothing without a home.
pub(super) fn service_file(environment: &Environment) -> Option<PathBuf> {
    let config = environment
        .xdg_config
        .clone()
        .or_else(|| Some(environment.home.as_ref()?.join(".config")))?;
    Some(config.join("systemd/user/longhaul.service"))
}

/// The unit. Stopping or restarting it must never touch a task: only the daemon itself is signalled, and the tasks' groups
/// below it are ours. A daemon that exits with 125 has found what needs a person: trying again would not help.
pub(super) fn service_text(program: &Path, home: Option<&Path>) -> Option<String> {
    let program = quoted(program.to_str()?);
    let home = match home {
        Some(home) => format!("Environment={}\n", quoted(&format!("LONGHAUL_HOME={}", home.to_str()?))),
        None => String::new(),
    };
    Some(format!(
        "[Unit]\nDescription=Longhaul, the durable task queue\n\n\
         [Service]\nType=exec\nExecStart={program} daemon run\n{home}KillMode=process\nDelegate=yes\n\
         Restart=on-failure\nRestartSec=2\nRestartPreventExitStatus=125\n\n\
         [Install]\nWantedBy=default.target\n"
    ))
}

/// A word of a unit file: `%` and `$` mean something there, in quotes too.
fn quoted(word: &str) -> String {
    let escaped = word
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('%', "%%")
        .replace('$', "$$");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_never_kills_tasks() {
        let text = service_text(Path::new("/opt/my tools/longhaul"), Some(Path::new("/h%1"))).expect("UTF-8");
        insta::assert_snapshot!(text, @r#"
        [Unit]
        Description=Longhaul, the durable task queue

        [Service]
        Type=exec
        ExecStart="/opt/my tools/longhaul" daemon run
        Environment="LONGHAUL_HOME=/h%%1"
        KillMode=process
        Delegate=yes
        Restart=on-failure
        RestartSec=2
        RestartPreventExitStatus=125

        [Install]
        WantedBy=default.target
        "#);
    }
}
