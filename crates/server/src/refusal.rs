//! Every error of the engine as a code of the closed list, by exhaustive matches: a new error does not compile until
//! somebody decided what it means to a caller.

use longhaul_api::ErrorCode;
use longhaul_engine::{
    ActError, ActivityError, ChangesError, EditError, InsertError, LandError, OutputReadError, ProjectError,
    RepeatError, SessionError, StoreEditError, StoreFault, SubmitError, TranscriptError, TreeError, WaitError,
};
use longhaul_model::with_causes;

use crate::problem::Failure;

pub(crate) fn submit(error: SubmitError) -> Failure {
    match error {
        SubmitError::Spec(error) => Failure::bad_spec(error.to_string()),
        SubmitError::Writes(_) => Failure::bad_spec(error.to_string()),
        SubmitError::UnknownAgent(_) => {
            Failure::bad_spec(error.to_string()).with_hint("`longhaul agents` shows the agents there are")
        }
        SubmitError::UnmanagedAgent => Failure::bad_spec(error.to_string()),
        SubmitError::Session(error) => session(error),
        SubmitError::NoWorktree { hint, .. } => Failure::bad_spec(error.to_string()).with_hint(hint),
        SubmitError::AgentNotInstalled { install_command, .. } => {
            Failure::new(ErrorCode::AgentNotInstalled, error.to_string()).with_hint(format!(
                "install it: {install_command}; `longhaul agents` shows what is there"
            ))
        }
        SubmitError::WouldDeadlock { .. } => Failure::new(ErrorCode::WouldDeadlock, error.to_string())
            .with_hint("leave out the dependency on the task above it"),
        SubmitError::LaneHeld { .. } => Failure::new(ErrorCode::WouldDeadlock, error.to_string())
            .with_hint("give it a worktree of its own: `--worktree`"),
        SubmitError::NotAllowed { hint, .. } => Failure::new(ErrorCode::Forbidden, error.to_string()).with_hint(hint),
        SubmitError::ParentCanceled { .. } => Failure::new(ErrorCode::StateForbids, error.to_string()),
        SubmitError::Insert(error) => insert(error),
    }
}

pub(crate) fn repeat(error: RepeatError) -> Failure {
    match error {
        RepeatError::Unknown(id) => Failure::no_task(id),
        RepeatError::SourceGone { ref folder, .. } => Failure::new(ErrorCode::SourceGone, error.to_string()).with_hint(
            format!("make the folder {folder} again, or submit a new task in another one"),
        ),
        RepeatError::Session(error) => session(error),
        RepeatError::NoWorktree(_) => Failure::new(ErrorCode::StateForbids, error.to_string())
            .with_hint("redispatch it without onto_target: it goes on in its folder"),
        RepeatError::Insert(error) => insert(error),
        RepeatError::Read(fault) => store(fault),
    }
}

fn session(error: SessionError) -> Failure {
    let bad = || Failure::bad_spec(error.to_string());
    match &error {
        SessionError::AgentMissing { .. } => bad().with_hint("name the agent: `--agent`"),
        SessionError::OtherAgent { .. } => bad().with_hint("leave out the agent: it comes with the session"),
        SessionError::NotAnId(_) => bad(),
        SessionError::UnknownTask(_) => bad().with_hint("`longhaul list` shows the tasks there are"),
        SessionError::None(id) => bad().with_hint(format!("begin anew: `longhaul retry {id}`, or without `--resume`")),
        SessionError::KeyMissing => bad().with_hint("name it: `--origin-key KEY --resume origin`"),
        SessionError::InUse(id) => Failure::new(ErrorCode::StateForbids, error.to_string())
            .with_hint(format!("go on after it: `--after {id}`")),
        SessionError::Read(fault) => store(fault.clone()),
    }
}

