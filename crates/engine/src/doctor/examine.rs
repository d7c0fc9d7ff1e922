//! Looking at everything: the machine, the store, launches, agents and worktrees.

use std::path::Path;
use std::sync::Arc;

use longhaul_supervisor::kill_mode::{self, Available};
use longhaul_supervisor::{Reached, neutral};

use super::{agents, worktrees};
use crate::agents::AgentReport;
use crate::dispatch::LaunchTrouble;
use crate::finding::{Finding, Level};
use crate::installation::Installation;
use crate::ledger::{Ledger, Reads};
use crate::machine;
use crate::runtime::apart;

/// Less free space than this is told of.
const LITTLE_SPACE_BYTES: u64 = 1 << 30;

/// What is examined.
pub(crate) struct Checkup {
    pub(crate) installation: Arc<Installation>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) launches: Arc<LaunchTrouble>,
}

impl Checkup {
    /// Looks at everything; `reports` are those about agents. The worst comes first.
    pub(crate) async fn examine(self, reports: &[AgentReport]) -> Vec<Finding> {
        let installation = Arc::clone(&self.installation);
        let complaint = self.launches.complaint();
        let looked = apart(async move {
            let ways = kill_mode::available();
            let mut findings = vec![
                kill_mode(&ways),
                hidden_callers(self.installation.config.sweep_only, &ways),
                limits(&neutral::lower_than_usual()),
                space(&self.installation.attempts()),
                store(self.ledger.stored()).await,
            ];
            findings.extend(worktrees::examine(&self.installation, &self.ledger).await);
            findings
        });
        let mut findings = looked.await.unwrap_or_default();
        findings.extend(complaint.map(|complaint| launches(&complaint)));
        findings.extend(agents::findings(reports));
        findings.push(enforcement(
            &machine::probe_enforcement(&installation.supervisor_program).await,
            installation.config.require_enforcement,
        ));
        findings.sort_by_key(|finding| finding.level);
        findings
    }
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

/// How a process is told that connects over TCP and hides from its own user, as sshd does.
fn hidden_callers(is_sweep_only: bool, ways: &Available) -> Finding {
    const CODE: &str = "hidden-callers";
    match ways {
        Available::Cgroup { .. } if !is_sweep_only => Finding::ok(
            CODE,
            "tunnels and proxies that cannot be seen are told from tasks by their control group",
        ),
        Available::Cgroup { .. } | Available::Sweep { .. } => Finding::warning(
            CODE,
            "tunnels and proxies that cannot be seen are refused while a read-only or write task runs, unless they are in \
             another control group than the daemon: tasks have none of their own by which they could be told from them",
            "forward the Unix socket instead of the port (`longhaul daemon status` shows it), name their addresses in \
             `trusted_proxies`, or let `longhaul daemon install` write a unit with `Delegate=yes`",
        ),
    }
}

fn kill_mode(ways: &Available) -> Finding {
    match ways {
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

/// What the daemon was held to by whoever started it, and could not throw off.
fn limits(lower: &[String]) -> Finding {
    const CODE: &str = "limits";
    if lower.is_empty() {
        return Finding::ok(CODE, "the daemon is held to no lower limits than usual");
    }
    Finding::warning(
        CODE,
        format!(
            "whoever started the daemon was held to lower limits than usual, and so are all tasks: {}",
            lower.join(", ")
        ),
        "`longhaul daemon stop`, then `longhaul daemon start` in a plain shell; or `longhaul daemon install`",
    )
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

async fn store(stored: &Reads) -> Finding {
    match stored.active_tasks().await {
        Ok(active) if active.damaged.is_empty() => {
            let message = format!("the database holds {} KiB and answers", stored.size_bytes() >> 10);
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

fn launches(complaint: &str) -> Finding {
    Finding::bad(
        "launch",
        Level::Problem,
        format!("attempts cannot be started: {complaint}"),
        "mend what it names; queued tasks start by themselves then",
    )
}
