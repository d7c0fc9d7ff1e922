//! What really keeps a running program from writing, as its supervisor recorded it.

use longhaul_model::Access;
use longhaul_store::Fact;
use longhaul_supervisor::{Level, Reached};

use super::confinement;

/// What is known of a task by this.
pub(super) fn facts_of(access: Access, reached: &Reached) -> Vec<Fact> {
    let detail = Fact::EnforcementDetail(reached.detail.clone());
    if access == Access::ReadOnly {
        vec![Fact::Enforcement(Some(confinement::enforcement(reached.level))), detail]
    } else if reached.level < Level::Kernel {
        vec![detail]
    } else {
        Vec::new()
    }
}
