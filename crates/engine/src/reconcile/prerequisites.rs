//! Hunts waiting tasks whose prerequisites may be met, by probing them.
//!
//! A task's prerequisites are probed together, and only when nothing else keeps it waiting: what was true an hour ago
//! proves nothing. They count as met when one round finds all of them met.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use longhaul_model::{Event, Prerequisite, Probe, State, Task, with_causes};
use tokio::task::JoinSet;

use crate::ledger::Ledger;
use crate::programs::{self, ProgramEnd};
use crate::runtime::{Shutdown, Wake, blocking};

/// How often everything is probed although nobody asked.
const ROUND: Duration = Duration::from_secs(2);
/// The shortest pause between two rounds, however often somebody asks.
const PAUSE: Duration = Duration::from_millis(200);
/// How long one probe may take.
const LIMIT: Duration = Duration::from_secs(10);
/// How many tasks are probed at once.
const AT_ONCE: usize = 8;

/// Probes prerequisites.
pub(crate) struct Prober {
    pub(crate) ledger: Arc<Ledger>,
    /// Woken when prerequisites should be probed at once.
    pub(crate) probe: Wake,
    pub(crate) shutdown: Shutdown,
}

impl Prober {
    /// Probes on every wake-up and in rounds, until the daemon stops.
    pub(crate) async fn run(self) {
        loop {
            let has_work = !self.ledger.board().probed().is_empty();
            tokio::select! {
                () = self.probe.woken() => {}
                () = tokio::time::sleep(ROUND), if has_work => {}
                () = self.shutdown.begun() => return,
            }
            if probe_all(&self.ledger).await {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Probes all that wait for nothing else. False if there are none.
pub(super) async fn probe_all(ledger: &Arc<Ledger>) -> bool {
    let tasks = ledger.board().probed();
    let has_work = !tasks.is_empty();
    let mut probes = JoinSet::new();
    for task in tasks {
        while probes.len() >= AT_ONCE {
            probes.join_next().await;
        }
        let ledger = Arc::clone(ledger);
        probes.spawn(async move { probe_task(&ledger, &task).await });
    }
    probes.join_all().await;
    has_work
}

async fn probe_task(ledger: &Ledger, task: &Task) {
    let State::Waiting(waiting) = &task.life.state else {
        return;
    };
    let environment = match ledger.stored().environment(task.id).await {
        Ok(environment) => environment.unwrap_or_default(),
        Err(error) => {
            tracing::warn!(task = %task.id, error = %with_causes(&error), "could not read the environment to probe with");
            return;
        }
    };
    let mut probes = Vec::new();
    for unmet in &waiting.waits.prerequisites {
        let probe = probe(unmet.prerequisite.clone(), task.spec.cwd.clone(), environment.clone()).await;
        probes.push((unmet.prerequisite.clone(), probe));
    }
    let all_met = probes.iter().all(|(_, probe)| *probe == Probe::Met);
    let events = probes.into_iter().map(|(prerequisite, probe)| {
        let probe = match probe {
            Probe::Met if !all_met => unmet("met; the others are not"),
            probe => probe,
        };
        (task.id, Event::PrerequisiteProbed { prerequisite, probe })
    });
    ledger.apply_events(events.collect()).await;
}

/// Looks whether one prerequisite is met now.
async fn probe(prerequisite: Prerequisite, cwd: String, environment: BTreeMap<String, String>) -> Probe {
    let folder = PathBuf::from(cwd);
    let probed = match prerequisite {
        Prerequisite::Tcp { host, port } => return probe_tcp(&host, port).await,
        // Even a look at a file may take long, on a file system that does not answer.
        Prerequisite::File { path } => blocking(move || probe_file(&folder.join(path))).await,
        Prerequisite::Http { url } => blocking(move || probe_http(&url)).await,
        Prerequisite::Command { command } => blocking(move || probe_command(&command, &folder, &environment)).await,
    };
    probed.unwrap_or_else(|| unmet("the probe did not end"))
}

fn unmet(detail: impl Into<String>) -> Probe {
    Probe::Unmet { detail: detail.into() }
}

fn probe_file(path: &Path) -> Probe {
    match path.try_exists() {
        Ok(true) => Probe::Met,
        Ok(false) => unmet("does not exist yet"),
        Err(error) => unmet(error.to_string()),
    }
}

async fn probe_tcp(host: &str, port: u16) -> Probe {
    match tokio::time::timeout(LIMIT, tokio::net::TcpStream::connect((host, port))).await {
        Ok(Ok(_)) => Probe::Met,
        Ok(Err(error)) => unmet(error.to_string()),
        Err(_) => unmet("no answer in 10 s"),
    }
}

/// 2xx is met; 410 Gone says that it will never be there (RFC 9110, 15.5.11).
fn probe_http(url: &str) -> Probe {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(LIMIT))
        .http_status_as_error(false)
        .build()
        .into();
    match agent.get(url).call() {
        Ok(answer) if answer.status().is_success() => Probe::Met,
        Ok(answer) if answer.status().as_u16() == 410 => Probe::Never {
            detail: "it answered 410 Gone".to_owned(),
        },
        Ok(answer) => unmet(format!("it answered {}", answer.status())),
        Err(error) => unmet(error.to_string()),
    }
}

fn probe_command(command: &str, folder: &Path, environment: &BTreeMap<String, String>) -> Probe {
    match programs::run(&["/bin/sh", "-c", command], folder, Some(environment), LIMIT) {
        Ok(ProgramEnd::Exited(0)) => Probe::Met,
        Ok(ProgramEnd::Exited(Prerequisite::NEVER)) => Probe::Never {
            detail: "it exited 100, which means never".to_owned(),
        },
        Ok(ProgramEnd::Exited(code)) => unmet(format!("it exited {code}")),
        Ok(ProgramEnd::TimedOut) => unmet("it took longer than 10 s"),
        Err(error) => unmet(error.to_string()),
    }
}
