//! The changes that a reviewer looks at, prepared in a file before it starts: a difference may be long, and not every
//! reviewer may run git.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use longhaul_model::ReviewScope;
use longhaul_supervisor::Step;
use serde::Deserialize;

/// The name of the step that prepares them; its failure is told in its own words.
pub(super) const STEP: &str = "changes";

/// Where the changes of a review are, and the step that puts them there.
pub(super) struct ReviewChanges {
    /// The folder, which holds them and nothing else.
    pub(super) folder: PathBuf,
    /// The file.
    pub(super) file: PathBuf,
    /// What puts them there.
    pub(super) step: Step,
}

/// Prepares the changes in the task's folder.
pub(super) fn prepare(task_folder: &Path, scope: &ReviewScope) -> ReviewChanges {
    let folder = task_folder.join("review");
    let file = folder.join("changes.diff");
    let which = match scope {
        ReviewScope::Found => "found",
        ReviewScope::Uncommitted => "uncommitted",
        ReviewScope::Since(_) => "since",
    };
    let base = scope.base().map(String::as_str).unwrap_or_default();
    let words = ["sh", "-c", SCRIPT, "changes", which, base].map(OsString::from);
    let words = words.into_iter().chain([OsString::from(&folder)]);
    ReviewChanges {
        step: Step::run(STEP, words),
        folder,
        file,
    }
}

/// What a reviewer is asked, with the line that says where the changes are.
pub(super) fn prompt(asked: &str, file: &Path) -> String {
    let newline = if asked.ends_with('\n') { "" } else { "\n" };
    format!("{asked}{newline}\nThe change is in the file {}\n", file.display())
}

/// The part of a reviewer's answer that fits into a line; what it found is read from the whole where it is shown.
#[derive(Deserialize)]
struct ReviewAnswer {
    summary: String,
    findings: Vec<serde::de::IgnoredAny>,
}

/// A reviewer's answer in one line; nothing if it does not follow the schema.
pub(super) fn summary(message: &str) -> Option<String> {
    let begins = message.match_indices('{').map(|(at, _)| at).take(MOST_TRIES);
    let answer: ReviewAnswer = begins
        .filter_map(|at| {
            serde_json::Deserializer::from_str(&message[at..])
                .into_iter()
                .next()?
                .ok()
        })
        .next()?;
    let count = match answer.findings.len() {
        0 => "nothing found".to_owned(),
        1 => "1 finding".to_owned(),
        count => format!("{count} findings"),
    };
    let said = answer.summary.trim();
    Some(if said.is_empty() {
        count
    } else {
        format!("{count}: {said}")
    })
}

/// So many braces of prose are tried, and no more.
const MOST_TRIES: usize = 100;

/// What puts them there.
const SCRIPT: &str = include_str!("review.sh");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_told_in_one_line() {
        let told = |message: &str| summary(message);
        assert_eq!(
            told("Of {x}:\n```json\n{\"summary\": \"Bad.\", \"findings\": [{}, {}]}\n```").as_deref(),
            Some("2 findings: Bad.")
        );
        assert_eq!(
            told("{\"summary\":\"\",\"findings\":[]}").as_deref(),
            Some("nothing found")
        );
        assert_eq!(told("Looks good {to me}"), None);
    }

    #[test]
    fn the_last_line_of_the_prompt_names_the_file() {
        let review = prepare(Path::new("/state/7"), &ReviewScope::Found);
        assert_eq!(review.file, Path::new("/state/7/review/changes.diff"));
        let prompt = prompt("Review.", &review.file);
        assert_eq!(
            prompt.lines().last(),
            Some("The change is in the file /state/7/review/changes.diff")
        );
    }
}
