//! Tasks inside tasks: whose process is asking, who cancels whom, and who lends a slot while it waits.
//!
//! Nobody is taken for the user who is not proven to be outside every restricted task. Parents prove who is inside; that
//! somebody is outside is proven by what cannot be put off: its user namespace, and the mark of restricted attempts.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use longhaul_model::{Access, Actor, Event, Fence, Task, TaskId};
use longhaul_store::Apply;
use longhaul_supervisor::AttemptFolder;
use longhaul_supervisor::machine::{self, Confinement, Restricted};

use crate::attempts::Supervisor;
use crate::dispatch::Input;
use crate::shared::{Shared, blocking, spawn};

/// The deepest chain of parents that is walked. Of a longer one nobody says where it ends.
const MOST_PARENTS: usize = 1_024;

/// Where a process belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belonging {
    /// To this running task: its supervisor is above it.
    Task(TaskId),
    /// To none: it is its user's.
    None,
    /// Nobody can tell: it is gone, one above it ended just now, or a supervisor is not known yet. Whoever wants to pass
    /// for somebody else can bring that about, so it counts for nothing but to ask again.
    Unclear,
    /// It is in a sandbox or container of its own, or was started in a restricted task, and none of our running tasks is
    /// above it: a leftover, a task of another daemon, or a container that nobody vouched for. It has nobody's rights.
    Confined,
    /// It cannot be seen at all, and a restricted task runs whose process it might be. It has nobody's rights.
    Unseen,
}

/// Where this process belongs.
pub(crate) fn belonging(shared: &Shared, pid: i32) -> Belonging {
    if pid <= 0 {
        // The kernel has no number for it here: it is in another pid namespace, or one of before.
        return if is_anybody_restricted(shared) {
            Belonging::Unseen
        } else {
            Belonging::None
        };
    }
    let chain = Chain::above(pid);
    let is_ready = shared.is_ready.load(Ordering::SeqCst);
    let are_all_known = {
        let watched = shared.watched();
        let of_supervisor = |pid: &i32| {
            let is_it = |supervisor: Supervisor| supervisor.pid == *pid;
            watched
                .iter()
                .find(|(_, watched)| watched.supervisor.is_some_and(is_it))
        };
        if let Some((task, _)) = chain.pids.iter().find_map(of_supervisor) {
            return Belonging::Task(*task);
        }
        is_ready && watched.values().all(|watched| watched.supervisor.is_some())
    };
    let is_unknown_supervisor = |pid: &i32| machine::is_told_of(*pid, &shared.attempts);
    if !chain.is_whole || (!are_all_known && chain.pids.iter().any(is_unknown_supervisor)) {
        return Belonging::Unclear;
    }
    match machine::confinement(pid) {
        Confinement::None => {}
        Confinement::Restricted => return Belonging::Confined,
        // It may have ended since its parents were looked at.
        Confinement::Unreadable if machine::parent(pid).is_none() => return Belonging::Unclear,
        Confinement::OtherNamespace | Confinement::Unreadable if is_vouched_for(shared, pid) => {}
        Confinement::OtherNamespace | Confinement::Unreadable => return Belonging::Confined,
    }
    if may_be_left_behind(shared, &chain) {
        return Belonging::Unclear;
    }
    Belonging::None
}

/// A process and those above it, up to the first one that adopts orphans.
struct Chain {
    pids: Vec<i32>,
    /// Whether its upper end was reached.
    is_whole: bool,
}

impl Chain {
    fn above(pid: i32) -> Self {
        let mut pids = vec![pid];
        let mut last = pid;
        let is_whole = loop {
            match machine::parent(last) {
                Some(parent) if parent <= 1 => break true,
                Some(parent) if pids.len() < MOST_PARENTS => pids.push(parent),
                Some(_) | None => break false,
            }
            last = *pids.last().expect("invariant: it has the process itself");
        };
        Self { pids, is_whole }
    }
}

