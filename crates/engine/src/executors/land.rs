//! `land`: the changes of a worktree, brought into the workspace it was made from.
//!
//! Everything is done by steps of this very program under the attempt's supervisor, and so is the project's own check,
//! which runs in a worktree of the merged tree before anything counts.

use std::path::PathBuf;

use longhaul_model::{Facts, LandWork, Outcome, Progress, Reason, Spec, Verdict, Work, with_causes};
use longhaul_supervisor::output::{Reader, Stream};
use longhaul_supervisor::{Receipt, Step};
use longhaul_worktrees::{LandOrder, PROJECT_FILE, StepOrder, find};

use super::executor::{Brief, Executor, Over, Plan};
use super::text::last_line;
use super::verdict::{exit_of, explained, program_verdict};
use crate::workspace::{check_steps, step_words, tree_of};

pub(super) struct Land;

/// The step that merges before the check.
const MERGE: &str = "merge";
/// The project's own step.
const CHECK: &str = "check";
/// The exit code of a merge with conflicts.
const CONFLICT: i32 = longhaul_worktrees::step::CONFLICT as i32;

impl Executor for Land {
    fn plan(&self, brief: &Brief<'_>) -> Result<Plan, Outcome> {
        let Work::Land(land) = &brief.task.spec.work else {
            return Err(Outcome::new(Reason::SpawnError, "it is no landing"));
        };
        let workspace = PathBuf::from(&brief.task.workspace);
        let places = brief.installation.places();
        let project = find(&places, &workspace).map_err(|error| Outcome::new(Reason::Setup, with_causes(&error)))?;
        let checks = match &project {
            Some(found) if !found.project.check.is_empty() && !found.is_trusted => {
                let shown = workspace.display();
                let message = format!("{PROJECT_FILE} names a check, and is not trusted as it is now");
                let hint = format!("look at it, then: longhaul trust {shown}");
                return Err(Outcome::new(Reason::Setup, message).with_hint(hint));
            }
            Some(found) => check_steps(&found.project, &places.check(brief.task.id.get())),
            None => Vec::new(),
        };
        let order = order(brief, land, !checks.is_empty())?;
        let step = |name: &str, act: StepOrder| Step::run(name, step_words(brief.installation, &act));
        let mut steps = Vec::new();
        if order.is_checked {
            steps.push(step(MERGE, StepOrder::LandMerge(order.clone())));
        }
        steps.extend(checks);
        steps.push(Step::program(step_words(
            brief.installation,
            &StepOrder::Land(order.clone()),
        )));
        steps.push(
            step("clear-up", StepOrder::LandClear(order))
                .always()
                .within_ms(300_000),
        );
        Ok(Plan::of(workspace, steps))
    }

    fn verdict(&self, over: &Over<'_>, receipt: &Receipt) -> Verdict {
        let merged = exit_of(receipt, MERGE).filter(|code| *code != 0);
        let checked = exit_of(receipt, CHECK).filter(|code| *code != 0);
        let verdict = match (program_verdict(receipt, over.report), merged, checked) {
            (Verdict::Failed(_), Some(code @ (1 | CONFLICT)), _) => Verdict::Failed(Outcome::exited(code)),
            (Verdict::Failed(_), None, Some(code)) => Verdict::Failed(
                Outcome::new(
                    Reason::Setup,
                    format!("the project's check of the merged tree exited with code {code}"),
                )
                .with_hint("nothing was changed; `longhaul logs` shows what it said"),
            ),
            (verdict, ..) => verdict,
        };
        match verdict {
            // All its steps but the check are ours: they know better than their exit why they failed.
            Verdict::Failed(outcome) if matches!(outcome.reason, Reason::Setup | Reason::Exit) => {
                Verdict::Failed(explained(outcome, over.report))
            }
            verdict => verdict,
        }
    }

    fn read_end(&self, _spec: &Spec, verdict: &Verdict, output: &Reader, facts: &mut Facts) {
        facts.summary = match verdict {
            Verdict::Succeeded(_) => last_line(output, Stream::Stdout),
            _ => None,
        };
        facts.progress = None;
    }

    fn progress(&self, last_output: &str) -> Option<Progress> {
        let mut lines = last_output.lines().rev();
        let phase = lines.find_map(|line| line.strip_prefix(longhaul_worktrees::step::PHASE))?;
        Some(Progress {
            phase: phase.trim().to_owned(),
            percent: None,
        })
    }
}

fn order(brief: &Brief<'_>, land: &LandWork, is_checked: bool) -> Result<LandOrder, Outcome> {
    let landed = brief
        .landed
        .and_then(|landed| Some((landed.task.as_ref()?, landed.user)));
    let Some((landed, user)) = landed else {
        return Err(Outcome::new(Reason::Setup, format!("there is no task {}", land.task)));
    };
    // Somebody may have begun to work in the worktree again since the landing was asked for.
    if let Some(user) = user {
        let outcome = Outcome::new(Reason::Setup, format!("task {user} works in the worktree"));
        return Err(outcome.with_hint(format!("longhaul land {user} once that is over")));
    }
    let message = land
        .message
        .clone()
        .unwrap_or_else(|| format!("{}\n\nLonghaul-Task: {}", landed.spec.shown_name(), landed.id));
    Ok(LandOrder {
        state: brief.installation.state.clone(),
        tree: tree_of(landed).get(),
        task: brief.task.id.get(),
        report: brief.installation.report_file(brief.task.id, brief.fence),
        manner: land.manner,
        message,
        is_checked,
    })
}
