//! Stands in for what must not come into being: an empty file or folder under the name of each configuration that a
//! program's own folder does not have yet. Only what is there can be made read-only.
//!
//! They stay: another program that is confined at the same time may have the same one.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::sandbox::Sandbox;

/// Makes what is missing of `read_only_within`, where something writable holds it. What cannot be made is left to the
/// rules, which then let the folder that would hold it take no new entries.
pub(super) fn lay(sandbox: &Sandbox) {
    let is_missing = |path: &&PathBuf| std::fs::symlink_metadata(path).is_err();
    for path in sandbox.read_only_within.iter().filter(is_missing) {
        let is_held = |writable: &PathBuf| path.starts_with(writable) && writable.is_dir();
        if sandbox.writable.iter().any(is_held) {
            let _ = make(path);
        }
    }
}

fn make(path: &Path) -> std::io::Result<()> {
    let mut folders = DirBuilder::new();
    folders.recursive(true).mode(0o700);
    if !is_file(path) {
        return folders.create(path);
    }
    folders.create(path.parent().unwrap_or(path))?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    // Nothing at all would be no JSON.
    if path.extension().is_some_and(|extension| extension == "json") {
        file.write_all(b"{}\n")?;
    }
    Ok(())
}

/// By its name: with an extension, or with nothing before the dot, it is a file.
fn is_file(path: &Path) -> bool {
    path.extension().is_some()
        || path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed, and says where")]

    use super::*;

    #[test]
    fn only_what_is_missing_in_something_writable_is_made_and_json_stays_json() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        std::fs::create_dir(path("agent")).unwrap();
        std::fs::write(path("agent/AGENTS.md"), "mine").unwrap();
        let mut sandbox = Sandbox::read_only();
        sandbox.writable = vec![path("agent")];
        sandbox.read_only_within = [
            "agent/settings.json",
            "agent/hooks",
            "agent/.env",
            "agent/AGENTS.md",
            "else/x",
        ]
        .map(path)
        .to_vec();
        lay(&sandbox);
        assert_eq!(std::fs::read_to_string(path("agent/settings.json")).unwrap(), "{}\n");
        assert_eq!(std::fs::read_to_string(path("agent/AGENTS.md")).unwrap(), "mine");
        assert!(path("agent/hooks").is_dir() && path("agent/.env").is_file() && !path("else").exists());
    }
}