/// Whether a process may be what a restricted attempt left behind whose supervisor is gone and whose tree is not proven
/// empty. Orphans of it went to one of those above us, or to the first process; so whoever has, below these, somebody
/// above it that is older than the attempt is none of them.
fn may_be_left_behind(shared: &Shared, chain: &Chain) -> bool {
    let adopters: HashSet<i32> = Chain::above(i32::try_from(std::process::id()).unwrap_or(0))
        .pids
        .into_iter()
        .collect();
    let below = chain.pids.iter().take_while(|pid| !adopters.contains(*pid));
    let oldest = below
        .filter_map(|pid| machine::start_time(*pid))
        .min()
        .unwrap_or(u64::MAX);
    let older: Vec<(TaskId, Fence, Supervisor)> = {
        let watched = shared.watched();
        let known = watched
            .iter()
            .filter_map(|(task, watched)| Some((*task, watched.fence, watched.supervisor?)));
        known
            .filter(|(_, _, supervisor)| supervisor.start_time <= oldest)
            .collect()
    };
    let is_of_a_restricted = |task: TaskId| {
        let task = shared.board().task(task).cloned();
        task.is_none_or(|task| is_restricted(shared, &task))
    };
    let is_over = |task: TaskId, fence: Fence| AttemptFolder::at(shared.attempt_folder(task, fence)).has_receipt();
    older
        .into_iter()
        .any(|(task, fence, supervisor)| !supervisor.is_alive() && !is_over(task, fence) && is_of_a_restricted(task))
}

/// Whether the user named the container that a process is in as one that may ask.
fn is_vouched_for(shared: &Shared, pid: i32) -> bool {
    let Some(group) = machine::control_group(pid) else {
        return false;
    };
    let mut trusted = shared.config.trusted_containers.iter();
    trusted.any(|trusted| Path::new(&group).starts_with(trusted))
}

/// Whether a task has fewer rights than its user: by its own access, or because it is below one that has. An unmanaged
/// task below a restricted one was submitted by somebody else, or before; it is held to what is above it all the same.
pub(crate) fn is_restricted(shared: &Shared, task: &Task) -> bool {
    let parent = |task: &Task| task.parent.and_then(|id| shared.task(id).ok().flatten());
    let is_so = |task: &Task| task.spec.access != Access::Unmanaged;
    is_so(task) || std::iter::successors(parent(task), |above| parent(above)).any(|above| is_so(&above))
}

/// The restricted attempts that run.
fn restricted_attempts(shared: &Shared) -> Vec<(TaskId, Fence)> {
    let running: Vec<Arc<Task>> = shared.board().running().cloned().collect();
    let restricted = running.into_iter().filter(|task| is_restricted(shared, task));
    restricted.map(|task| (task.id, task.life.fence)).collect()
}

/// Whether a restricted task of this daemon runs, or anything that one of any daemon of this user has left behind. Looks
/// through all processes if none runs.
fn is_anybody_restricted(shared: &Shared) -> bool {
    !restricted_attempts(shared).is_empty() || Restricted::now().are_any
}

/// Where a process belongs that cannot be seen, by the control group in which its socket was made, if that is known.
/// Blocks: it looks through all processes.
pub(crate) fn belonging_of_unseen(shared: &Shared, group: Option<u64>) -> Belonging {
    let running: Vec<(TaskId, Fence)> = {
        let watched = shared.watched();
        watched.iter().map(|(task, watched)| (*task, watched.fence)).collect()
    };
    let is_in_its_groups = |(task, fence): &(TaskId, Fence)| {
        let groups = AttemptFolder::at(shared.attempt_folder(*task, *fence)).control_groups();
        group.is_some_and(|group| groups.is_some_and(|groups| groups.ids.contains(&group)))
    };
    if let Some((task, _)) = running.into_iter().find(is_in_its_groups) {
        return Belonging::Task(task);
    }
    let restricted = Restricted::now();
    let is_outside = group.is_some_and(|group| restricted.are_outside_of(group));
    if is_outside || (!restricted.are_any && restricted_attempts(shared).is_empty()) {
        Belonging::None
    } else {
        Belonging::Unseen
    }
}

