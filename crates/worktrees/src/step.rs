//! The steps of an attempt that this crate does: what the hidden command of the binary runs. Orders come as JSON in an
//! argument, sealed with the attempt; what is noteworthy goes to standard error and into the report.

use std::io::Write as _;
use std::path::PathBuf;

use longhaul_model::{Landing, with_causes};
use serde::{Deserialize, Serialize};

use crate::apply::{self, Applied};
use crate::direct::Direct;
use crate::error::TreeError;
use crate::git::Git;
use crate::in_place::{self, Picture};
use crate::land::{self, LandOrder, LandOutcome, Ready};
use crate::names::Places;
use crate::prepare::{self, Preparing, short};
use crate::record::Record;
use crate::remove;
use crate::report::Report;

/// The exit code of a landing that found conflicts.
pub const CONFLICT: u8 = 4;
/// How often a landing whose target moved meanwhile is merged anew.
const MOST_MERGES: u32 = 5;

/// What a step is to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepOrder {
    /// Make a worktree ready.
    Prepare(Preparing),
    /// Leave it in order.
    Leave {
        /// The state folder.
        state: PathBuf,
        /// The number of its record.
        tree: u64,
    },
    /// Take a picture of a workspace.
    Picture(Picture),
    /// The first half of a landing that is checked: merge, and lay the merged tree out.
    LandMerge(LandOrder),
    /// The second half, or all of a landing that is not checked.
    Land(LandOrder),
    /// Clear up after a landing, whatever became of it.
    LandClear(LandOrder),
}

/// Does it; gives the exit code.
pub fn run(order: &StepOrder) -> u8 {
    let report_path = match order {
        StepOrder::Prepare(order) => Some(&order.report),
        StepOrder::Picture(order) => Some(&order.report),
        StepOrder::LandMerge(order) | StepOrder::Land(order) | StepOrder::LandClear(order) => Some(&order.report),
        StepOrder::Leave { .. } => None,
    };
    let mut report = report_path.and_then(|path| Report::read(path).ok()).unwrap_or_default();
    let known = report.notes.len();
    let done = act(order, &mut report);
    for note in report.notes.iter().skip(known) {
        say(&format!("longhaul: {note}"));
    }
    let code = match done {
        Ok(code) => code,
        Err(error) => {
            say(&format!("longhaul: {}", with_causes(&error)));
            if let Some(hint) = error.hint() {
                say(&format!("hint: {hint}"));
            }
            // The first thing that went wrong is the reason.
            if report.error.is_none() {
                report.error = Some(with_causes(&error));
                report.hint = error.hint().map(str::to_owned);
            }
            1
        }
    };
    if let Some(path) = report_path
        && report != Report::default()
        && let Err(error) = report.write(path)
    {
        say(&format!("longhaul: {}", with_causes(&error)));
    }
    code
}

fn act(order: &StepOrder, report: &mut Report) -> Result<u8, TreeError> {
    match order {
        StepOrder::Prepare(order) => prepare::prepare(&Direct, order, report)?,
        StepOrder::Leave { state, tree } => prepare::leave(&Direct, &Places::of(state), *tree)?,
        StepOrder::Picture(order) => in_place::take(&Direct, order, report),
        StepOrder::LandMerge(order) => return merge(order, report),
        StepOrder::Land(order) => return land(order, report),
        StepOrder::LandClear(order) => clear(order, report)?,
    }
    Ok(0)
}

fn merge(order: &LandOrder, report: &mut Report) -> Result<u8, TreeError> {
    phase("merging");
    match land::merge_only(&Direct, order)? {
        LandOutcome::Ready(ready) => {
            land::make_check(&Direct, order, &ready)?;
            phase("checking");
            Ok(0)
        }
        // There is nothing to check; the landing itself says so.
        LandOutcome::Nothing { .. } => Ok(0),
        LandOutcome::Conflicts(landing) => conflicts(order, landing, report),
    }
}

