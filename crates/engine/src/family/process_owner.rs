//! Whose process is asking: the task that it belongs to, if any.
//!
//! Nobody is taken for the user who is not proven to be outside every restricted task. Parents prove who is inside; that
//! somebody is outside is proven by what cannot be put off: its user namespace, and the mark of restricted attempts.

use std::collections::HashSet;
use std::path::Path;

use longhaul_model::{Fence, TaskId};
use longhaul_supervisor::AttemptFolder;
use longhaul_supervisor::machine::{self, Confinement};

use super::restricted::is_anybody_restricted;
use crate::installation::Installation;
use crate::ledger::{Ledger, Supervisor};

/// The deepest chain of parents that is walked. Of a longer one nobody says where it ends.
const MOST_PARENTS: usize = 1_024;

/// Where a process belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessOwner {
    /// To this running task: its supervisor is above it.
    Task(TaskId),
    /// To none: it is its user's.
    Nobody,
    /// Nobody can tell: it is gone, one above it ended just now, or a supervisor is not known yet. Whoever wants to pass
    /// for somebody else can bring that about, so it counts for nothing but to ask again.
    Unknown,
    /// It is in a sandbox or container of its own, or was started in a restricted task, and none of our running tasks is
    /// above it: a leftover, a task of another daemon, or a container that nobody vouched for. It has nobody's rights.
    Confined,
    /// It cannot be seen at all, and a restricted task runs whose process it might be. It has nobody's rights.
    Unseen,
}

/// Where this process belongs.
pub(crate) async fn process_owner(installation: &Installation, ledger: &Ledger, pid: i32) -> ProcessOwner {
    if pid <= 0 {
        // The kernel has no number for it here: it is in another pid namespace, or one of before.
        return if is_anybody_restricted(ledger).await {
            ProcessOwner::Unseen
        } else {
            ProcessOwner::Nobody
        };
    }
    let supervision = ledger.supervision();
    let is_complete = supervision.is_complete();
    // Each look at a process costs a call of ours tens of microseconds: parents matter only to whom somebody supervises.
    let is_nobody_supervised = is_complete && supervision.attempts().is_empty();
    let chain = if is_nobody_supervised {
        Chain::default()
    } else {
        Chain::above(pid)
    };
    let are_all_known = {
        let supervised = supervision.attempts();
        let of_supervisor = |pid: &i32| {
            let is_it = |supervisor: Supervisor| supervisor.pid == *pid;
            let mut known = supervised.iter();
            known.find(|(_, supervised)| supervised.supervisor.is_some_and(is_it))
        };
        if let Some((task, _)) = chain.pids.iter().find_map(of_supervisor) {
            return ProcessOwner::Task(*task);
        }
        is_complete && supervised.values().all(|supervised| supervised.supervisor.is_some())
    };
    let is_unknown_supervisor = |pid: &i32| machine::is_told_of(*pid, &installation.attempts());
    if chain.is_broken || (!are_all_known && chain.pids.iter().any(is_unknown_supervisor)) {
        return ProcessOwner::Unknown;
    }
    match machine::confinement(pid) {
        Confinement::None => {}
        Confinement::Restricted => return ProcessOwner::Confined,
        // It may have ended since its parents were looked at.
        Confinement::Unreadable if machine::parent(pid).is_none() => return ProcessOwner::Unknown,
        Confinement::OtherNamespace | Confinement::Unreadable if is_vouched_for(installation, pid) => {}
        Confinement::OtherNamespace | Confinement::Unreadable => return ProcessOwner::Confined,
    }
    if may_be_left_behind(installation, ledger, &chain).await {
        return ProcessOwner::Unknown;
    }
    ProcessOwner::Nobody
}

/// A process and those above it, up to the first one that adopts orphans.
#[derive(Default)]
struct Chain {
    pids: Vec<i32>,
    /// Whether its upper end was not reached.
    is_broken: bool,
}

impl Chain {
    fn above(pid: i32) -> Self {
        let mut pids = vec![pid];
        let mut last = pid;
        let is_broken = loop {
            match machine::parent(last) {
                Some(parent) if parent <= 1 => break false,
                Some(parent) if pids.len() < MOST_PARENTS => pids.push(parent),
                Some(_) | None => break true,
            }
            last = *pids.last().expect("invariant: it has the process itself");
        };
        Self { pids, is_broken }
    }
}

/// Whether a process may be what a restricted attempt left behind whose supervisor is gone and whose tree is not proven
/// empty. Orphans of it went to one of those above us, or to the first process; so whoever has, below these, somebody
/// above it that is older than the attempt is none of them.
async fn may_be_left_behind(installation: &Installation, ledger: &Ledger, chain: &Chain) -> bool {
    let bereft = bereft_attempts(installation, ledger).await;
    if bereft.is_empty() {
        return false;
    }
    let own = i32::try_from(std::process::id()).unwrap_or(0);
    let adopters: HashSet<i32> = Chain::above(own).pids.into_iter().collect();
    let below = chain.pids.iter().take_while(|pid| !adopters.contains(*pid));
    let oldest = below.filter_map(|pid| machine::start_time(*pid)).min();
    bereft
        .iter()
        .any(|start_time| *start_time <= oldest.unwrap_or(u64::MAX))
}

