//! `cargo xtask test`: the whole suite, from a fresh checkout, with one command.

use anyhow::{Context, Result, bail};

use crate::flags::Flags;
use crate::{agents, r#gen, page, page_test, shell, tidy};

const HELP: &str = "\
cargo xtask test [--filter EXPRESSION]

Checks what the tests need (git; cargo-nextest and the coding agents are
installed if they are missing), builds the page if npm is there, then checks the
house rules and whether the generated pages are current, then runs every test of
the workspace, and of the page in a browser if there is one.

  --filter EXPRESSION   only these tests (nextest's filter language, e.g. 'package(longhaul-store)')
";

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let flags = Flags::parse(arguments, HELP, &[], &["--filter"])?;
    provide_git()?;
    provide_nextest()?;
    let agents = agents::provide()?;
    agents.warn_if_skipped();
    let page = page::provide_if_possible()?;
    tidy::run(&[])?;

    // Built once, by the runner that will use it; the pages are then printed by that same binary.
    shell::run(shell::cargo().args(["nextest", "run", "--workspace", "--no-run"]))?;
    r#gen::bring_up_to_date(r#gen::Mode::Check, r#gen::Binary::AsBuilt)?;

    let mut nextest = shell::cargo();
    nextest.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
    for expression in flags.all("--filter") {
        nextest.args(["-E", expression]);
    }
    let tested = shell::run(&mut nextest).and_then(|()| match flags.all("--filter") {
        [] => page_test::run_if_possible(&page),
        // Somebody asks for some tests of the workspace; the page is not among them.
        [..] => Ok(()),
    });
    // Once more, where it is read: after a thousand lines of tests.
    agents.warn_if_skipped();
    tested
}

fn provide_git() -> Result<()> {
    if !shell::is_there("git") {
        bail!("git is missing, and the tests clone real repositories; install it (Debian: `apt install git`)");
    }
    Ok(())
}

fn provide_nextest() -> Result<()> {
    if shell::cargo()
        .args(["nextest", "--version"])
        .output()
        .is_ok_and(|output| output.status.success())
    {
        return Ok(());
    }
    eprintln!("cargo-nextest is missing; installing it (once)");
    shell::run(shell::cargo().args(["install", "cargo-nextest", "--locked"]))
        .context("the test runner could not be installed; by hand: `cargo install cargo-nextest --locked`")
}
