//! The living processes of a world, by what they are to it.

use rustix::process::Signal;

use crate::processes::{self, Process};
use crate::wait::{PATIENCE, wait_for, wait_until};
use crate::world::World;

impl World {
    /// The living processes of this world.
    pub fn processes(&self) -> Vec<Process> {
        processes::within(self.root())
    }

    /// The living processes that a task started, its supervisor not among them.
    pub fn processes_of(&self, task: u64) -> Vec<Process> {
        let id = task.to_string();
        let mut all = self.processes();
        all.retain(|process| process.variable("LONGHAUL_TASK_ID") == Some(&id) && process.supervises().is_none());
        all
    }

    /// The living supervisors of a task.
    pub fn supervisors_of(&self, task: u64) -> Vec<Process> {
        let mut all = self.processes();
        all.retain(|process| process.supervises().is_some_and(|(of, _)| of == task));
        all
    }

    /// The pid of the living supervisor of a running task.
    ///
    /// # Panics
    /// If it has none.
    #[track_caller]
    pub fn supervisor(&self, task: u64) -> u32 {
        let pid = wait_for(PATIENCE, || {
            self.supervisors_of(task).first().map(|process| process.pid)
        });
        pid.unwrap_or_else(|| panic!("task {task} has no supervisor"))
    }

    /// The pid of the program of a running task: the child of its supervisor.
    ///
    /// # Panics
    /// If it has none.
    #[track_caller]
    pub fn program_of(&self, task: u64) -> u32 {
        let supervisor = self.supervisor(task);
        let pid = wait_for(PATIENCE, || {
            self.processes_of(task)
                .iter()
                .find(|process| process.parent == supervisor)
                .map(|process| process.pid)
        });
        pid.unwrap_or_else(|| panic!("task {task} has no program"))
    }

    /// The pids of the daemons of this world; more than one is a fault.
    pub fn daemons(&self) -> Vec<u32> {
        self.processes()
            .iter()
            .filter(|process| process.is_daemon())
            .map(|process| process.pid)
            .collect()
    }

    /// Kills every daemon of this world as a crash would, and waits until they are gone.
    #[track_caller]
    pub fn crash_daemon(&self) {
        let daemons = self.daemons();
        assert!(!daemons.is_empty(), "there is no daemon to crash");
        for pid in &daemons {
            processes::send(*pid, Signal::KILL);
        }
        wait_until("the daemon is gone", PATIENCE, || {
            daemons.iter().all(|pid| !processes::is_alive(*pid))
        });
    }
}
