//! From a claimed task to a supervisor that runs it: the plan of its executor, sealed into a folder of the attempt's own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use longhaul_failpoint::failpoint;
use longhaul_model::{Leftovers, Outcome, Reason, Session, StandardInput, Task};
use longhaul_store::StoreFault;
use longhaul_supervisor::launch::{self, LaunchError};
use longhaul_supervisor::{AttemptFolder, Environment, OutputCap, Spec as Sealed, Stdin, Supervised};

use super::care::Care;
use super::confinement;
use crate::executors::{Job, Plan, executor};
use crate::shared::{Shared, chain};
use crate::workspace::{Arrangement, arrange};

/// Why an attempt did not start.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartError {
    /// What the task is to run with could not be read.
    #[error("reading the task's environment")]
    Environment(#[source] StoreFault),
    /// What it reads on standard input, or another file it needs, could not be laid ready.
    #[error("laying the files it reads ready")]
    StandardInput(#[source] std::io::Error),
    /// What it reads on standard input is no base64.
    #[error("decoding the standard input")]
    Undecodable(#[source] base64::DecodeError),
    /// The system gave no random numbers.
    #[error("drawing the attempt's secret")]
    Secret(#[source] std::io::Error),
    /// No attempt of this task could ever do it.
    #[error("{}", .0.message)]
    Refused(Outcome),
    /// The folder or the supervisor.
    #[error(transparent)]
    Launch(#[from] LaunchError),
}

impl StartError {
    /// Whether the task itself is the cause, so that no attempt of it will ever start. All else is the machine's fault.
    pub(super) fn is_the_tasks(&self) -> bool {
        match self {
            Self::Environment(fault) => matches!(fault, StoreFault::Damaged(_)),
            Self::Undecodable(_) | Self::Refused(_) | Self::Launch(LaunchError::Spec { .. }) => true,
            Self::StandardInput(_) | Self::Secret(_) | Self::Launch(_) => false,
        }
    }
}

impl StartError {
    /// How the task ends because of it.
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Self::Refused(outcome) => outcome.clone(),
            other => Outcome::new(Reason::SpawnError, chain(other)),
        }
    }
}

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
pub(super) fn launch(care: &Care, task: &Task) -> Result<Launched, StartError> {
    let (shared, spec, fence) = (&*care.shared, &task.spec, care.fence);
    let secret = secret().map_err(StartError::Secret)?;
    let stored = shared.store.environment(task.id).map_err(StartError::Environment)?;
    let stored = stored.unwrap_or_default();
    let folder = care.folder();
    let tmp = AttemptFolder::at(&folder).tmp_path();
    let mut arrangement = arrange(shared, task, fence.0, &stored).map_err(StartError::Refused)?;
    let job = Job {
        task,
        fence: fence.0,
        environment: &stored,
        tmp: &tmp,
        folder: &shared.task_folder(task.id),
        config: &shared.config,
        arrangement: &arrangement,
        shared,
        enforced: confinement::enforcement(shared.machine.level),
    };
    let mut plan = executor(&spec.work).plan(&job).map_err(StartError::Refused)?;
    let own = executor(&spec.work).own_folders(&job);
    let mut sandbox = confinement::sandbox(&shared.installation(), task, &plan.cwd, &own);
    if let Some(sandbox) = &mut sandbox {
        confinement::make_ready(&own);
        // They lie in a folder of ours, which it does not see.
        sandbox.visible.extend(plan.files.iter().map(|(path, _)| path.clone()));
        sandbox.visible.extend(plan.visible.iter().cloned());
    }
    arrangement.enclose(&mut plan);
    let mut environment = environment(shared, task, stored, &plan, &tmp, &secret);
    arrangement.without().iter().for_each(|name| environment.unset(name));
    lay_notes(shared, task, fence.0, &arrangement)?;
    // The stored input is laid into the task's folder: the attempt's own is not there yet.
    create_private_folder(&shared.task_folder(task.id)).map_err(StartError::StandardInput)?;
    for folder in &plan.visible {
        create_private_folder(folder).map_err(StartError::StandardInput)?;
    }
    for (path, bytes) in &plan.files {
        write_private(path, bytes).map_err(StartError::StandardInput)?;
    }
    let stdin = match &plan.stdin {
        Some(bytes) => lay_bytes(bytes, &shared.task_folder(task.id))?,
        None => lay_input(&spec.stdin, &shared.task_folder(task.id))?,
    };
    let mut sealed = Sealed::new(
        task.id.get(),
        task.life.attempt.0,
        fence.0,
        format!("LONGHAUL_TOKEN={secret}"),
        plan.cwd,
        plan.steps,
    );
    sealed.umask = spec.umask;
    sealed.capture = plan.capture;
    sealed.ladder = plan.ladder;
    sealed.stdin = stdin;
    sealed.private_tmp = true;
    sealed.sandbox = sandbox;
    sealed.run_timeout_ms = spec.timeout_ms;
    sealed.idle_timeout_ms = spec.idle_timeout_ms;
    sealed.leftovers = match spec.leftovers {
        Leftovers::Stop => longhaul_supervisor::Leftovers::Stop,
        Leftovers::Keep => longhaul_supervisor::Leftovers::Keep,
    };
    sealed.output_cap = OutputCap {
        head_bytes: shared.config.output_head_bytes,
        tail_bytes: shared.config.output_tail_bytes,
    };
    if shared.config.sweep_only {
        sealed.kill_mode = longhaul_supervisor::KillMode::Sweep;
    }
    let attempt = launch::create(&folder, &sealed, &environment)?;
    failpoint!("engine.folder-created");
    let supervised = launch::start_with(&attempt, &shared.supervisor_program, &shared.supervisor_environment)?;
    // Known before the program can call us: what it submits is its child.
    care.note_supervisor(supervised.pid());
    failpoint!("engine.supervisor-started");
    Ok(Launched {
        supervised,
        session: plan.session,
        worktree: arrangement.worktree,
    })
}

/// What is known before the steps run, for whoever reads their report.
fn lay_notes(shared: &Shared, task: &Task, fence: u64, arrangement: &Arrangement) -> Result<(), StartError> {
    if arrangement.notes.is_empty() {
        return Ok(());
    }
    let report = longhaul_worktrees::Report {
        notes: arrangement.notes.clone(),
        ..longhaul_worktrees::Report::default()
    };
    let written = report.write(&shared.report_file(task.id, fence));
    written.map_err(|error| StartError::StandardInput(std::io::Error::other(chain(&error))))
}

fn environment(
    shared: &Shared,
    task: &Task,
    stored: BTreeMap<String, String>,
    plan: &Plan,
    tmp: &Path,
    secret: &str,
) -> Environment {
    let is_kept = |(name, _): &(String, String)| !plan.unset.contains(&name.as_str());
    let mut environment: Environment = stored.into_iter().filter(is_kept).collect();
    for (name, value) in confinement::redirections(task, tmp) {
        environment.set(name, value);
    }
    for (name, value) in &plan.environment {
        environment.set(*name, value);
    }
    environment.set("LONGHAUL_TASK_ID", task.id.to_string());
    environment.set("LONGHAUL_ATTEMPT", task.life.attempt.to_string());
    environment.set("LONGHAUL_SOCKET", shared.socket.as_os_str());
    environment.set("LONGHAUL_TOKEN", secret);
    environment
}

/// 128 random bits, unlike those of any other attempt.
fn secret() -> std::io::Result<String> {
    use std::io::Read as _;
    let mut bytes = [0_u8; 16];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

pub(crate) fn create_private_folder(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn lay_input(input: &StandardInput, folder: &Path) -> Result<Stdin, StartError> {
    use base64::Engine as _;
    match input {
        StandardInput::Nothing => Ok(Stdin::Null),
        StandardInput::File(path) => Ok(Stdin::File {
            path: PathBuf::from(path),
        }),
        StandardInput::Base64(text) => {
            let bytes = base64::engine::general_purpose::STANDARD
                .decode(text)
                .map_err(StartError::Undecodable)?;
            lay_bytes(&bytes, folder)
        }
    }
}

fn lay_bytes(bytes: &[u8], folder: &Path) -> Result<Stdin, StartError> {
    let path = folder.join("stdin");
    write_private(&path, bytes).map_err(StartError::StandardInput)?;
    Ok(Stdin::File { path })
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(path)?.write_all(bytes)
}
