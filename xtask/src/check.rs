//! `cargo xtask check`: everything that can be said about the code without running it.

use anyhow::Result;

use crate::flags::Flags;
use crate::{r#gen, shell, tidy};

const HELP: &str = "\
cargo xtask check

Formatting, lints (as errors), the house rules and whether the generated pages are current. Runs no tests.
";

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    Flags::parse(arguments, HELP, &[], &[])?;
    shell::run(shell::cargo().args(["fmt", "--all", "--check"]))?;
    tidy::run(&[])?;
    shell::run(shell::cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ]))?;
    shell::run(shell::cargo().args([
        "clippy",
        "--package",
        "xtask",
        "--features",
        "bench",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ]))?;
    r#gen::run(&["--check".to_owned()])?;
    println!("check: all good");
    Ok(())
}
