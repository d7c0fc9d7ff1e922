//! `longhaul agents`: a line for each agent, then what is not well, each with its cure.

use longhaul_api::{AgentStatus, FindingLevel};

use super::{Context, Outcome};
use crate::args::JsonArguments;
use crate::daemon_link::Link;
use crate::exit;
use crate::output::{Table, plain};

pub(super) async fn run(context: &Context, arguments: &JsonArguments) -> Outcome {
    let link = Link::open(&context.settings).await?;
    let agents = link.ask(async |client| client.agents().await).await?;
    if arguments.json {
        context.screen.json(&agents)?;
        return Ok(exit::DONE);
    }
    let lines = table(&agents.agents).lines(context.screen);
    lines.iter().try_for_each(|line| context.screen.line(line))?;
    for agent in &agents.agents {
        for finding in agent.findings.iter().filter(|finding| is_news(agent, finding.level)) {
            let (name, message) = (plain(&agent.name), plain(&finding.message));
            context.screen.line(format_args!("{name}: {message}"))?;
            context.screen.line(format_args!("  → {}", plain(&finding.cure)))?;
        }
    }
    Ok(exit::DONE)
}

/// What the table does not say already.
fn is_news(agent: &AgentStatus, level: FindingLevel) -> bool {
    agent.installed || level != FindingLevel::Ok
}

fn table(agents: &[AgentStatus]) -> Table<4> {
    let mut table = Table::new(["AGENT", "VERSION", "SIGNED IN", "PROGRAM"]);
    for agent in agents {
        let signed_in = match agent.signed_in {
            Some(true) => "yes",
            Some(false) => "no",
            None if agent.installed => "unknown",
            None => "",
        };
        let program = match &agent.path {
            Some(path) => plain(path),
            None => format!("not installed: {}", plain(&agent.install_command)),
        };
        let version = agent
            .version
            .as_deref()
            .unwrap_or(if agent.installed { "unknown" } else { "" });
        table.row([plain(&agent.name), plain(version), signed_in.to_owned(), program]);
    }
    table
}
