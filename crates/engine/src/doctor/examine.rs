//! What works on this machine and what does not. Every finding that is not well names its cure.

use std::path::Path;
use std::sync::Arc;

use longhaul_supervisor::Reached;
use longhaul_supervisor::kill_mode::{self, Available};

use crate::agents::AgentReport;
use crate::finding::{Finding, Level};
use crate::machine;
use crate::shared::{Shared, blocking};
use crate::workspace;

/// Less free space than this is told of.
const LITTLE_SPACE_BYTES: u64 = 1 << 30;

/// Looks at everything.
pub(crate) async fn examine(shared: &Arc<Shared>, agents: &[AgentReport]) -> Vec<Finding> {
    let held = Arc::clone(shared);
    let looked = blocking(move || vec![kill_mode(), space(&held.attempts), store(&held)]).await;
    let mut findings = looked.unwrap_or_default();
    let held = Arc::clone(shared);
    findings.extend(blocking(move || workspace::examine(&held)).await.unwrap_or_default());
    findings.extend(launches(shared));
    findings.extend(self::agents(agents));
    findings.push(enforcement(
        &machine::probe_enforcement(&shared.supervisor_program).await,
        shared.config.require_enforcement,
    ));
    findings.sort_by_key(|finding| finding.level);
    findings
}

fn enforcement(reached: &Reached, is_required: bool) -> Finding {
    use longhaul_supervisor::Level as Reach;
    const CODE: &str = "enforcement";
    let level = if is_required { Level::Problem } else { Level::Warning };
    let refused = if is_required {
        "; `require_enforcement` is set, so they fail"
    } else {
        ""
    };
    let (word, cure) = match reached.level {
        Reach::Kernel => {
            let message = format!("read-only tasks are kept read-only by the kernel: {}", reached.detail);
            return Finding::ok(CODE, message);
        }
        Reach::KernelPartial => ("kernel-partial", cure_of(&reached.detail)),
        Reach::Agent => ("agent", cure_of(&reached.detail)),
    };
    let message = format!(
        "read-only tasks have the enforcement `{word}`{refused}: {}",
        reached.detail
    );
    Finding::bad(CODE, level, message, cure)
}

/// What would give the layer that is missing.
fn cure_of(detail: &str) -> &'static str {
    if detail.contains("no mount namespace") {
        "allow user namespaces: set `user.max_user_namespaces` above 0, `kernel.unprivileged_userns_clone=1`, and where \
         AppArmor restricts them `kernel.apparmor_restrict_unprivileged_userns=0` (sysctl); in a container allow \
         `unshare`. Then `longhaul daemon restart`"
    } else {
        "run a kernel of 5.13 or later with Landlock among its security modules (`lsm=landlock,…` on its command line)"
    }
}

fn kill_mode() -> Finding {
    match kill_mode::available() {
        Available::Cgroup { path } => Finding::ok(
            "kill-mode",
            format!("process trees are killed by control groups below {}", path.display()),
        ),
        Available::Sweep { why } => Finding::bad(
            "kill-mode",
            Level::Warning,
            format!("process trees are killed by a sweep, because {why}"),
            "delegate a control group to the daemon: `longhaul daemon install` writes a unit with `Delegate=yes`",
        ),
    }
}

fn space(folder: &Path) -> Finding {
    match rustix::fs::statvfs(folder) {
        Ok(system) => {
            let free = system.f_bavail.saturating_mul(system.f_frsize);
            let message = format!("{} MiB are free for output", free >> 20);
            if free >= LITTLE_SPACE_BYTES {
                Finding::ok("space", message)
            } else {
                Finding::bad("space", Level::Warning, message, "free some space, or `longhaul prune`")
            }
        }
        Err(errno) => {
            let message = format!("the state folder cannot be looked at: {errno}");
            Finding::bad(
                "space",
                Level::Problem,
                message,
                "make it readable for the daemon's user",
            )
        }
    }
}

fn store(shared: &Shared) -> Finding {
    match shared.store.active_tasks() {
        Ok(active) if active.damaged.is_empty() => {
            let message = format!("the database holds {} KiB and answers", shared.store.size_bytes() >> 10);
            Finding::ok("store", message)
        }
        Ok(active) => Finding::bad(
            "store",
            Level::Problem,
            active
                .damaged
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("; "),
            "these tasks are left as they are; restore a backup, or submit them again",
        ),
        Err(fault) => Finding::bad(
            "store",
            Level::Problem,
            fault.to_string(),
            "free some space and check the disk",
        ),
    }
}

fn launches(shared: &Shared) -> Option<Finding> {
    let trouble = shared.launch_trouble.lock().ok()?.clone()?;
    Some(Finding::bad(
        "launch",
        Level::Problem,
        format!("attempts cannot be started: {trouble}"),
        "mend what it names; queued tasks start by themselves then",
    ))
}

/// What is installed and how it is; of what is not installed nothing, unless that is all of them.
fn agents(reports: &[AgentReport]) -> Vec<Finding> {
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
