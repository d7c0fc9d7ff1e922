//! What a process inside a task may ask of the API: to look after its own descendants, and to submit such as its task's
//! access allows. Everything else is its user's.
//!
//! Whose process it is tells the kernel, not the caller. What may be submitted needs understanding and is decided by the
//! engine; here every address is either open to all, one of the family's, or shut.

use axum::RequestPartsExt;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use longhaul_api::ErrorCode;
use longhaul_engine::Rights;
use longhaul_model::TaskId;

use crate::caller::Caller;
use crate::problem::Failure;
use crate::state::ServerState;

/// To whom an address is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// To everybody: it tells nothing about tasks.
    Everybody,
    /// To every task; the handler, or the engine behind it, decides about the rest.
    EveryTask,
    /// To the task it names, and to those above that.
    FamilyOfPath,
    /// To the task in the parameter `parent`, and to those above that.
    FamilyOfParent,
    /// To nobody inside a restricted task.
    UserAlone,
}

/// Every address that a restricted task may use, by its method and route.
fn door(method: &Method, route: &str) -> Door {
    let route = route.strip_prefix("/api/v1").unwrap_or(route);
    match (method.as_str(), route) {
        ("GET", "/openapi.json" | "/daemon" | "/agents" | "/healthz" | "/readyz") => Door::Everybody,
        ("POST", "/tasks") => Door::EveryTask,
        ("GET", "/tasks" | "/inbox") => Door::FamilyOfParent,
        ("GET", route) if route == "/tasks/{id}" || route.starts_with("/tasks/{id}/") => Door::FamilyOfPath,
        ("POST", "/tasks/{id}/cancel") => Door::FamilyOfPath,
        ("POST", "/inbox/ack") => Door::EveryTask,
        _ => Door::UserAlone,
    }
}

/// Lets a request through, or answers 403.
pub(crate) async fn gate(State(state): State<ServerState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let caller = match parts.extract_with_state::<Caller, _>(&state).await {
        Ok(caller) => caller,
        Err(failure) => return failure.into_response(),
    };
    let route = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str);
    let refused = match (caller.task, route) {
        (Some(task), Some(route)) => refusal(&state, task, &parts.method, route, &parts.uri).await,
        _ => None,
    };
    match refused {
        Some(failure) => failure.into_response(),
        None => next.run(Request::from_parts(parts, body)).await,
    }
}

async fn refusal(state: &ServerState, task: TaskId, method: &Method, route: &str, uri: &Uri) -> Option<Failure> {
    let named = match door(method, route) {
        Door::Everybody | Door::EveryTask => return None,
        Door::UserAlone => None,
        Door::FamilyOfPath => id_in_path(route, uri.path()),
        Door::FamilyOfParent => id_in_query(uri.query().unwrap_or_default()),
    };
    let is_own = match named {
        Some(named) => state.engine.is_in_family_of(named, task).await,
        None => false,
    };
    if is_own || state.engine.rights_of(task).await == Rights::User {
        return None;
    }
    let failure = Failure::new(
        ErrorCode::Forbidden,
        format!("task {task} may read, await and cancel its own descendants, and nothing else"),
    );
    Some(failure.with_hint("do it from outside the task, or name one of its descendants"))
}

/// The task in the place of `{id}`.
fn id_in_path(route: &str, path: &str) -> Option<TaskId> {
    let mut pairs = route.split('/').zip(path.split('/'));
    pairs
        .find(|(name, _)| *name == "{id}")
        .and_then(|(_, id)| id.parse().ok())
}

/// The one task in the parameter `parent`; nothing if it is not given, given twice, or written in a way that the
/// handler might read otherwise.
fn id_in_query(query: &str) -> Option<TaskId> {
    let mut parents = query.split('&').filter_map(|pair| pair.strip_prefix("parent="));
    let parent = parents.next()?;
    let is_plain = parent.bytes().all(|byte| byte.is_ascii_digit()) && !query.contains('%');
    parents
        .next()
        .is_none()
        .then(|| parent.parse().ok())?
        .filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_listed_is_the_users_alone() {
        for (method, route) in [
            ("POST", "/api/v1/tasks/{id}/redispatch"),
            ("POST", "/api/v1/tasks/{id}/land"),
            ("PATCH", "/api/v1/tasks/{id}"),
            ("PATCH", "/api/v1/queues"),
            ("GET", "/api/v1/events"),
            ("POST", "/api/v1/prune"),
            ("DELETE", "/api/v1/anything"),
        ] {
            let method: Method = method.parse().expect("a method");
            assert_eq!(door(&method, route), Door::UserAlone, "{method} {route}");
        }
        assert_eq!(door(&Method::GET, "/api/v1/tasks/{id}/output"), Door::FamilyOfPath);
    }

    #[test]
    fn a_parent_is_taken_only_where_nobody_could_read_another() {
        let id = |query| id_in_query(query).map(TaskId::get);
        assert_eq!(id("parent=7"), Some(7));
        assert_eq!(id("state=running&parent=7"), Some(7));
        for query in ["", "parent=7&parent=8", "parent=%37", "parent=", "parent=7x"] {
            assert_eq!(id(query), None, "{query}");
        }
    }
}
