//! Ends what a supervisor that was killed has left behind, and proves it gone.
//!
//! Ours are: the members of the attempt's control groups; processes that carry the attempt's marker in their
//! environment, or write where its last program's output went; the supervisor's session, where something proves that the session is still that one; and all that
//! descends from these. What cannot be proven ours is not touched.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant, UNIX_EPOCH};

use crate::cgroup::Leaf;
use crate::clock;
use crate::document::ReadError;
use crate::folder::{self, AttemptFolder};
use crate::identity::Liveness;
use crate::output;
use crate::process::{self, Process};
use crate::signal::Signal;
use crate::started::{Leader, Started};

/// What is left of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Swept {
    /// Nothing.
    Empty,
    /// These would not die within the time that one sweep takes.
    Remaining(Vec<i32>),
}

/// Why a tree could not be swept.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// Its supervisor lives: it is its own to end.
    #[error("the attempt's supervisor is alive")]
    Supervised,
    /// It ran in another pid namespace of this boot: what is left of it cannot be told from here.
    #[error("the attempt ran in another pid namespace")]
    Elsewhere,
    /// A file of the folder could not be read.
    #[error("reading what to sweep")]
    Read(#[from] ReadError),
    /// The system refused.
    #[error("sweeping the attempt's processes")]
    Io(#[from] io::Error),
}

/// How long one sweep tries.
const LIMIT: Duration = Duration::from_secs(5);

/// Ends everything of the attempt in `folder`, whose supervisor must be gone. An attempt of an earlier boot, or one
/// that never began, is empty. Then the output index is completed from the files.
pub fn sweep(folder: &Path) -> Result<Swept, SweepError> {
    let attempt = AttemptFolder::at(folder);
    let Some(_lock) = attempt.try_lock()? else {
        return Err(SweepError::Supervised);
    };
    let Some(started) = attempt.started()? else {
        return Ok(Swept::Empty);
    };
    match started.identity.liveness()? {
        // The lock was free, so a process of that number and start time is on its last instruction.
        Liveness::Alive | Liveness::Gone => {}
        Liveness::Elsewhere => return Err(SweepError::Elsewhere),
    }
    let spec = attempt
        .spec()?
        .ok_or_else(|| ReadError::damaged(&attempt.file(folder::SPEC), "it is missing"))?;
    if process::boot_id()? == started.identity.boot_id {
        let hunt = Hunt {
            marker: spec.marker.clone(),
            alive_until: last_sign_of_life(&attempt),
            leader: attempt.leader()?,
            started,
        };
        let remaining = hunt.run();
        if !remaining.is_empty() {
            return Ok(Swept::Remaining(remaining));
        }
    }
    output::seal(folder, &spec)?;
    let _ = std::fs::remove_dir_all(attempt.file(folder::TMP));
    let _ = std::fs::remove_file(attempt.file(folder::UNKILLABLE));
    Ok(Swept::Empty)
}

/// Seconds since 1970 at which the supervisor is known to have been alive: its files' last change.
fn last_sign_of_life(attempt: &AttemptFolder) -> Duration {
    [folder::STARTED, folder::LEADER, output::INDEX]
        .iter()
        .filter_map(|name| {
            std::fs::metadata(attempt.file(name))
                .ok()?
                .modified()
                .ok()?
                .duration_since(UNIX_EPOCH)
                .ok()
        })
        .max()
        .unwrap_or_default()
}

struct Hunt {
    marker: String,
    started: Started,
    leader: Option<Leader>,
    alive_until: Duration,
}

impl Hunt {
    /// What would not die.
    fn run(&self) -> Vec<i32> {
        let leaves = || {
            self.started
                .cgroup_prefix
                .as_deref()
                .map(Leaf::beginning_with)
                .unwrap_or_default()
        };
        let deadline = clock::now() + LIMIT;
        loop {
            for leaf in leaves() {
                let _ = leaf.kill();
            }
            let ours = self.freeze(deadline);
            for one in &ours {
                process::signal(one, Signal::KILL);
            }
            let populated: Vec<Leaf> = leaves().into_iter().filter(|leaf| !leaf.is_empty()).collect();
            if ours.is_empty() && populated.is_empty() {
                leaves().iter().for_each(Leaf::remove);
                return Vec::new();
            }
            if clock::now() >= deadline {
                let members = populated.iter().flat_map(Leaf::members);
                let mut remaining: Vec<i32> = ours.iter().map(|one| one.pid).chain(members).collect();
                remaining.sort_unstable();
                remaining.dedup();
                return remaining;
            }
            // A killed process needs a moment to be gone; there is nothing to wait on for a stranger's child.
            std::thread::sleep(Duration::from_millis(3));
        }
    }

    /// Stops all of ours so that none can start another unseen, and lists them.
    fn freeze(&self, deadline: Instant) -> Vec<Process> {
        let mut stopped = HashSet::new();
        loop {
            let ours = self.ours();
            let fresh: Vec<&Process> = ours
                .iter()
                .filter(|one| stopped.insert((one.pid, one.start_time)))
                .collect();
            if fresh.is_empty() || clock::now() >= deadline {
                return ours;
            }
            for one in fresh {
                process::signal(one, Signal::STOP);
            }
        }
    }

    fn ours(&self) -> Vec<Process> {
        let everyone: Vec<Process> = process::all().into_iter().filter_map(process::read).collect();
        let ourselves = with_ancestors(&everyone);
        let living = || {
            everyone
                .iter()
                .filter(|one| !one.zombie && !ourselves.contains(&one.pid))
        };
        let session = self.started.identity.pid;
        let carries = |one: &Process| process::carries(one.pid, self.marker.as_bytes());
        let mut ours: HashSet<i32> = living().filter(|one| carries(one)).map(|one| one.pid).collect();
        if let Some(leader) = &self.leader {
            let is_leader = |one: &Process| one.pid == leader.pid && one.start_time == leader.start_time;
            let writes = |one: &Process| process::writes_to(one.pid, &leader.channels);
            ours.extend(living().filter(|one| is_leader(one) || writes(one)).map(|one| one.pid));
        }
        // A session's number is not given out again while it has members. So if one of them is proven ours, all are;
        // one that was in it while our supervisor lived can only be ours; and if the number belongs to another process
        // now, none is.
        let given_out_again = everyone
            .iter()
            .any(|one| one.pid == session && one.start_time != self.started.identity.start_time);
        let in_session: Vec<&Process> = living()
            .filter(|one| one.session == session && !given_out_again)
            .collect();
        if in_session
            .iter()
            .any(|one| ours.contains(&one.pid) || self.predates_the_end(one))
        {
            ours.extend(in_session.iter().map(|one| one.pid));
        }
        let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
        for one in living() {
            children.entry(one.parent).or_default().push(one.pid);
        }
        let mut unvisited: Vec<i32> = ours.iter().copied().collect();
        while let Some(parent) = unvisited.pop() {
            unvisited.extend(
                children
                    .get(&parent)
                    .into_iter()
                    .flatten()
                    .filter(|child| ours.insert(**child)),
            );
        }
        living().filter(|one| ours.contains(&one.pid)).copied().collect()
    }

    /// Whether a process was started before the supervisor's last sign of life (and after the supervisor).
    fn predates_the_end(&self, one: &Process) -> bool {
        let supervisor = &self.started.identity;
        let ticks = u128::from(process::ticks_per_second());
        let Some(lived_us) = self
            .alive_until
            .as_micros()
            .checked_sub(u128::try_from(self.started.started_at_us).unwrap_or(0))
        else {
            return false;
        };
        let until = u128::from(supervisor.start_time) + lived_us * ticks / 1_000_000;
        one.start_time >= supervisor.start_time && u128::from(one.start_time) <= until
    }
}

/// This process and those above it, which are never ours to end: the daemon may itself run inside a task.
fn with_ancestors(everyone: &[Process]) -> HashSet<i32> {
    let parents: HashMap<i32, i32> = everyone.iter().map(|one| (one.pid, one.parent)).collect();
    let mut found = HashSet::from([1]);
    let mut pid = i32::try_from(std::process::id()).unwrap_or(0);
    while found.insert(pid) {
        match parents.get(&pid) {
            Some(parent) => pid = *parent,
            None => break,
        }
    }
    found
}
