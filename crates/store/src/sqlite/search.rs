//! Full-text search over name, request and result.

use longhaul_model::{Spec, Task, TaskId};

use crate::acts::StoreFault;
use crate::sqlite::row::id;
use crate::sqlite::work::Work;

/// What is indexed of one text, in bytes: enough to find a task by, and a bound on what one submit costs.
const INDEXED_BYTES: usize = 32 << 10;
/// How many words of a search count.
const WORDS: usize = 32;

/// Indexes a new task.
pub(super) fn add(work: &Work<'_>, task: TaskId, spec: &Spec) -> Result<(), StoreFault> {
    work.run(
        "INSERT INTO search (rowid, name, request, summary) VALUES (?1, ?2, ?3, '')",
        (id(task), spec.name.as_deref().unwrap_or(""), request(spec)),
    )?;
    Ok(())
}

/// Indexes a task anew. A final message says more than its summary, which is its first line.
pub(super) fn replace(work: &Work<'_>, task: &Task, message: Option<&str>) -> Result<(), StoreFault> {
    let summary = message.or(task.facts.summary.as_deref()).unwrap_or("");
    work.run(
        "INSERT OR REPLACE INTO search (rowid, name, request, summary) VALUES (?1, ?2, ?3, ?4)",
        (
            id(task.id),
            task.spec.name.as_deref().unwrap_or(""),
            request(&task.spec),
            head(summary),
        ),
    )?;
    Ok(())
}

/// Forgets a task.
pub(super) fn remove(work: &Work<'_>, task: i64) -> Result<(), StoreFault> {
    work.run("DELETE FROM search WHERE rowid = ?1", [task])?;
    Ok(())
}

/// The FTS5 expression for what a person typed: every word must be some word of the task, and the last one must begin
/// one. Nothing if there is no word in it. Each is quoted, so that no typed text is ever syntax.
///
/// Only the last, because the index walks along whole words but must collect everything that begins alike: tens of
/// milliseconds if a million tasks have it.
pub(super) fn expression(typed: &str) -> Option<String> {
    let words: Vec<_> = typed
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(WORDS)
        .map(|word| format!("\"{}\"", head(word).replace('"', "\"\"")))
        .collect();
    (!words.is_empty()).then(|| words.join(" ") + " *")
}

fn request(spec: &Spec) -> String {
    head(&spec.work.searched_by()).to_owned()
}

fn head(text: &str) -> &str {
    let end = INDEXED_BYTES.min(text.len());
    let end = (0..=end).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_never_syntax() {
        assert_eq!(expression("fix parser"), Some("\"fix\" \"parser\" *".to_owned()));
        assert_eq!(
            expression("a\"b NEAR( x\0y"),
            Some("\"a\"\"b\" \"NEAR(\" \"x\" \"y\" *".to_owned())
        );
        assert_eq!(expression(" -- \" * ()"), None);
    }
}