/// The running task in whose environment this token is; nothing if there is none.
pub(crate) fn task_of_token(shared: &Shared, token: &str) -> Option<TaskId> {
    let marker = format!("LONGHAUL_TOKEN={token}");
    let running: Vec<_> = shared
        .watched()
        .iter()
        .map(|(task, watched)| (*task, watched.fence))
        .collect();
    let is_its_own = |(task, fence): &(TaskId, Fence)| {
        let sealed = AttemptFolder::at(shared.attempt_folder(*task, *fence)).spec();
        matches!(sealed, Ok(Some(spec)) if are_equal(spec.marker.as_bytes(), marker.as_bytes()))
    };
    running.into_iter().find(is_its_own).map(|(task, _)| task)
}

/// Whether two secrets are equal, in a time that does not tell how far they are.
fn are_equal(left: &[u8], right: &[u8]) -> bool {
    let differences = left
        .iter()
        .zip(right)
        .fold(0, |seen, (left, right)| seen | (left ^ right));
    left.len() == right.len() && differences == 0
}

/// Cancels the active children of a canceled task; theirs follow from their own cancel. A child that was repeated by
/// somebody after the parent was gone is a new wish, and goes on.
pub(crate) async fn cancel_children(shared: Arc<Shared>, parent: TaskId) {
    let gone_at = shared
        .task(parent)
        .ok()
        .flatten()
        .and_then(|task| task.life.state.ended().map(|ended| ended.at));
    let children: Vec<Arc<Task>> = {
        let board = shared.board();
        let children = board.children(parent).into_iter();
        children.filter_map(|id| board.task(id).cloned()).collect()
    };
    for child in children {
        if gone_at.is_some_and(|gone_at| child.created_at > gone_at) {
            continue;
        }
        let event = Event::CancelRequested {
            by: Actor::Task(parent),
            reason: Some("its parent was canceled".to_owned()),
        };
        let apply = Apply::new(child.id, event, Actor::Task(parent), shared.clock.now());
        // Refused means over or stopping already; anything else the round finds again.
        let _ = shared.apply(apply).await;
    }
}

/// Whether `task` was submitted by `ancestor` or by something below it.
pub(crate) fn is_below(shared: &Shared, task: &Task, ancestor: TaskId) -> bool {
    let mut parent = task.parent;
    while let Some(id) = parent {
        if id == ancestor {
            return true;
        }
        parent = shared.task(id).ok().flatten().and_then(|task| task.parent);
    }
    false
}

/// A slot lent to a descendant for as long as this lives.
pub(crate) struct Loan {
    shared: Arc<Shared>,
    lender: TaskId,
    descendant: TaskId,
}

impl Loan {
    /// Lends the slot of `lender`, which waits for `descendant`, and notes that it is not idle.
    pub(crate) fn begin(shared: &Arc<Shared>, lender: TaskId, descendant: TaskId) -> Self {
        shared.board().lend(lender, descendant);
        shared.tell(Input::Dispatch);
        spawn(tell_busy(Arc::clone(shared), lender));
        Self {
            shared: Arc::clone(shared),
            lender,
            descendant,
        }
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        self.shared.board().end_loan(self.lender, self.descendant);
        spawn(tell_busy(Arc::clone(&self.shared), self.lender));
        self.shared.tell(Input::Dispatch);
    }
}

/// Tells the supervisor, by a file, whether its task waits through us: then it is not idle.
pub(crate) async fn tell_busy(shared: Arc<Shared>, task: TaskId) {
    let Some(fence) = shared.board().task(task).map(|task| task.life.fence) else {
        return;
    };
    let path = AttemptFolder::at(shared.attempt_folder(task, fence)).busy_path();
    let tell = move || {
        let _one_at_a_time = shared.busy_files.lock();
        let is_waiting = shared.board().is_waiting_inside(task);
        // A file that cannot be changed now is looked at again in the next round.
        let _ = match (is_waiting, path.exists()) {
            (true, false) => std::fs::write(&path, ""),
            (false, true) => std::fs::remove_file(&path),
            (true, true) | (false, false) => Ok(()),
        };
    };
    blocking(tell).await;
}
