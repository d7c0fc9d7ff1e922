//! What this machine gives, found out by trying.

use std::path::Path;

use longhaul_supervisor::Reached;

use crate::runtime::blocking;

/// What the kernel keeps from a read-only program here. What cannot be found out counts as nothing.
pub(crate) async fn probe_enforcement(supervisor_program: &Path) -> Reached {
    let program = supervisor_program.to_owned();
    let probed = blocking(move || longhaul_supervisor::sandbox::probe(&program, &[])).await;
    match probed {
        Some(Ok(reached)) => reached,
        Some(Err(error)) => Reached {
            level: longhaul_supervisor::Level::Agent,
            detail: format!("what the kernel keeps could not be found out: {error}"),
        },
        None => Reached {
            level: longhaul_supervisor::Level::Agent,
            detail: "what the kernel keeps could not be found out".to_owned(),
        },
    }
}
