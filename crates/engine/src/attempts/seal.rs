//! The sealed spec of an attempt, and the environment that it runs with: values only.

use std::collections::BTreeMap;

use longhaul_model::{Fence, Leftovers, Task};
use longhaul_supervisor::{Environment, KillMode, OutputCap, Sandbox, Spec as Sealed, Stdin};

use super::confinement;
use super::gather::Gathered;
use crate::executors::Plan;
use crate::installation::Installation;

/// The spec that its supervisor is to follow.
pub(super) fn seal(
    installation: &Installation,
    task: &Task,
    fence: Fence,
    secret: &str,
    plan: Plan,
    sandbox: Option<Sandbox>,
    stdin: Stdin,
) -> Sealed {
    let (spec, config) = (&task.spec, &installation.config);
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
        head_bytes: config.output_head_bytes,
        tail_bytes: config.output_tail_bytes,
    };
    if config.sweep_only {
        sealed.kill_mode = KillMode::Sweep;
    }
    sealed
}

/// The environment of its steps.
pub(super) fn environment(
    installation: &Installation,
    task: &Task,
    gathered: &Gathered,
    plan: &Plan,
    secret: &str,
) -> Environment {
    let mut environment = kept(&gathered.environment, plan);
    for (name, value) in confinement::redirections(task, &gathered.tmp) {
        environment.set(name, value);
    }
    for (name, value) in &plan.environment {
        environment.set(*name, value);
    }
    environment.set("LONGHAUL_TASK_ID", task.id.to_string());
    environment.set("LONGHAUL_ATTEMPT", task.life.attempt.to_string());
    environment.set("LONGHAUL_SOCKET", installation.socket.as_os_str());
    environment.set("LONGHAUL_TOKEN", secret);
    gathered
        .arrangement
        .without()
        .iter()
        .for_each(|name| environment.unset(name));
    environment
}

fn kept(stored: &BTreeMap<String, String>, plan: &Plan) -> Environment {
    let is_kept = |(name, _): &(&String, &String)| !plan.unset.contains(&name.as_str());
    let kept = stored.iter().filter(is_kept);
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}
