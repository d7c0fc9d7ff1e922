//! `cargo xtask page`: builds the page, which the binary then embeds, from the lock file and nothing else.
//!
//! Not needed to build the binary: without npm it embeds one page that says how to build the real one.

mod inputs;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};

use crate::flags::Flags;
use crate::shell;

const HELP: &str = "\
cargo xtask page [--force]

Builds the page from web/ into web/build, with what web/package-lock.json names, and compresses its files. Needs Node
20.19 or newer with npm. Nothing is done when nothing has changed since. The next build of the binary embeds the result;
a debug build reads it from there each time.

  --force   build again
";

/// Compresses every file that gets smaller by it.
const COMPRESS: &str = include_str!("compress.mjs");

/// Whether there is a page to embed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// It is in `web/build`, and current.
    Ready,
    /// It is not, for this reason, which is nobody's mistake here.
    Missing(String),
}

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let flags = Flags::parse(arguments, HELP, &["--force"], &[])?;
    if flags.has("--force") {
        let _ = fs::remove_file(stamp());
    }
    match provide()? {
        Page::Ready => {
            println!("page: {}", built().display());
            Ok(())
        }
        Page::Missing(why) => bail!("{why}"),
    }
}

/// Builds the page unless it is current; says loudly if there can be none.
pub(crate) fn provide_if_possible() -> Result<Page> {
    let page = provide()?;
    if let Page::Missing(why) = &page {
        eprintln!("\n!!! The binary is built WITHOUT THE PAGE, because {why}\n");
    }
    Ok(page)
}

fn provide() -> Result<Page> {
    let source = shell::root().join("web");
    if !source.join("package-lock.json").exists() {
        return Ok(Page::Missing("there is no web/package-lock.json".to_owned()));
    }
    let wanted = inputs::fingerprint(&source)?;
    let is_built = built().join("index.html").exists();
    if is_built && fs::read_to_string(stamp()).is_ok_and(|made_of| made_of == wanted) {
        return Ok(Page::Ready);
    }
    if !shell::is_there("npm") {
        let why = "npm is missing; install Node 20.19 or newer (Debian: `apt install nodejs npm`)";
        return Ok(Page::Missing(why.to_owned()));
    }
    eprintln!("building the page (once for each change in web/)");
    let _ = fs::remove_file(stamp());
    if let Err(why) = install(&source)? {
        return Ok(Page::Missing(why));
    }
    shell::run(
        shell::program("npm")
            .args(["run", "--silent", "build"])
            .current_dir(&source),
    )?;
    ensure!(
        built().join("index.html").exists(),
        "the build made no web/build/index.html"
    );
    let mut compress = shell::program("node");
    compress.args(["--input-type=module", "-e", COMPRESS]);
    shell::run(compress.arg(built()).current_dir(&source)).context("compressing the files of the page")?;
    fs::create_dir_all(shell::target())?;
    fs::write(stamp(), wanted).context("noting what the page was made of")?;
    Ok(Page::Ready)
}

/// Installs what the lock file names, unless it is there. A registry out of reach is nobody's mistake here.
fn install(source: &std::path::Path) -> Result<Result<(), String>> {
    let lock = shell::read(&source.join("package-lock.json"))?;
    let noted = source.join("node_modules/.installed-from-lock");
    if fs::read_to_string(&noted).is_ok_and(|installed| installed == lock) {
        return Ok(Ok(()));
    }
    let mut npm = shell::program("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=2"]);
    let ended = npm.current_dir(source).output().context("starting npm")?;
    if !ended.status.success() {
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        if let Some(word) = crate::agents::OUT_OF_REACH.iter().find(|word| said.contains(**word)) {
            return Ok(Err(format!("the npm registry is out of reach ({word})")));
        }
        bail!("`npm ci` in web/ failed:\n{said}");
    }
    fs::write(noted, lock).context("noting what was installed")?;
    Ok(Ok(()))
}

/// What the binary embeds.
fn built() -> PathBuf {
    shell::root().join("web/build")
}

fn stamp() -> PathBuf {
    shell::target().join("page.stamp")
}
