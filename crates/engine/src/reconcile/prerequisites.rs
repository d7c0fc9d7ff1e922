//! Hunts waiting tasks whose prerequisites may be met, by probing them.
//!
//! A task's prerequisites are probed together, and only when nothing else keeps it waiting: what was true an hour ago
//! proves nothing. They count as met when one round finds all of them met.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use longhaul_model::{Event, Prerequisite, Probe, State, Task, Waits};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::helper::{self, HelperEnd};
use crate::shared::{Shared, blocking};

/// How often everything is probed although nobody asked.
const ROUND: Duration = Duration::from_secs(2);
/// The shortest pause between two rounds, however often somebody asks.
const PAUSE: Duration = Duration::from_millis(200);
/// How long one probe may take.
const LIMIT: Duration = Duration::from_secs(10);
/// How many tasks are probed at once.
const AT_ONCE: usize = 8;

/// Probes on every wake-up and in rounds, until the daemon stops.
pub(crate) async fn run(shared: Arc<Shared>) {
    let mut stopping = shared.stopping.subscribe();
    loop {
        let has_work = !ready_to_probe(&shared).is_empty();
        let next = Instant::now() + ROUND;
        tokio::select! {
            () = shared.probe.notified() => {}
            () = tokio::time::sleep_until(next), if has_work => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        let tasks = ready_to_probe(&shared);
        if tasks.is_empty() {
            continue;
        }
        let mut probes = JoinSet::new();
        for task in tasks {
            while probes.len() >= AT_ONCE {
                probes.join_next().await;
            }
            probes.spawn(probe_task(Arc::clone(&shared), task));
        }
        probes.join_all().await;
        tokio::time::sleep(PAUSE).await;
    }
}

/// The waiting tasks that wait for nothing but prerequisites.
fn ready_to_probe(shared: &Shared) -> Vec<Arc<Task>> {
    let is_ready = |task: &Arc<Task>| match &task.life.state {
        State::Waiting(waiting) => Waits {
            prerequisites: Vec::new(),
            ..waiting.waits.clone()
        }
        .is_clear(),
        _ => false,
    };
    shared.board().probed().into_iter().filter(is_ready).collect()
}

async fn probe_task(shared: Arc<Shared>, task: Arc<Task>) {
    let State::Waiting(waiting) = &task.life.state else {
        return;
    };
    let environment = shared.store.environment(task.id).ok().flatten();
    let mut probes = Vec::new();
    for unmet in &waiting.waits.prerequisites {
        let probe = probe(unmet.prerequisite.clone(), task.spec.cwd.clone(), environment.clone()).await;
        probes.push((unmet.prerequisite.clone(), probe));
    }
    let all_met = probes.iter().all(|(_, probe)| *probe == Probe::Met);
    for (prerequisite, probe) in probes {
        let probe = match probe {
            Probe::Met if !all_met => Probe::Unmet {
                detail: "met; the others are not".to_owned(),
            },
            probe => probe,
        };
        shared
            .happen(task.id, Event::PrerequisiteProbed { prerequisite, probe })
            .await;
    }
}

/// Looks whether one prerequisite is met now.
pub(crate) async fn probe(
    prerequisite: Prerequisite,
    cwd: String,
    environment: Option<BTreeMap<String, String>>,
) -> Probe {
    match prerequisite {
        Prerequisite::File { path } => probe_file(&Path::new(&cwd).join(path)),
        Prerequisite::Tcp { host, port } => probe_tcp(&host, port).await,
        Prerequisite::Http { url } => blocking(move || probe_http(&url))
            .await
            .unwrap_or_else(|| unmet("the probe did not end")),
        Prerequisite::Command { command } => {
            let folder = PathBuf::from(cwd);
            blocking(move || probe_command(&command, &folder, environment.as_ref()))
                .await
                .unwrap_or_else(|| unmet("the probe did not end"))
        }
    }
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

fn probe_command(command: &str, folder: &Path, environment: Option<&BTreeMap<String, String>>) -> Probe {
    match helper::run(&["/bin/sh", "-c", command], folder, environment, LIMIT) {
        Ok(HelperEnd::Exited(0)) => Probe::Met,
        Ok(HelperEnd::Exited(Prerequisite::NEVER)) => Probe::Never {
            detail: "it exited 100, which means never".to_owned(),
        },
        Ok(HelperEnd::Exited(code)) => unmet(format!("it exited {code}")),
        Ok(HelperEnd::TimedOut) => unmet("it took longer than 10 s"),
        Err(error) => unmet(error.to_string()),
    }
}
