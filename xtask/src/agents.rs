//! `cargo xtask agents`: the coding agents that the end-to-end tests run, from npm, pinned, into `target/agents`.
//!
//! Not part of the product, and nothing outside the build folder is touched. Where the registry is out of reach the
//! tests with real agents are skipped, and this says so loudly; every other trouble is an error.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::flags::Flags;
use crate::shell;

const HELP: &str = "\
cargo xtask agents [--force]

Installs the coding agents named in crates/testkit/agents/package.json into target/agents (1.2 GB), where the
end-to-end tests find them. Needs Node 20 or newer with npm. Nothing is done when they are there already.

  --force   install again
";

/// The files that say what is installed.
const MANIFEST: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];
/// The programs that must be there afterwards.
const PROGRAMS: [&str; 4] = ["codex", "claude", "opencode", "gemini"];
/// Packages whose program is put into place by a script of theirs; no other script is run.
const NEED_THEIR_SCRIPT: [&str; 2] = ["@anthropic-ai/claude-code", "opencode-ai"];
/// The package by which the registry is tried.
const PROBE: &str = "opencode-ai";
/// What npm says when it is the network, or what stands between us and the registry, and not the manifest.
pub(crate) const OUT_OF_REACH: [&str; 15] = [
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ERR_SOCKET_TIMEOUT",
    "E401",
    "E403",
    "E404",
    "ETARGET",
    "E502",
    "E503",
    "E504",
];

/// Whether the agents can be used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Agents {
    /// They are in `target/agents`.
    Ready,
    /// They are not, for this reason, which is nobody's mistake here.
    OutOfReach(String),
}

impl Agents {
    /// Tells loudly what is not tested; silent if all is.
    pub(crate) fn warn_if_skipped(&self) {
        if let Self::OutOfReach(why) = self {
            eprintln!("\n!!! SKIPPED: the end-to-end tests with the real agents, because {why}\n");
        }
    }
}

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let flags = Flags::parse(arguments, HELP, &["--force"], &[])?;
    if flags.has("--force") {
        let _ = fs::remove_file(stamp());
    }
    match provide()? {
        Agents::Ready => {
            println!("agents: {}", folder().join("node_modules/.bin").display());
            Ok(())
        }
        Agents::OutOfReach(why) => bail!("{why}"),
    }
}

/// Installs the agents unless they are there as the manifest wants them.
pub(crate) fn provide() -> Result<Agents> {
    let wanted = manifest()?;
    if fs::read_to_string(stamp()).is_ok_and(|installed| installed == wanted) && missing().is_none() {
        return Ok(Agents::Ready);
    }
    if !shell::is_there("npm") {
        let why = "npm is missing; install Node 20 or newer (Debian: `apt install nodejs npm`)";
        return Ok(Agents::OutOfReach(why.to_owned()));
    }
    eprintln!("installing the agents for the end-to-end tests into target/agents (once)");
    let folder = folder();
    let _ = fs::remove_file(stamp());
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    for name in MANIFEST {
        fs::copy(source().join(name), folder.join(name)).with_context(|| format!("copying {name}"))?;
    }
    // Asked first, and only once: a whole installation without a network takes npm a quarter of an hour to give up.
    let probe = [
        "view",
        PROBE,
        "version",
        "--prefer-online",
        "--fetch-retries=0",
        "--fetch-timeout=20000",
    ]
    .to_vec();
    // Not `ci`, which wants every platform's optional packages in the lock file, even those that a registry lacks.
    let mut fetch = vec!["install", "--no-save", "--ignore-scripts"];
    fetch.extend([
        "--fetch-retries=2",
        "--fetch-retry-mintimeout=1000",
        "--fetch-retry-maxtimeout=5000",
    ]);
    let mut rebuild = vec!["rebuild"];
    rebuild.extend(NEED_THEIR_SCRIPT);
    for arguments in [probe, fetch, rebuild] {
        if let Err(said) = npm(&folder, &arguments)? {
            if let Some(word) = OUT_OF_REACH.iter().find(|word| said.contains(**word)) {
                return Ok(Agents::OutOfReach(format!("the npm registry is out of reach ({word})")));
            }
            bail!("`npm {}` failed:\n{said}", arguments.join(" "));
        }
    }
    if let Some(program) = missing() {
        bail!("npm installed no `{program}` for this platform");
    }
    fs::write(stamp(), wanted).context("noting what was installed")?;
    Ok(Agents::Ready)
}

/// Runs npm there; its own words where it failed.
fn npm(folder: &Path, arguments: &[&str]) -> Result<Result<(), String>> {
    let mut npm = shell::program("npm");
    npm.args(arguments).current_dir(folder);
    let output = npm.output().context("starting npm")?;
    let said = [output.stdout, output.stderr].concat();
    Ok(if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&said).trim().to_owned())
    })
}

/// The first program that is not there.
fn missing() -> Option<&'static str> {
    let bin = folder().join("node_modules/.bin");
    PROGRAMS.into_iter().find(|name| !bin.join(name).exists())
}

/// All that decides what is installed, as one text.
fn manifest() -> Result<String> {
    let texts: Result<Vec<String>> = MANIFEST.iter().map(|name| shell::read(&source().join(name))).collect();
    Ok(texts?.join("\n"))
}

fn source() -> PathBuf {
    shell::root().join("crates/testkit/agents")
}

fn folder() -> PathBuf {
    shell::target().join("agents")
}

fn stamp() -> PathBuf {
    folder().join("installed")
}