/// When the supervisors were started that are gone, though nothing proves yet that the trees of their restricted attempts
/// are empty.
async fn bereft_attempts(installation: &Installation, ledger: &Ledger) -> Vec<u64> {
    let supervised: Vec<(TaskId, Fence, Supervisor)> = {
        let supervised = ledger.supervision().attempts();
        let known = supervised.iter();
        known
            .filter_map(|(task, supervised)| Some((*task, supervised.fence, supervised.supervisor?)))
            .collect()
    };
    let is_over =
        |task: TaskId, fence: Fence| AttemptFolder::at(installation.attempt_folder(task, fence)).has_receipt();
    let mut bereft = Vec::new();
    for (task, fence, supervisor) in supervised {
        let is_restricted = match ledger.active(task) {
            Some(task) => ledger.is_restricted(&task).await,
            None => true,
        };
        if is_restricted && !supervisor.is_alive() && !is_over(task, fence) {
            bereft.push(supervisor.start_time);
        }
    }
    bereft
}

/// Whether the user named the container that a process is in as one that may ask.
fn is_vouched_for(installation: &Installation, pid: i32) -> bool {
    let Some(group) = machine::control_group(pid) else {
        return false;
    };
    let mut trusted = installation.config.trusted_containers.iter();
    trusted.any(|trusted| Path::new(&group).starts_with(trusted))
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command};

    use longhaul_model::{Access, Spec};
    use longhaul_supervisor::Identity;

    use super::*;
    use crate::ledger::AttemptGuard;
    use crate::samples::{FIRST, World, spec};

    /// A process of nobody's: below the test itself, and younger than all that ran before it.
    struct Somebody(Child);

    impl Somebody {
        #[expect(clippy::disallowed_methods, reason = "it stands for a process that is nobody's task")]
        fn new() -> Self {
            Self(Command::new("sleep").arg("60").spawn().expect("it is there"))
        }

        fn pid(&self) -> i32 {
            i32::try_from(self.0.id()).expect("a pid")
        }

        fn start_time(&self) -> u64 {
            machine::start_time(self.pid()).expect("it runs")
        }
    }

    impl Drop for Somebody {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    /// A running task whose supervisor, started then, is gone.
    async fn bereft(world: &World, access: Access, start_time: u64) -> (TaskId, AttemptGuard) {
        let task = world.claimed_with(Spec { access, ..spec() }).await;
        world.ledger.note_for_test(std::sync::Arc::clone(&task));
        let guard = world.ledger.begin_supervision(task.id, FIRST);
        guard.note_supervisor(&Identity {
            boot_id: String::new(),
            pid_namespace: 0,
            pid: i32::MAX,
            start_time,
        });
        world.ledger.supervision().note_complete();
        (task.id, guard)
    }

    async fn owner(world: &World, somebody: &Somebody) -> ProcessOwner {
        process_owner(&world.installation, &world.ledger, somebody.pid()).await
    }

    #[tokio::test]
    async fn whoever_may_be_what_a_restricted_attempt_left_behind_is_nobody_until_its_tree_is_proven_empty() {
        let (world, somebody) = (World::new(), Somebody::new());
        let (task, guard) = bereft(&world, Access::Write, somebody.start_time()).await;
        assert_eq!(owner(&world, &somebody).await, ProcessOwner::Unknown);
        let folder = world.installation.attempt_folder(task, FIRST);
        std::fs::create_dir_all(&folder).expect("the world is ours");
        std::fs::write(folder.join("receipt.json"), "{}").expect("the world is ours");
        assert_eq!(owner(&world, &somebody).await, ProcessOwner::Nobody);
        drop(guard);
        assert_eq!(owner(&world, &somebody).await, ProcessOwner::Nobody);
    }

    #[tokio::test]
    async fn whoever_is_older_than_the_attempt_is_none_of_it() {
        let (world, somebody) = (World::new(), Somebody::new());
        let _bereft = bereft(&world, Access::Write, somebody.start_time() + 1).await;
        assert_eq!(owner(&world, &somebody).await, ProcessOwner::Nobody);
    }

    #[tokio::test]
    async fn what_an_unmanaged_attempt_left_behind_has_its_users_rights_as_before() {
        let (world, somebody) = (World::new(), Somebody::new());
        let _bereft = bereft(&world, Access::Unmanaged, somebody.start_time()).await;
        assert_eq!(owner(&world, &somebody).await, ProcessOwner::Nobody);
    }
}
