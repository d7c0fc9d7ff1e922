//! Which executor a kind of work has.

use longhaul_model::Work;

use super::executor::Executor;
use super::{agent, clone, command, land};

/// The executor of this kind of work.
pub(crate) fn executor(work: &Work) -> &'static dyn Executor {
    match work {
        Work::Command { .. } => &command::Command,
        Work::Clone { .. } => &clone::Clone,
        Work::Agent(_) => &agent::Agent,
        Work::Land(_) => &land::Land,
    }
}
