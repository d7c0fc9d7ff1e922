//! `cargo xtask page-test`: the page alone: types, pure pieces, and the real binary in a real browser.
//!
//! What this is not: how the page is built (`page`), nor tests of the API, which need no browser.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::flags::Flags;
use crate::page::{self, Page};
use crate::shell;

const HELP: &str = "\
cargo xtask page-test [--grep WORDS]

Builds the page and the binary, checks the page's types, runs its unit tests, and then drives the real binary with a
real browser. Needs Node 20.19 or newer with npm, and Chromium (Debian: `apt install chromium`; elsewhere name it in
the variable CHROMIUM).

  --grep WORDS   only browser tests with these words in their name
";

/// Where Debian puts it.
const CHROMIUM: &str = "/usr/bin/chromium";

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let flags = Flags::parse(arguments, HELP, &[], &["--grep"])?;
    if let Page::Missing(why) = page::provide_if_possible()? {
        bail!("{why}");
    }
    let Some(chromium) = chromium() else {
        bail!("there is no Chromium; install it (Debian: `apt install chromium`) or name it in CHROMIUM");
    };
    shell::run(shell::cargo().args(["build", "--package", "longhaul"]))?;
    pure()?;
    browser(&chromium, flags.all("--grep").first().map(String::as_str))
}

/// All of it, as part of the whole suite; says loudly what cannot be done here. The binary must be built.
pub(crate) fn run_if_possible(page: &Page) -> Result<()> {
    let why = match (page, chromium()) {
        (Page::Missing(why), _) => why.clone(),
        (Page::Ready, None) => {
            pure()?;
            format!("there is no Chromium at {CHROMIUM} and none is named in CHROMIUM")
        }
        (Page::Ready, Some(chromium)) => {
            pure()?;
            return browser(&chromium, None);
        }
    };
    eprintln!("\n!!! The page is NOT tested in a browser, because {why}\n");
    Ok(())
}

/// What needs no browser.
fn pure() -> Result<()> {
    let npm = |script: &str| {
        let mut npm = shell::program("npm");
        npm.args(["run", "--silent", script]).current_dir(web());
        shell::run(&mut npm)
    };
    npm("types:check").context("the page's types are printed from docs/openapi.json: `npm run types` in web/")?;
    npm("check")?;
    npm("test")
}

fn browser(chromium: &Path, words: Option<&str>) -> Result<()> {
    let mut playwright = shell::program("npx");
    playwright
        .args(["--no-install", "playwright", "test"])
        .current_dir(web())
        .env("CHROMIUM", chromium)
        .env("LONGHAUL_BINARY", shell::target().join("debug/longhaul"));
    if let Some(words) = words {
        playwright.args(["--grep", words]);
    }
    shell::run(&mut playwright).context("the page in a browser; pictures of what failed are in web/test-results")
}

/// The browser to test and measure with; nothing if there is none.
pub(crate) fn chromium() -> Option<PathBuf> {
    let named = shell::variable("CHROMIUM").map(PathBuf::from);
    named
        .or_else(|| Some(PathBuf::from(CHROMIUM)))
        .filter(|path| path.exists())
}

fn web() -> PathBuf {
    shell::root().join("web")
}