pub(crate) fn land(error: LandError) -> Failure {
    match error {
        LandError::Unknown(id) => Failure::no_task(id),
        LandError::StateForbids { task, .. } => Failure::new(ErrorCode::StateForbids, error.to_string())
            .with_hint(format!("`longhaul await {task}` waits for it")),
        LandError::Landing { landing } => Failure::new(ErrorCode::NotLandable, error.to_string())
            .with_hint(format!("`longhaul await {landing}` waits for it")),
        LandError::Tree(error) => tree(&error),
        LandError::Insert(error) => insert(error),
        LandError::Read(fault) => store(fault),
    }
}

pub(crate) fn changes(error: ChangesError) -> Failure {
    match error {
        ChangesError::Unknown(id) => Failure::no_task(id),
        ChangesError::NotRecorded { .. } => Failure::new(ErrorCode::NotFound, error.to_string()),
        ChangesError::Tree(error) => tree(&error),
        ChangesError::Read(fault) => store(fault),
    }
}

fn tree(error: &TreeError) -> Failure {
    let (code, hint) = match error {
        TreeError::Refused { hint, .. } => (ErrorCode::NotLandable, Some(hint.clone())),
        TreeError::Git(_) => (ErrorCode::NotLandable, None),
        TreeError::File(_) | TreeError::Io { .. } => (ErrorCode::Internal, None),
    };
    let failure = Failure::new(code, with_causes(error));
    match hint {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    }
}

pub(crate) fn project(error: ProjectError) -> Failure {
    match &error {
        ProjectError::Missing { .. } => Failure::new(ErrorCode::SourceGone, error.to_string())
            .with_hint("write one first: docs/concepts/workspaces.md shows what may be in it"),
        ProjectError::Wrong { .. } => Failure::bad_spec(error.to_string()),
        ProjectError::File(_) => Failure::new(ErrorCode::Internal, with_causes(&error)),
    }
}

fn insert(error: InsertError) -> Failure {
    let as_code = |code| Failure::new(code, error.to_string());
    match &error {
        InsertError::KeyReused { task } => {
            as_code(ErrorCode::KeyReused).with_hint(format!("choose a new key, or look at task {task}"))
        }
        InsertError::UnknownDependency(_) | InsertError::UnknownParent(_) | InsertError::UnknownEnvironment(_) => {
            as_code(ErrorCode::UnknownDependency).with_hint("`longhaul list` shows the tasks there are")
        }
        InsertError::TooDeep { .. } | InsertError::TooManyDescendants { .. } => as_code(ErrorCode::FamilyTooLarge)
            .with_hint("submit it from outside, or raise the limit in [children] of the configuration"),
        InsertError::UnknownTask(id) => Failure::no_task(id),
        InsertError::NotTerminal(id) => {
            as_code(ErrorCode::StateForbids).with_hint(format!("`longhaul await {id}` waits for it"))
        }
        InsertError::CompletedWithoutForce(_) => {
            as_code(ErrorCode::StateForbids).with_hint("send {\"force\": true} to repeat it all the same")
        }
        InsertError::ChainActive(id) => {
            as_code(ErrorCode::ChainActive).with_hint(format!("await task {id}, or cancel it first"))
        }
        InsertError::Fault(fault) => store(fault.clone()),
    }
}

pub(crate) fn act(error: ActError) -> Failure {
    match error {
        ActError::Unknown(id) => Failure::no_task(id),
        ActError::StateForbids { .. } => Failure::new(ErrorCode::StateForbids, error.to_string()),
        ActError::Fault(fault) => store(fault),
    }
}

