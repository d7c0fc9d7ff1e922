//! `cargo xtask fuzz-api`: thousands of requests that the OpenAPI document allows or forbids, against the real binary.
//!
//! The tool is schemathesis, from PyPI, pinned, in a folder of its own below `target`. Dispatching is paused and the
//! addresses that could resume it are left out of that run, because what it submits are random commands.

mod tool;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::flags::Flags;
use crate::private_home::PrivateHome;
use crate::{release, shell};

const HELP: &str = "\
cargo xtask fuzz-api [--examples N] [--no-build]

Sends requests made from the OpenAPI document to a daemon in a throw-away home, and fails if any is answered with 5xx,
with a status, content type or body that the document does not tell, or differently from what it says of methods.
Needs Python 3 with venv; schemathesis comes from PyPI, once, into target/fuzz.

  --examples N   how many random requests for each address [default: 50]
  --no-build     use the debug binary that is there
";

/// What every answer must be.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,\
    unsupported_method,allow_header_conformance,use_after_free";

/// One run: what is left out of it, or alone in it.
struct Round {
    name: &'static str,
    scope: &'static [&'static str],
}

const ROUNDS: [Round; 2] = [
    Round {
        name: "everything but queues",
        scope: &[
            "--exclude-path-regex=^/api/v1/queues",
            // A stream does not end, and these two end the daemon.
            "--exclude-path-regex=^/api/v1/(events|daemon/stop|daemon/restart)$",
        ],
    },
    // In a home without a task: resuming starts nothing.
    Round {
        name: "queues",
        scope: &["--include-path-regex=^/api/v1/queues"],
    },
];

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let flags = Flags::parse(arguments, HELP, &["--no-build"], &["--examples"])?;
    let examples: u32 = match flags.all("--examples").last() {
        Some(typed) => typed.parse().context("reading --examples")?,
        None => 50,
    };
    let tool = match tool::provide()? {
        Ok(tool) => tool,
        Err(why) => {
            eprintln!("\n!!! SKIPPED: the API is not fuzzed, because {why}\n");
            return Ok(());
        }
    };
    if !flags.has("--no-build") {
        shell::run(shell::cargo().args(["build", "--quiet", "--package", "longhaul"]))?;
    }
    for round in &ROUNDS {
        play(round, &tool, examples)?;
    }
    Ok(())
}

fn play(round: &Round, tool: &Path, examples: u32) -> Result<()> {
    let home = PrivateHome::new(&release::debug_binary())?;
    let folder = home.folder();
    // No task of this run may reach a desktop or wait for long.
    fs::create_dir_all(home.longhaul_home())?;
    fs::write(
        home.longhaul_home().join("config.toml"),
        "listen = \"127.0.0.1:0\"\nnotify_desktop = false\n",
    )?;
    home.ask(&["pause"])?;
    let status = home.daemon().context("asking for the daemon's address")?;
    let address = status["http"].as_str().context("the daemon does not listen on TCP")?;
    let token = home.ask(&["token", "show"])?;
    let document = folder.join("openapi.json");
    fs::write(&document, home.ask(&["internal", "openapi"])?)?;
    let settings = folder.join("schemathesis.toml");
    fs::write(&settings, SETTINGS)?;

    let mut command = home.program(tool);
    command.arg("--config-file").arg(&settings).arg("run").arg(&document);
    command.args(["--url", address, "--checks", CHECKS]).args(round.scope);
    command.arg(format!("--header=Authorization: Bearer {}", token.trim()));
    command.arg(format!("--max-examples={examples}"));
    command.args([
        "--phases=examples,coverage,fuzzing",
        "--generation-deterministic",
        "--continue-on-failure",
    ]);
    command.args(["--suppress-health-check=all", "--request-timeout=30", "--warnings=off"]);
    let ended = command.output().context("starting schemathesis")?;
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    let is_alive = home.daemon().is_some_and(|now| now["pid"] == status["pid"]);
    if !ended.status.success() || !is_alive {
        let stderr = String::from_utf8_lossy(&ended.stderr).into_owned();
        let end = if is_alive {
            ""
        } else {
            "\nthe daemon did not survive it"
        };
        bail!("{}: {}\n{said}{stderr}{end}", round.name, ended.status);
    }
    let count = said.lines().find(|line| line.contains("generated")).unwrap_or_default();
    println!("fuzz-api: {}: {}", round.name, count.trim());
    Ok(())
}

/// Waits are cut short: a random one lasts for ever.
const SETTINGS: &str = "\
[[operations]]
include-path = \"/api/v1/tasks/{id}/await\"
parameters = { \"query.timeout_ms\" = 20 }

[[operations]]
include-path = \"/api/v1/tasks/{id}/output\"
parameters = { \"query.wait_ms\" = 20 }
";
