//! What a doctor finds about coding agents.

use crate::agents::AgentReport;
use crate::finding::{Finding, Level};

/// What is installed and how it is; of what is not installed nothing, unless that is all of them.
pub(super) fn findings(reports: &[AgentReport]) -> Vec<Finding> {
    const CODE: &str = "agent";
    let is_worth_telling = |report: &&AgentReport| {
        report.program.is_some() || report.findings.iter().any(|finding| finding.level != Level::Ok)
    };
    let told: Vec<&AgentReport> = reports.iter().filter(is_worth_telling).collect();
    if told.is_empty() {
        let installs: Vec<&str> = reports.iter().map(|report| report.install_command.as_str()).collect();
        return vec![Finding::bad(
            CODE,
            Level::Warning,
            "no coding agent is installed: only commands can be run",
            format!("install one: {}", installs.join(", or ")),
        )];
    }
    let of = |report: &&AgentReport| {
        let name = [Some(report.name.as_str()), report.version.as_deref()];
        let name = name.into_iter().flatten().collect::<Vec<_>>().join(" ");
        if report.findings.is_empty() {
            let signed_in = if report.signed_in == Some(true) {
                " and signed in"
            } else {
                ""
            };
            return vec![Finding::ok(CODE, format!("{name} is installed{signed_in}"))];
        }
        let findings = report.findings.iter();
        findings
            .map(|finding| {
                Finding::bad(
                    CODE,
                    finding.level,
                    format!("{name}: {}", finding.message),
                    finding.cure.clone(),
                )
            })
            .collect()
    };
    told.iter().flat_map(of).collect()
}
