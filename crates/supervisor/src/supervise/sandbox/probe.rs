//! What this machine gives, found out by trying: a process shuts itself in as a read-only program would be, and ends.

use std::path::Path;

use super::super::birth::{self, Birth};
use super::{Cage, Missing, Wanted};
use crate::environment::Environment;
use crate::sandbox::{Level, Reached, Sandbox};

/// Tries until something is reached. Must be called in a process of one thread.
pub(in crate::supervise) fn probe() -> Reached {
    let sandbox = Sandbox::read_only();
    let wanted = Wanted {
        sandbox: &sandbox,
        environment: &Environment::default(),
        cwd: Path::new("/"),
        tmp: None,
        outputs: [1, 2],
    };
    let mut missing = Missing::default();
    // Each round but the last finds one of three layers missing.
    for _ in 0..4 {
        let mut cage = Cage::prepare(wanted, missing.clone());
        match birth::bear(Birth::OfNobody, Some(&mut cage), None) {
            Ok(pid) => {
                // SAFETY: the number is our child's until this has waited for it.
                unsafe { libc::waitpid(pid, std::ptr::null_mut(), 0) };
                return cage.reached();
            }
            Err(birth::Stillbirth::Sandbox(fault)) => missing.add(fault),
            Err(birth::Stillbirth::Program(error)) => {
                missing.mounts.get_or_insert(error.to_string());
                missing.landlock.get_or_insert(error.to_string());
            }
        }
    }
    Reached {
        level: Level::Agent,
        detail: "the kernel keeps nothing".to_owned(),
    }
}
