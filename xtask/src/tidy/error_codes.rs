//! Each error code has its page in `docs/errors/`, which names its HTTP status and exit code; each page has its code.

use std::collections::BTreeMap;

use super::Finding;
use super::tree::Tree;

const CODES: &str = "crates/api/src/error_code.rs";
const PAGES: &str = "docs/errors/";

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(CODES) else {
        return vec![format!(
            "{CODES}: is missing; the closed list of error codes lives there"
        )];
    };
    let codes = codes_in(text);
    if codes.is_empty() {
        return vec![format!("{CODES}: no row `Name = \"word\", status, exit code, …` found")];
    }
    let mut findings = Vec::new();
    for (word, facts) in &codes {
        let page = format!("{PAGES}{word}.md");
        match tree.text(&page) {
            None => findings.push(format!("{page}: is missing")),
            Some(text) if !text.contains(facts.as_str()) => findings.push(format!("{page}: does not say `{facts}`")),
            Some(_) => {}
        }
    }
    let pages = tree
        .below(PAGES)
        .filter_map(|(path, _)| path.strip_prefix(PAGES)?.strip_suffix(".md"));
    for page in pages.filter(|page| *page != "README" && !codes.contains_key(*page)) {
        findings.push(format!("{PAGES}{page}.md: there is no such error code"));
    }
    findings
}

/// The word of each code, and what its page must say. A row is `Name = "word", status, exit code, "title";`.
fn codes_in(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| {
            let (name, row) = line.trim().split_once(" = \"")?;
            let is_variant =
                name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(char::is_alphanumeric);
            let (word, row) = row.split_once("\", ").filter(|_| is_variant)?;
            let mut numbers = row.split(", ");
            let (status, exit_code): (u16, u8) = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
            Some((word.to_owned(), format!("HTTP {status} · exit code {exit_code}")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "error_codes! {\n    /// None.\n    TaskNotFound = \"task-not-found\", 404, 125, \"no such task\";\n    Busy = \"busy\", 503, 125, \"x\";\n}\n";
    const NOT_FOUND: (&str, &str) = ("docs/errors/task-not-found.md", "HTTP 404 · exit code 125");
    const BUSY: (&str, &str) = ("docs/errors/busy.md", "HTTP 503 · exit code 125");

    #[test]
    fn codes_and_pages_must_match_both_ways() {
        assert!(
            check(&Tree::from(&[
                (CODES, LIST),
                NOT_FOUND,
                BUSY,
                ("docs/errors/README.md", "")
            ]))
            .is_empty()
        );
        assert_eq!(check(&Tree::from(&[(CODES, LIST), NOT_FOUND])).len(), 1);
        assert_eq!(
            check(&Tree::from(&[
                (CODES, LIST),
                NOT_FOUND,
                BUSY,
                ("docs/errors/stale.md", "")
            ]))
            .len(),
            1
        );
    }

    #[test]
    fn a_page_with_another_status_is_found() {
        assert_eq!(
            check(&Tree::from(&[
                (CODES, LIST),
                NOT_FOUND,
                (BUSY.0, "HTTP 429 · exit code 125")
            ]))
            .len(),
            1
        );
    }

    #[test]
    fn a_list_that_cannot_be_found_is_an_error_and_not_an_empty_list() {
        assert_eq!(check(&Tree::from(&[(CODES, "pub struct ErrorCode;")])).len(), 1);
        assert_eq!(check(&Tree::from(&[])).len(), 1);
    }
}
