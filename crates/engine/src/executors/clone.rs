//! `clone`: `git clone` into a folder beside the target, moved into its place only when it is whole.
//!
//! Whatever happens on the way, there is never a half-cloned folder under the name that was asked for; what a lost
//! attempt leaves under its own name is removed before the task is called over, and so are the folders that were made
//! for it.
//!
//! A password in the URL goes to git through its environment: neither the process list nor the new repository's
//! configuration shows it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use longhaul_model::{Facts, Outcome, Progress, Reason, Spec, Verdict, without_credentials};
use longhaul_supervisor::output::{Reader, Stream};
use longhaul_supervisor::{Act, End, Receipt, Step};
use longhaul_worktrees::{Cloned, cloned};
use serde_json::{Map, Value};

use super::executor::{Brief, Executor, Over, Plan};
use super::login::Login;
use super::text::{plain, tail_text};
use super::verdict::program_verdict;

pub(super) struct Clone;

/// The step that looks whether the target is free, before anything is made or loaded.
const TARGET_CHECK: &str = "target-check";
const TARGET_IS_FREE: &str = r#"test ! -e "$1" || { test -d "$1" && test -z "$(ls -A "$1")"; }"#;

/// Where the clone grows: beside its target, so that moving it there is one step of the file system.
fn growing(dir: &Path, task: u64, fence: u64) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(dir.file_name().unwrap_or_else(|| "clone".as_ref()));
    name.push(format!(".longhaul-{task}-{fence}"));
    dir.with_file_name(name)
}

fn parts(spec: &Spec) -> (&str, &Path) {
    let (url, dir) = spec.work.clones().unwrap_or(("", "/"));
    (url, Path::new(dir))
}

impl Executor for Clone {
    fn plan(&self, brief: &Brief<'_>) -> Result<Plan, Outcome> {
        let (spec, task, fence) = (&brief.task.spec, brief.task.id.get(), brief.fence.0);
        let (url, dir) = parts(spec);
        let parent = dir.parent().unwrap_or(Path::new("/")).to_owned();
        let growing = growing(dir, task, fence);
        let login = Login::of(url);
        let mut program: Vec<OsString> = vec!["git".into()];
        // A question for a password would be asked of nobody.
        let mut environment = vec![
            ("GIT_TERMINAL_PROMPT", "0".to_owned()),
            ("GCM_INTERACTIVE", "never".to_owned()),
        ];
        if let Some(login) = &login {
            program.extend(login.options().map(OsString::from));
            environment.extend(login.environment());
        }
        let source = login
            .as_ref()
            .map_or_else(|| url.to_owned(), |_| without_credentials(url));
        program.extend(["clone", "--progress", "--", &source].map(OsString::from));
        program.push(growing.clone().into());
        let made = missing_folders(&parent);
        let steps = [
            Step::run(
                TARGET_CHECK,
                ["sh", "-c", TARGET_IS_FREE, "sh"]
                    .map(OsString::from)
                    .into_iter()
                    .chain([dir.into()]),
            ),
            Step::act("prepare", Act::MakeFolder { path: parent }),
            Step::program(program),
            Step::act(
                "publish",
                Act::Rename {
                    from: growing.clone(),
                    to: dir.to_owned(),
                },
            ),
            Step::act("tear-down", Act::RemoveTree { path: growing }).always(),
        ];
        let steps = steps.into_iter().chain(remove_if_empty(made)).collect();
        Ok(Plan {
            environment,
            // Relative URLs are read from the folder in which the task was asked for.
            ..Plan::of(PathBuf::from(&spec.cwd), steps)
        })
    }

    fn verdict(&self, over: &Over<'_>, receipt: &Receipt) -> Verdict {
        let (_, dir) = parts(&over.task.spec);
        match program_verdict(receipt, over.report) {
            Verdict::Failed(outcome) if outcome.reason == Reason::Exit => {
                let fault = last_complaint(over.output).unwrap_or_else(|| outcome.message.clone());
                Verdict::Failed(Outcome {
                    message: format!("git clone: {fault}"),
                    ..outcome
                })
            }
            Verdict::Failed(outcome) if outcome.reason == Reason::Setup => {
                Verdict::Failed(match &receipt.end {
                    End::SetUpFailed { step, message } if step == TARGET_CHECK && message.contains("exited") => {
                        let message = format!("{} exists and is not an empty folder", dir.display());
                        Outcome { message, ..outcome }.with_hint("the target must not exist, or be an empty folder")
                    }
                    // It could not even look: the folder that the task was asked for in is gone.
                    End::SetUpFailed { step, message } if step == TARGET_CHECK => Outcome {
                        message: message.clone(),
                        ..outcome
                    },
                    _ => outcome,
                })
            }
            verdict => verdict,
        }
    }

    fn read_end(&self, spec: &Spec, verdict: &Verdict, output: &Reader, facts: &mut Facts) {
        let (url, dir) = parts(spec);
        facts.summary = match verdict {
            Verdict::Succeeded(_) => Some(format!("{} cloned into {}", without_credentials(url), dir.display())),
            _ => last_complaint(output),
        };
        facts.data = match verdict {
            Verdict::Succeeded(_) => cloned(dir).map(told),
            _ => None,
        };
        facts.progress = None;
    }

