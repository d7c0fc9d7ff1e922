//! Kinds whose rooms are being built: the server accepts none of them yet.

use longhaul_model::{Facts, Outcome, Reason, Spec, Verdict};
use longhaul_supervisor::output::Reader;

use super::{Executor, Job, Plan};

pub(super) struct Unready;

impl Executor for Unready {
    fn plan(&self, job: &Job<'_>) -> Result<Plan, Outcome> {
        let kind = job.task.spec.work.kind();
        Err(Outcome::new(
            Reason::SpawnError,
            format!("this version cannot run the kind {kind}"),
        ))
    }

    fn read_end(&self, _spec: &Spec, _verdict: &Verdict, _output: &Reader, _facts: &mut Facts) {}
}
