//! `cargo xtask bench`: the rows of the quality table, each as a ratio beside its target.
//!
//! What this is not: a test. Figures of a shared machine drift; the ratios are what counts, and nothing fails by them.

#[cfg(feature = "bench")]
mod rows;

use anyhow::{Result, ensure};

use crate::flags::Flags;
use crate::{release, shell};

const HELP: &str = "\
cargo xtask bench [--row B1]… [--quick] [--no-build] [--no-pie] [--install-peers]

Measures target/dist/longhaul in throw-away homes, beside pueue and task-spooler where they are installed, and writes
target/bench.json. Takes less than ten minutes; leave the machine alone meanwhile.

  --row B1          only this row (may be given several times): B1 … B13
  --quick           fewer rounds: a first look, not a figure to keep
  --no-build        measure the binary that is there
  --no-pie          build the binary for a fixed address first
  --install-peers   put pueue (by cargo) and task-spooler (by apt-get download) into target/bench-tools
";

const NAMES: [&str; 13] = [
    "B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9", "B10", "B11", "B12", "B13",
];

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let switches = ["--quick", "--no-build", "--no-pie", "--install-peers"];
    let flags = Flags::parse(arguments, HELP, &switches, &["--row"])?;
    for name in flags.all("--row") {
        ensure!(
            NAMES.contains(&name.as_str()),
            "there is no row {name}; the rows are B1 to B13"
        );
    }
    #[cfg(feature = "bench")]
    if flags.has("--no-build") && !flags.has("--install-peers") {
        return rows::measure(flags.all("--row"), flags.has("--quick"));
    }
    if !flags.has("--no-build") {
        release::build(if flags.has("--no-pie") {
            release::Position::Fixed
        } else {
            release::Position::Independent
        })?;
    }
    // The reference loops need the database library, and must be optimised like the product to be a fair reference;
    // everybody else's xtask stays small. So the command starts itself once more, built for the purpose.
    let mut again = shell::cargo();
    again.args([
        "run",
        "--quiet",
        "--profile",
        "dist",
        "--package",
        "xtask",
        "--features",
        "bench",
        "--",
    ]);
    if flags.has("--install-peers") {
        again.args(["install-peers"]);
        shell::run(&mut again)?;
        again = shell::cargo();
        again.args([
            "run",
            "--quiet",
            "--profile",
            "dist",
            "--package",
            "xtask",
            "--features",
            "bench",
            "--",
        ]);
    }
    again.args(["bench", "--no-build"]);
    again.args(flags.has("--quick").then_some("--quick"));
    for name in flags.all("--row") {
        again.args(["--row", name]);
    }
    shell::run(&mut again)
}

/// Hidden: installs the peers.
#[cfg(feature = "bench")]
pub(crate) fn install_peers() -> Result<()> {
    rows::install_peers()
}
