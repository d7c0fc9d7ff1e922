//! Which way of killing a tree this machine gives; for people who ask.

use std::path::PathBuf;

use crate::cgroup::{self, Leaf};

/// What a tree can be killed by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Available {
    /// A control group made below this one, and the sweep.
    Cgroup {
        /// Our own control group.
        path: PathBuf,
    },
    /// The sweep alone: children of the subreaper, until there are none.
    Sweep {
        /// Why there is no control group, for people.
        why: String,
    },
}

/// Tries it out: makes a control group and removes it.
pub fn available() -> Available {
    let own = match cgroup::own() {
        Ok(own) => own,
        Err(why) => return Available::Sweep { why },
    };
    match Leaf::create(own.join(format!("longhaul-probe-{}", std::process::id()))) {
        Ok(leaf) => {
            leaf.remove();
            Available::Cgroup { path: own }
        }
        Err(error) => Available::Sweep {
            why: format!("making a control group below {} failed: {error}", own.display()),
        },
    }
}
