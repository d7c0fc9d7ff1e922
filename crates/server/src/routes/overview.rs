//! The counts, the workspaces, the agents, the nodes, the doctor, and pruning.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use axum::Json as JsonAnswer;
use axum::extract::State;
use longhaul_api as api;
use longhaul_engine::{AgentReport, Level};
use longhaul_model::{StateName, TaskId};

use crate::extract::JsonOrNothing;
use crate::listen::Listening;
use crate::problem::Answer;
use crate::refusal;
use crate::state::ServerState;
use crate::view;

/// How many tasks there are.
#[utoipa::path(
    get, path = "/api/v1/stats", tag = "overview", operation_id = "stats",
    responses((status = 200, description = "By state", body = api::Stats))
)]
pub(crate) async fn stats(State(state): State<ServerState>) -> Answer<JsonAnswer<api::Stats>> {
    let counts = state.engine.counts().await.map_err(refusal::store)?;
    let states = StateName::ALL
        .into_iter()
        .map(|name| (name.word().to_owned(), counts.of(name)))
        .collect();
    Ok(JsonAnswer(api::Stats {
        states,
        needs_attention: counts.needs_attention,
    }))
}

/// Where tasks are active.
#[utoipa::path(
    get, path = "/api/v1/workspaces", tag = "overview", operation_id = "workspaces",
    responses((status = 200, description = "By path", body = api::Workspaces))
)]
pub(crate) async fn workspaces(State(state): State<ServerState>) -> JsonAnswer<api::Workspaces> {
    let status = |(path, road): (String, longhaul_engine::WorkspaceLanes)| api::WorkspaceStatus {
        path,
        tasks: numbers(&road.tasks),
        writer: road.writer.map(|id| id.get()),
        readers: numbers(&road.readers),
        max_readers: road.max_readers,
        waiting: road.waiting.iter().map(lane_wait).collect(),
        worktrees: Vec::new(),
    };
    let mut workspaces: BTreeMap<String, api::WorkspaceStatus> = BTreeMap::new();
    for (path, road) in state.engine.workspaces() {
        workspaces.insert(path.clone(), status((path, road)));
    }
    // Also of tasks that are over: a worktree stays until somebody lands or discards it.
    for tree in state.engine.worktrees().await {
        let path = tree.workspace.clone();
        let workspace = workspaces
            .entry(path.clone())
            .or_insert_with(|| status((path, state.engine.empty_workspace())));
        workspace.worktrees.push(api::WorktreeOf {
            task: tree.task.get(),
            worktree: view::worktree(&tree.worktree),
            state: tree.standing.word().to_owned(),
        });
    }
    JsonAnswer(api::Workspaces {
        workspaces: workspaces.into_values().collect(),
    })
}

fn numbers(ids: &[TaskId]) -> Vec<u64> {
    ids.iter().map(|id| id.get()).collect()
}

fn lane_wait(waiting: &longhaul_engine::LaneWaiter) -> api::LaneWait {
    api::LaneWait {
        task: waiting.task.get(),
        behind: waiting.behind.get(),
        is_writer: waiting.is_writer,
    }
}

/// The agents: which are installed, in which version, signed in or not, and what helps where something does not work.
#[utoipa::path(
    get, path = "/api/v1/agents", tag = "overview", operation_id = "agents",
    responses((status = 200, description = "The agents", body = api::Agents))
)]
pub(crate) async fn agents(State(state): State<ServerState>) -> JsonAnswer<api::Agents> {
    let told = |path: PathBuf| path.to_string_lossy().into_owned();
    let shown = |report: AgentReport| api::AgentStatus {
        name: report.name,
        installed: report.program.is_some(),
        version: report.version,
        path: report.program.map(told),
        signed_in: report.signed_in,
        sessions: report.sessions.map(told),
        capabilities: report.capabilities.iter().map(|able| able.word().to_owned()).collect(),
        findings: report
            .findings
            .into_iter()
            .map(|finding| api::AgentFinding {
                level: level(finding.level),
                message: finding.message,
                cure: finding.cure,
            })
            .collect(),
        install_command: report.install_command,
    };
    JsonAnswer(api::Agents {
        agents: state.engine.agents().await.into_iter().map(shown).collect(),
    })
}

fn level(level: Level) -> api::FindingLevel {
    match level {
        Level::Problem => api::FindingLevel::Problem,
        Level::Warning => api::FindingLevel::Warning,
        Level::Ok => api::FindingLevel::Ok,
    }
}

/// The daemons that share the store: with SQLite this one.
#[utoipa::path(
    get, path = "/api/v1/nodes", tag = "overview", operation_id = "nodes",
    responses((status = 200, description = "The nodes", body = api::Nodes))
)]
pub(crate) async fn nodes(State(state): State<ServerState>) -> Answer<JsonAnswer<api::Nodes>> {
    let node = api::NodeStatus {
        id: state.engine.store_uuid(),
        version: state.daemon.version.clone(),
        pid: std::process::id(),
        started_at: state.daemon.started_at,
        running: state
            .engine
            .counts()
            .await
            .map_err(refusal::store)?
            .of(StateName::Running),
    };
    Ok(JsonAnswer(api::Nodes { nodes: vec![node] }))
}

/// What works on this machine, what does not, and what to do about it.
#[utoipa::path(
    get, path = "/api/v1/doctor", tag = "overview", operation_id = "doctor",
    responses((status = 200, description = "The findings, worst first", body = api::Doctor))
)]
pub(crate) async fn doctor(State(state): State<ServerState>) -> JsonAnswer<api::Doctor> {
    let shown = |finding: longhaul_engine::Finding| api::Finding {
        code: finding.code.to_owned(),
        level: level(finding.level),
        message: finding.message,
        cure: finding.cure,
    };
    let mut findings: Vec<_> = state.engine.doctor().await.into_iter().map(shown).collect();
    if let Listening::Failed(reason) = &state.daemon.listening {
        findings.push(api::Finding {
            code: "listen".to_owned(),
            level: api::FindingLevel::Warning,
            message: format!("the daemon does not listen on TCP, so there is no page: {reason}"),
            cure: Some(
                "set `listen` in config.toml to an address of this machine, then `longhaul daemon restart`".to_owned(),
            ),
        });
    }
    findings.sort_by_key(|finding| finding.level);
    JsonAnswer(api::Doctor { findings })
}

/// Forgets old finished tasks.
#[utoipa::path(
    post, path = "/api/v1/prune", tag = "overview", operation_id = "prune", request_body = Option<api::PruneRequest>,
    responses(
        (status = 200, description = "What was pruned", body = api::Pruned),
        (status = 400, description = "bad-request", body = api::Problem),
    )
)]
pub(crate) async fn prune(
    State(state): State<ServerState>,
    JsonOrNothing(request): JsonOrNothing<api::PruneRequest>,
) -> Answer<JsonAnswer<api::Pruned>> {
    let older_than = request.older_than_ms.map(Duration::from_millis);
    let tasks = state
        .engine
        .prune(older_than, request.keep)
        .await
        .map_err(refusal::store)?;
    Ok(JsonAnswer(api::Pruned { tasks }))
}