pub(crate) fn edit(error: EditError) -> Failure {
    let error = match error {
        EditError::Spec(error) => return Failure::bad_spec(error.to_string()),
        EditError::Read(fault) => return store(fault),
        EditError::Edit(error) => error,
    };
    let as_code = |code| Failure::new(code, error.to_string());
    match &error {
        StoreEditError::Unknown(id) => Failure::no_task(id),
        StoreEditError::NotEditable { .. } => as_code(ErrorCode::StateForbids),
        StoreEditError::UnknownDependency(_) => as_code(ErrorCode::UnknownDependency),
        StoreEditError::DependencyCycle { .. } => as_code(ErrorCode::DependencyCycle),
        StoreEditError::Stale(_) => as_code(ErrorCode::Busy),
        StoreEditError::Fault(fault) => store(fault.clone()),
    }
}

pub(crate) fn wait(error: WaitError) -> Failure {
    match error {
        WaitError::Unknown(id) => Failure::no_task(id),
        WaitError::Stopping => Failure::stopping(),
        WaitError::Read(fault) => store(fault),
    }
}

pub(crate) fn activity(error: ActivityError) -> Failure {
    match error {
        ActivityError::Unknown(id) => Failure::no_task(id),
        ActivityError::NoAttempt { .. } => Failure::new(ErrorCode::NotFound, error.to_string()),
        ActivityError::NoAgent(id) => {
            Failure::bad_request(error.to_string()).with_hint(format!("`longhaul logs {id}` shows what it printed"))
        }
        ActivityError::Transcript(TranscriptError::Output(error)) => output(error),
        ActivityError::Transcript(error @ TranscriptError::Files { .. }) => {
            Failure::new(ErrorCode::StoreUnavailable, with_causes(&error))
        }
        ActivityError::Read(fault) => store(fault),
    }
}

pub(crate) fn store(fault: StoreFault) -> Failure {
    let as_code = |code| Failure::new(code, with_causes(&fault));
    match &fault {
        StoreFault::Busy => as_code(ErrorCode::Busy),
        StoreFault::Closed => Failure::stopping(),
        StoreFault::DiskFull => as_code(ErrorCode::StoreUnavailable).with_hint("free some space; nothing is lost"),
        StoreFault::ReadOnly => as_code(ErrorCode::StoreUnavailable).with_hint("make the state folder writable"),
        StoreFault::Disk { .. } => as_code(ErrorCode::StoreUnavailable),
        StoreFault::Corrupt { .. } | StoreFault::Damaged(_) => {
            as_code(ErrorCode::Damaged).with_hint("it is left as it is; `longhaul doctor` tells more")
        }
        StoreFault::Database { .. } => as_code(ErrorCode::Internal),
    }
}

pub(crate) fn output(error: OutputReadError) -> Failure {
    let code = match &error {
        OutputReadError::Damaged { .. } | OutputReadError::UnknownVersion { .. } => ErrorCode::Damaged,
        OutputReadError::Io { .. } => ErrorCode::Internal,
    };
    Failure::new(code, with_causes(&error))
}

#[cfg(test)]
mod tests {
    use axum::http::header::RETRY_AFTER;
    use axum::response::IntoResponse;

    use super::*;

    #[test]
    fn a_busy_or_full_store_says_when_to_come_again() {
        for (fault, code) in [
            (StoreFault::Busy, ErrorCode::Busy),
            (StoreFault::DiskFull, ErrorCode::StoreUnavailable),
            (StoreFault::ReadOnly, ErrorCode::StoreUnavailable),
        ] {
            let failure = store(fault);
            assert_eq!(failure.0.code, code);
            let response = failure.into_response();
            assert_eq!(response.status(), 503);
            assert_eq!(response.headers()[RETRY_AFTER], "1");
        }
    }

    #[test]
    fn a_closed_store_is_a_stopping_daemon_and_a_damaged_one_is_told_as_such() {
        assert_eq!(store(StoreFault::Closed).0.code, ErrorCode::DaemonStopping);
        let damaged = store(StoreFault::Corrupt {
            detail: "zeroes".to_owned(),
        });
        assert_eq!((damaged.0.code, damaged.0.status), (ErrorCode::Damaged, 500));
        assert!(damaged.0.detail.contains("zeroes"));
    }
}
