//! `clone`: `git clone` into a folder beside the target, moved into its place only when it is whole.
//!
//! Whatever happens on the way, there is never a half-cloned folder under the name that was asked for; what a lost
//! attempt leaves under its own name is removed before the task is called over.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use longhaul_model::{Facts, Outcome, Progress, Reason, Spec, Verdict, Work, without_credentials};
use longhaul_supervisor::output::{Reader, Stream};
use longhaul_supervisor::{Act, Capture, Receipt, Step};

use super::{Executor, Plan, plain, program_verdict, publish, tail_text};

pub(super) struct Clone;

/// The step that looks whether the target is free.
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
    match &spec.work {
        Work::Clone { url, dir } => (url, Path::new(dir)),
        Work::Command { .. } => ("", Path::new("/")),
    }
}

impl Executor for Clone {
    fn plan(&self, spec: &Spec, task: u64, fence: u64) -> Plan {
        let (url, dir) = parts(spec);
        let parent = dir.parent().unwrap_or(Path::new("/")).to_owned();
        let growing = growing(dir, task, fence);
        let program: [OsString; 6] = [
            "git".into(),
            "clone".into(),
            "--progress".into(),
            "--".into(),
            url.into(),
            growing.clone().into(),
        ];
        Plan {
            // Relative URLs are read from the folder in which the task was asked for.
            cwd: PathBuf::from(&spec.cwd),
            steps: vec![
                Step::act("prepare", Act::MakeFolder { path: parent }),
                // Looked at before the download, not only at its end.
                Step::run(
                    TARGET_CHECK,
                    ["sh", "-c", TARGET_IS_FREE, "sh"]
                        .map(OsString::from)
                        .into_iter()
                        .chain([dir.into()]),
                ),
                Step::program(program),
                publish(growing.clone(), dir.to_owned()),
                Step::act("tear-down", Act::RemoveTree { path: growing }).always(),
            ],
            capture: Capture::Pipe,
            // A question for a password would be asked of nobody.
            environment: vec![
                ("GIT_TERMINAL_PROMPT", "0".to_owned()),
                ("GCM_INTERACTIVE", "never".to_owned()),
            ],
        }
    }

    fn verdict(&self, spec: &Spec, receipt: &Receipt, output: &Reader) -> Verdict {
        let (_, dir) = parts(spec);
        match program_verdict(receipt) {
            Verdict::Failed(outcome) if outcome.reason == Reason::Exit => {
                let fault = last_complaint(output).unwrap_or_else(|| outcome.message.clone());
                Verdict::Failed(Outcome {
                    message: format!("git clone: {fault}"),
                    ..outcome
                })
            }
            Verdict::Failed(outcome) if outcome.reason == Reason::Setup => {
                let is_taken = outcome.message.contains(TARGET_CHECK);
                let message = if is_taken {
                    format!("{} exists and is not an empty folder", dir.display())
                } else {
                    outcome.message
                };
                Verdict::Failed(
                    Outcome { message, ..outcome }.with_hint("the target must not exist, or be an empty folder"),
                )
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
        facts.progress = None;
    }

    fn progress(&self, last_output: &str) -> Option<Progress> {
        last_output.split(['\r', '\n']).rev().find_map(progress_of_line)
    }

    fn tells_progress(&self) -> bool {
        true
    }

    fn remains(&self, spec: &Spec, task: u64, fence: u64) -> Option<PathBuf> {
        Some(growing(parts(spec).1, task, fence))
    }
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

/// What git complained of last: its last `fatal:` or `error:` line, without credentials.
fn last_complaint(output: &Reader) -> Option<String> {
    let text = tail_text(output, 50, Some(Stream::Stderr));
    let line = text
        .split(['\n', '\r'])
        .rev()
        .find(|line| line.starts_with("fatal:") || line.starts_with("error:"))?
        .split_once(' ')?
        .1
        .to_owned();
    Some(
        plain(&line)
            .split(' ')
            .map(hide_credentials)
            .collect::<Vec<_>>()
            .join(" "),
    )
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
    fn credentials_in_a_complaint_are_not_shown() {
        assert_eq!(
            hide_credentials("'https://me:secret@host/x.git/':"),
            "'https://host/x.git/':"
        );
    }
}
