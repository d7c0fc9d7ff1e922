//! The agents of the configuration, handed to the daemon.

use std::collections::BTreeMap;

use longhaul_server::{AgentSettings, Agents, TemplateOutput, TemplateSettings, WriteMode};

use crate::failure::Failure;
use crate::settings::{AgentOutput, AgentTable, AgentWriteMode};

/// How far the guards of agents that may write are opened.
pub(super) fn write_mode(mode: AgentWriteMode) -> WriteMode {
    match mode {
        AgentWriteMode::Workspace => WriteMode::Workspace,
        AgentWriteMode::Full => WriteMode::Full,
    }
}

/// The agents there are with this configuration.
pub(super) fn agents(tables: BTreeMap<String, AgentTable>) -> Result<Agents, Failure> {
    let settings = tables.into_iter().map(|(name, table)| (name, settings(table)));
    Agents::new(settings.collect())
        .map_err(|error| Failure::ours(&error).hint("every key is listed in docs/reference/configuration.md"))
}

fn settings(table: AgentTable) -> AgentSettings {
    AgentSettings {
        program: table.program.clone(),
        model: table.model.clone(),
        effort: table.effort.clone(),
        write_mode: table.write_mode.map(write_mode),
        arguments: table.arguments.clone(),
        template: (!table.command.is_empty()).then(|| template(table)),
    }
}

fn template(table: AgentTable) -> TemplateSettings {
    TemplateSettings {
        command: table.command,
        resume: table.resume,
        read_only: table.read_only,
        write: table.write,
        model_arguments: table.model_arguments,
        effort_arguments: table.effort_arguments,
        output: match table.output {
            AgentOutput::Text => TemplateOutput::Text,
            AgentOutput::JsonLines => TemplateOutput::Lines {
                message: table.message.unwrap_or_default(),
                session: table.session,
                error: table.error,
            },
        },
        install: table.install,
    }
}
