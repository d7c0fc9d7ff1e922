//! From a claimed task to a supervisor that runs it, with what was asked before: gather, plan, prepare, seal, start.

use longhaul_failpoint::failpoint;
use longhaul_model::{Session, Task};
use longhaul_supervisor::{Supervised, launch};

use super::ask::Asked;
use super::confinement;
use super::gather::gather;
use super::owned::OwnedAttempt;
use super::prepare::prepare;
use super::seal::{environment, seal};
use super::start_error::StartError;
use crate::executors::executor;
use crate::private_files::random_bytes;

/// A supervisor that was started.
#[derive(Debug)]
pub(super) struct Launched {
    pub(super) supervised: Supervised,
    /// The agent's session, where its id is known before it tells.
    pub(super) session: Option<Session>,
    /// The worktree it works in; nothing if it works in place.
    pub(super) worktree: Option<longhaul_model::Worktree>,
}

/// Seals the attempt's folder and starts its supervisor. Blocks.
pub(super) fn launch(attempt: &OwnedAttempt, task: &Task, asked: Asked) -> Result<Launched, StartError> {
    let installation = &attempt.room.installation;
    let secret = secret().map_err(StartError::Secret)?;
    let mut gathered = gather(attempt, task, asked)?;

    let brief = gathered.brief(attempt, task);
    let executor = executor(&task.spec.work);
    let mut plan = executor.plan(&brief).map_err(StartError::Refused)?;
    let own = executor.own_folders(&brief);
    let mut sandbox = confinement::sandbox(installation, &gathered.other_homes, task, &plan.cwd, &own);
    if let Some(sandbox) = &mut sandbox {
        confinement::make_ready(&own);
        // They lie in a folder of ours, which it does not see.
        sandbox.visible.extend(plan.files.iter().map(|(path, _)| path.clone()));
        sandbox.visible.extend(plan.visible.iter().cloned());
    }
    gathered.arrangement.enclose(&mut plan.steps);
    let environment = environment(installation, task, &gathered, &plan, &secret);

    let stdin = prepare(attempt, task, &gathered.arrangement, &plan)?;
    let session = plan.session.take();
    let mut sealed = seal(installation, task, attempt.fence(), &secret, plan, sandbox, stdin);
    sealed.restricted = gathered.is_restricted;
    let folder = launch::create(&attempt.folder(), &sealed, &environment)?;
    failpoint!("engine.folder-created");
    let program = &installation.supervisor_program;
    let supervised = launch::start_with(&folder, program, &installation.supervisor_environment)?;
    // Known before the program can call us: what it submits is its child.
    attempt.guard.note_supervisor(supervised.identity());
    failpoint!("engine.supervisor-started");
    Ok(Launched {
        supervised,
        session,
        worktree: gathered.arrangement.worktree,
    })
}

/// 128 random bits, unlike those of any other attempt.
fn secret() -> std::io::Result<String> {
    Ok(random_bytes()?.iter().map(|byte| format!("{byte:02x}")).collect())
}
