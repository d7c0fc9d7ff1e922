//! `command`: a program and its arguments, as in a shell.

use longhaul_model::{Facts, Outcome, Spec, Verdict};
use longhaul_supervisor::output::{Reader, Stream};
use longhaul_supervisor::{Capture, Step};

use super::executor::{Brief, Executor, Plan};
use super::text::last_line;

pub(super) struct Command;

impl Executor for Command {
    fn plan(&self, brief: &Brief<'_>) -> Result<Plan, Outcome> {
        let spec = &brief.task.spec;
        let words = spec.work.command().unwrap_or_default().to_vec();
        Ok(Plan {
            capture: if spec.pty { Capture::Pty } else { Capture::Pipe },
            ..Plan::of(brief.arrangement.folder.clone(), vec![Step::program(words)])
        })
    }

    fn read_end(&self, _spec: &Spec, verdict: &Verdict, output: &Reader, facts: &mut Facts) {
        let streams = match verdict {
            Verdict::Failed(_) | Verdict::Lost { .. } => [Stream::Stderr, Stream::Stdout],
            _ => [Stream::Stdout, Stream::Stderr],
        };
        facts.summary = streams.into_iter().find_map(|stream| last_line(output, stream));
    }
}
