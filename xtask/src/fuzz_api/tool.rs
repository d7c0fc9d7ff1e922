//! The tool, installed once.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::shell;

/// What is installed.
const PACKAGE: &str = "schemathesis==4.32.5";

/// The program; or why it cannot be had, which is nobody's mistake here.
pub(super) fn provide() -> Result<Result<PathBuf, String>> {
    let folder = shell::target().join("fuzz");
    let program = folder.join("bin/schemathesis");
    let stamp = folder.join("installed");
    if program.exists() && fs::read_to_string(&stamp).is_ok_and(|installed| installed == PACKAGE) {
        return Ok(Ok(program));
    }
    if !shell::is_there("python3") {
        return Ok(Err("python3 is missing".to_owned()));
    }
    eprintln!("installing {PACKAGE} into target/fuzz (once)");
    let _ = fs::remove_file(&stamp);
    let made = shell::program("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&folder)
        .output();
    if !made.context("starting python3")?.status.success() {
        return Ok(Err(
            "python3 cannot make a virtual environment (Debian: `apt install python3-venv`)".to_owned(),
        ));
    }
    let mut pip = shell::program(folder.join("bin/pip"));
    pip.args([
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--retries=1",
        "--timeout=30",
        PACKAGE,
    ]);
    let ended = pip.output().context("starting pip")?;
    if !ended.status.success() {
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        let last = said.lines().last().unwrap_or_default().to_owned();
        return Ok(Err(format!("{PACKAGE} could not be installed from PyPI ({last})")));
    }
    fs::write(stamp, PACKAGE)?;
    Ok(Ok(program))
}