    fn progress(&self, last_output: &str) -> Option<Progress> {
        last_output.split(['\r', '\n']).rev().find_map(progress_of_line)
    }

    fn remains(&self, spec: &Spec, task: u64, fence: u64) -> Option<PathBuf> {
        Some(growing(parts(spec).1, task, fence))
    }
}

/// What it gave, for programs.
fn told(cloned: Cloned) -> Map<String, Value> {
    let mut told = Map::new();
    told.insert("commit".to_owned(), cloned.commit.into());
    told.insert("branch".to_owned(), cloned.branch.into());
    told.insert("files".to_owned(), cloned.files.into());
    told
}

/// Reads git's own words, such as `Receiving objects:  45% (9/20), 1.2 MiB`.
fn progress_of_line(line: &str) -> Option<Progress> {
    let line = line.trim().trim_start_matches("remote: ");
    let (phase, rest) = line.split_once(':')?;
    let percent: u8 = rest
        .split_once('%')?
        .0
        .trim()
        .parse()
        .ok()
        .filter(|percent| *percent <= 100)?;
    Some(Progress {
        phase: phase.to_lowercase(),
        percent: Some(percent),
    })
}

/// What git complained of: its last `fatal:` or `error:` line, without credentials.
fn last_complaint(output: &Reader) -> Option<String> {
    let text = tail_text(output, 50, Some(Stream::Stderr));
    let line = complaint(&text)?;
    Some(
        plain(line)
            .split(' ')
            .map(hide_credentials)
            .collect::<Vec<_>>()
            .join(" "),
    )
}

/// The line that says why. That the remote could not be read is only what follows; the line before it has the reason,
/// git's own or that of `ssh`.
fn complaint(text: &str) -> Option<&str> {
    const CONSEQUENCE: &str = "Could not read from remote repository.";
    let lines: Vec<&str> = text.split(['\n', '\r']).map(str::trim_end).collect();
    let is_complaint = |line: &str| line.starts_with("fatal:") || line.starts_with("error:");
    let last = lines.iter().rposition(|line| is_complaint(line))?;
    let before = || {
        lines[..last]
            .iter()
            .rfind(|line| !line.is_empty() && !line.starts_with("Cloning into "))
    };
    let line = if lines[last].ends_with(CONSEQUENCE) {
        before().unwrap_or(&lines[last])
    } else {
        &lines[last]
    };
    Some(line.trim_start_matches("fatal: ").trim_start_matches("error: "))
}

fn hide_credentials(word: &str) -> String {
    match word.find("://") {
        Some(_) => {
            let start = word.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(0);
            format!("{}{}", &word[..start], without_credentials(&word[start..]))
        }
        None => word.to_owned(),
    }
}

/// Which of these folders are not there yet, the deepest first.
fn missing_folders(folder: &Path) -> Vec<PathBuf> {
    folder
        .ancestors()
        .take_while(|folder| !folder.exists())
        .map(Path::to_owned)
        .collect()
}

/// Takes back folders that were made for the target and hold nothing; none if the clone lies in them.
fn remove_if_empty(folders: Vec<PathBuf>) -> Option<Step> {
    let words = ["sh", "-c", r#"rmdir "$@" 2>/dev/null; :"#, "sh"].map(OsString::from);
    let step = || {
        Step::run("folders", words.into_iter().chain(folders.iter().map(OsString::from)))
            .in_folder("/".into())
            .always()
    };
    (!folders.is_empty()).then(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_progress_is_read_from_its_own_words() {
        let told = Clone.progress("remote: Counting objects: 100% (20/20), done.\rReceiving objects:  45% (9/20)\r");
        assert_eq!(
            told,
            Some(Progress {
                phase: "receiving objects".to_owned(),
                percent: Some(45)
            })
        );
        assert_eq!(Clone.progress("Cloning into 'x'...\n"), None);
    }

    #[test]
    fn a_clone_grows_beside_its_target_under_a_name_of_its_attempt() {
        assert_eq!(
            growing(Path::new("/src/shop"), 7, 2),
            Path::new("/src/.shop.longhaul-7-2")
        );
    }

    #[test]
    fn a_complaint_names_the_cause_and_not_what_follows_from_it() {
        let ssh = "Cloning into 'x'...\nssh: connect to host h port 22: Connection refused\n\
                   fatal: Could not read from remote repository.\n\nPlease make sure\n";
        assert_eq!(
            complaint(ssh),
            Some("ssh: connect to host h port 22: Connection refused")
        );
        let local = "Cloning into 'x'...\nfatal: '/y' does not appear to be a git repository\n\
                     fatal: Could not read from remote repository.\n";
        assert_eq!(complaint(local), Some("'/y' does not appear to be a git repository"));
        assert_eq!(
            complaint("fatal: Could not read from remote repository.\n").map(str::len),
            Some(38)
        );
        assert_eq!(complaint("Cloning into 'x'...\n"), None);
    }

    #[test]
    fn credentials_in_a_complaint_are_not_shown() {
        assert_eq!(
            hide_credentials("'https://me:secret@host/x.git/':"),
            "'https://host/x.git/':"
        );
    }
}
