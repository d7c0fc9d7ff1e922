//! `longhaul doctor`: what this client can see by itself, then what the daemon found.

use std::process::{Command, Stdio};

use longhaul_api::{Doctor, Finding, FindingLevel};
use longhaul_model::with_causes;

use super::{Context, Outcome};
use crate::args::JsonArguments;
use crate::daemon_link::Link;
use crate::exit;
use crate::output::plain;
use crate::settings::{LONGEST_SOCKET_PATH, load_config};

/// The oldest git whose `merge-tree` can try a merge without touching anything.
const OLDEST_GIT: (u32, u32) = (2, 38);

pub(super) async fn run(context: &Context, arguments: &JsonArguments) -> Outcome {
    let mut findings = vec![folders(context), socket(context), configuration(context), git()];
    let mut code = exit::DONE;
    match asked_daemon(context).await {
        Ok(found) => {
            // The daemon looks at the same machine: what both can see is said once, by the daemon.
            findings.retain(|ours| found.iter().all(|theirs| theirs.code != ours.code));
            findings.extend(found);
        }
        Err(finding) => {
            // What keeps a daemon from starting was often found above already.
            if findings.iter().all(|found| found.message != finding.message) {
                findings.push(finding);
            }
            code = exit::OURS;
        }
    }
    findings.sort_by_key(|finding| finding.level);
    if code == exit::DONE && findings.iter().any(|finding| finding.level == FindingLevel::Problem) {
        code = exit::REFUSED;
    }
    if arguments.json {
        context.screen.json(&Doctor { findings })?;
        return Ok(code);
    }
    for finding in &findings {
        let mark = match finding.level {
            FindingLevel::Problem => "problem",
            FindingLevel::Warning => "warning",
            FindingLevel::Ok => "ok",
        };
        context
            .screen
            .line(format_args!("{mark:<8} {}", plain(&finding.message)))?;
        if let Some(cure) = &finding.cure {
            context.screen.line(format_args!("{:<8} → {}", "", plain(cure)))?;
        }
    }
    Ok(code)
}

async fn asked_daemon(context: &Context) -> Result<Vec<Finding>, Finding> {
    let found = match Link::open(&context.settings).await {
        Ok(link) => link.ask(async |client| client.doctor().await).await.map_err(Into::into),
        Err(failure) => Err(failure),
    };
    found.map(|doctor| doctor.findings).map_err(|failure| {
        let message = failure.message.unwrap_or_else(|| "no daemon answers".to_owned());
        problem(
            "daemon",
            message,
            failure
                .hint
                .unwrap_or_else(|| "run `longhaul daemon run` to see what it says".to_owned()),
        )
    })
}

fn folders(context: &Context) -> Finding {
    let folders = &context.settings.folders;
    match folders.make() {
        Ok(()) => ok("folders", format!("the state lies in {}", folders.state.display())),
        Err(error) => problem("folders", with_causes(&error), error.hint()),
    }
}

fn socket(context: &Context) -> Finding {
    let socket = &context.settings.folders.socket;
    let length = socket.as_os_str().len();
    if length <= LONGEST_SOCKET_PATH {
        return ok("socket", format!("the socket is {}", socket.display()));
    }
    let message = format!("the socket's path is {length} bytes long, and {LONGEST_SOCKET_PATH} are allowed");
    problem("socket", message, "give LONGHAUL_SOCKET a shorter path")
}

fn configuration(context: &Context) -> Finding {
    let file = &context.settings.folders.config_file;
    match load_config(file) {
        Ok(_) if file.exists() => ok("configuration", format!("the configuration is {}", file.display())),
        Ok(_) => ok(
            "configuration",
            format!("there is no {}; every default holds", file.display()),
        ),
        Err(error) => problem("configuration", with_causes(&error), error.hint()),
    }
}

fn git() -> Finding {
    let cure = "install git 2.38 or newer";
    let Some(version) = git_version() else {
        return warning("git", "git is not installed: `clone` cannot work", cure);
    };
    let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or(0));
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if found < OLDEST_GIT {
        return warning("git", format!("git {version} is older than 2.38"), cure);
    }
    ok("git", format!("git {version}"))
}

#[expect(clippy::disallowed_methods, reason = "a question to git, not a process of a task")]
fn git_version() -> Option<String> {
    let answer = Command::new("git")
        .arg("--version")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(answer.stdout).ok()?;
    text.split_whitespace().nth(2).map(str::to_owned)
}

fn ok(code: &str, message: impl Into<String>) -> Finding {
    Finding {
        code: code.to_owned(),
        level: FindingLevel::Ok,
        message: message.into(),
        cure: None,
    }
}

fn warning(code: &str, message: impl Into<String>, cure: impl Into<String>) -> Finding {
    Finding {
        code: code.to_owned(),
        level: FindingLevel::Warning,
        message: message.into(),
        cure: Some(cure.into()),
    }
}

fn problem(code: &str, message: impl Into<String>, cure: impl Into<String>) -> Finding {
    Finding {
        level: FindingLevel::Problem,
        ..warning(code, message, cure)
    }
}
