//! Builds the binary that people get, into `target/dist/`.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{page, shell};

/// Whether the binary may be loaded at any address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    /// As cargo builds it.
    Independent,
    /// Loaded where it was linked for: no relocations, so each supervisor has less private memory.
    Fixed,
}

/// Where the release binary is, built or not.
pub(crate) fn binary() -> PathBuf {
    shell::target()
        .join("dist")
        .join(format!("longhaul{}", std::env::consts::EXE_SUFFIX))
}

/// Where the debug binary is, built or not.
pub(crate) fn debug_binary() -> PathBuf {
    shell::target()
        .join("debug")
        .join(format!("longhaul{}", std::env::consts::EXE_SUFFIX))
}

/// Builds the release binary and returns its path.
pub(crate) fn build(position: Position) -> Result<PathBuf> {
    page::provide_if_possible()?;
    let mut cargo = shell::cargo();
    cargo.args(["build", "--profile", "dist", "--package", "longhaul"]);
    if position == Position::Independent {
        shell::run(&mut cargo)?;
        return Ok(binary());
    }
    // Only with `--target` do the flags stay away from build scripts and procedural macros, which cannot be built so.
    let host = host()?;
    cargo
        .args(["--target", &host])
        .env("RUSTFLAGS", "-C relocation-model=static");
    shell::run(&mut cargo)?;
    let built = shell::target().join(&host).join("dist").join("longhaul");
    let folder = shell::target().join("dist");
    std::fs::create_dir_all(&folder)?;
    // Through a new name: a running daemon keeps the file that it was started from.
    let fresh = folder.join(".longhaul.new");
    std::fs::copy(&built, &fresh).with_context(|| format!("copying {}", built.display()))?;
    std::fs::rename(&fresh, binary())?;
    Ok(binary())
}

fn host() -> Result<String> {
    let about = shell::output(shell::program("rustc").arg("-vV"))?;
    match about.lines().find_map(|line| line.strip_prefix("host: ")) {
        Some(host) => Ok(host.to_owned()),
        None => bail!("`rustc -vV` names no host"),
    }
}
