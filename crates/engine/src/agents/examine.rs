//! Looks at all agents at once. Each has to be asked twice, and some take a second for each answer.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use longhaul_agents::{Adapter, AgentSettings, Agents};

use super::program::find;
use super::report::{AgentFinding, AgentReport};
use super::sign_in::is_signed_in;
use super::version::Versions;
use crate::finding::Level;
use crate::runtime::blocking;

/// Who asks again so soon gets the same answer: the page and several callers at once cost one look.
const SAME_ANSWER_FOR: Duration = Duration::from_secs(2);

/// Looks at all agents.
#[derive(Debug, Default)]
pub(crate) struct Examiner {
    versions: Arc<Versions>,
    newest: tokio::sync::Mutex<Option<KnownReports>>,
}

/// An answer that was given.
#[derive(Debug)]
struct KnownReports {
    at: Instant,
    environment: BTreeMap<String, String>,
    reports: Vec<AgentReport>,
}

impl Examiner {
    /// What there is to tell about each agent, in the order in which they are shown, for tasks with this environment.
    pub(crate) async fn examine(&self, agents: &Agents, environment: BTreeMap<String, String>) -> Vec<AgentReport> {
        // Held while it looks: whoever comes meanwhile waits for this answer.
        let mut newest = self.newest.lock().await;
        if let Some(answer) = newest.as_ref()
            && answer.at.elapsed() < SAME_ANSWER_FOR
            && answer.environment == environment
        {
            return answer.reports.clone();
        }
        let versions = Arc::clone(&self.versions);
        let asked: Vec<_> = agents
            .all()
            .map(|adapter| (adapter, agents.settings(adapter.name())))
            .collect();
        let of = environment.clone();
        let looked = blocking(move || {
            std::thread::scope(|scope| {
                let look = |(adapter, settings): &(&'static dyn Adapter, AgentSettings)| {
                    let (adapter, settings, versions, of) = (*adapter, settings.clone(), &versions, &of);
                    scope.spawn(move || report(adapter, &settings, versions, of))
                };
                let threads: Vec<_> = asked.iter().map(look).collect();
                threads
                    .into_iter()
                    .filter_map(|thread| thread.join().ok())
                    .collect::<Vec<_>>()
            })
        });
        let reports = looked.await.unwrap_or_default();
        *newest = Some(KnownReports {
            at: Instant::now(),
            environment,
            reports: reports.clone(),
        });
        reports
    }
}

/// What there is to tell about one agent. Blocks.
fn report(
    adapter: &'static dyn Adapter,
    settings: &AgentSettings,
    versions: &Versions,
    environment: &BTreeMap<String, String>,
) -> AgentReport {
    let name = adapter.name();
    let wanted = settings.program.as_deref().unwrap_or(adapter.program());
    let path = environment.get("PATH").map(String::as_str);
    let program = find(wanted, Path::new("/"), path);
    let mut report = AgentReport {
        name: name.to_owned(),
        version: None,
        signed_in: None,
        sessions: adapter.folders(environment, None).sessions,
        capabilities: adapter.capabilities(),
        install_command: adapter.install_command().to_owned(),
        findings: Vec::new(),
        program,
    };
    let mut find = |level, message: String, cure: String| report.findings.push(AgentFinding { level, message, cure });
    let Some(program) = &report.program else {
        match &settings.program {
            Some(set) => find(
                Level::Problem,
                format!("`{set}`, which the configuration names, is not a program"),
                format!("correct `program` in [agents.{name}] of config.toml, then `longhaul daemon restart`"),
            ),
            // Nobody needs every agent.
            None => find(
                Level::Ok,
                "it is not installed".to_owned(),
                adapter.install_command().to_owned(),
            ),
        }
        return report;
    };
    report.version = versions.of(program, adapter.version_arguments(), environment);
    match &report.version {
        Some(version) => {
            for remark in adapter.remarks(version) {
                find(Level::Warning, remark.message, remark.cure);
            }
        }
        None => {
            let command = [&[wanted], adapter.version_arguments()].concat().join(" ");
            find(
                Level::Warning,
                "it does not tell its version".to_owned(),
                format!(
                    "see what `{command}` says; install it again: {}",
                    adapter.install_command()
                ),
            );
        }
    }
    report.signed_in = is_signed_in(adapter, program, environment);
    if report.signed_in == Some(false) {
        let cure = adapter.sign_in_command().unwrap_or("sign in with its own command");
        find(Level::Warning, "it is not signed in".to_owned(), cure.to_owned());
    }
    report
}