fn land(order: &LandOrder, report: &mut Report) -> Result<u8, TreeError> {
    hold_signals();
    let mut ready = land::checked(order)?;
    for _ in 0..MOST_MERGES {
        let is_checked = ready.is_some();
        let next = match ready.take() {
            Some(ready) => ready,
            None => {
                phase("merging");
                match land::merge_only(&Direct, order)? {
                    LandOutcome::Ready(ready) => ready,
                    LandOutcome::Nothing { target, commit, tip } => {
                        return nothing(order, target, commit, &tip, report);
                    }
                    LandOutcome::Conflicts(landing) => return conflicts(order, landing, report),
                }
            }
        };
        phase("applying");
        if apply::apply(&Direct, order, &next)? == Applied::Done {
            return done(order, &next, report);
        }
        if is_checked {
            return Err(TreeError::refused(
                format!("{} moved on while the merge was checked", next.target),
                format!("longhaul land {} tries again", order.tree),
            ));
        }
    }
    Err(TreeError::refused(
        "the target moves on all the time",
        format!("longhaul land {} tries again", order.tree),
    ))
}

fn done(order: &LandOrder, ready: &Ready, report: &mut Report) -> Result<u8, TreeError> {
    let places = Places::of(&order.state);
    report.landing = Some(Landing {
        target: ready.target.clone(),
        commit: Some(ready.new.clone()),
        conflicts: Vec::new(),
    });
    report.write(&order.report)?;
    if let Some(record) = Record::read(&places, order.tree)? {
        let shown = land::shown_commit(&Git::at(&Direct, &record.workspace), &ready.new)?;
        print(&format!("landed on {}: {shown}", ready.target));
    }
    phase("clearing up");
    clear_landed(&places, order.tree, report);
    Ok(0)
}

fn nothing(order: &LandOrder, target: String, commit: String, tip: &str, report: &mut Report) -> Result<u8, TreeError> {
    apply::record_nothing(&Direct, order, &commit, tip)?;
    print(&format!("{target} has all of it already, at {}", short(&commit)));
    report.landing = Some(Landing {
        target,
        commit: Some(commit),
        conflicts: Vec::new(),
    });
    clear_landed(&Places::of(&order.state), order.tree, report);
    Ok(0)
}

/// It has landed; a worktree that cannot be removed now is removed by the daemon later.
fn clear_landed(places: &Places, tree: u64, report: &mut Report) {
    match apply::clear_landed(&Direct, places, tree) {
        Ok(salvaged) => remove::note(&salvaged, report),
        Err(error) => report.note(format!("its worktree is still there: {}", with_causes(&error))),
    }
}

fn conflicts(order: &LandOrder, landing: Landing, report: &mut Report) -> Result<u8, TreeError> {
    let record = Record::read(&Places::of(&order.state), order.tree)?;
    let place = record.as_ref().and_then(|record| record.place.as_ref());
    let branch = place.map_or("the worktree", |place| place.branch.as_str());
    print(land::conflict_text(&landing, branch).trim_end());
    let count = landing.conflicts.len();
    let files = if count == 1 {
        "1 file"
    } else {
        &format!("{count} files")
    };
    report.error = Some(format!(
        "conflicts with {} in {files}; nothing was changed",
        landing.target
    ));
    let task = record.as_ref().map_or(order.tree, |record| record.task);
    report.hint = Some(format!(
        "longhaul redispatch {task} --onto-target lets the task resolve them"
    ));
    report.landing = Some(landing);
    Ok(CONFLICT)
}

fn clear(order: &LandOrder, report: &mut Report) -> Result<(), TreeError> {
    hold_signals();
    let places = Places::of(&order.state);
    land::clear_check(&Direct, order)?;
    if apply::recover(&Direct, &places, order.tree)? == Some(true) {
        report.note("it was cut off after its changes were part of the target: they have landed");
        clear_landed(&places, order.tree, report);
    }
    Ok(())
}

/// A landing that is about to change the workspace is not ended half way by a polite signal; it is over in a moment.
fn hold_signals() {
    for signal in [libc::SIGTERM, libc::SIGINT, libc::SIGHUP] {
        // SAFETY: ignoring a signal is always allowed, and this process has one thread.
        unsafe { libc::signal(signal, libc::SIG_IGN) };
    }
}

fn phase(phase: &str) {
    say(&format!("{PHASE}{phase}"));
}

/// What begins a line that tells how far a landing is.
pub const PHASE: &str = "landing: ";

fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn print(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
