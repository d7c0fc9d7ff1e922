//! Decisions are numbered `0001-title.md` without gaps, and each says what we gave up.

use super::Finding;
use super::tree::Tree;

const FOLDER: &str = "docs/decisions/";

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut expected = 1;
    for (path, text) in tree.below(FOLDER) {
        let name = &path[FOLDER.len()..];
        if name == "README.md" {
            continue;
        }
        let number = name
            .split_once('-')
            .filter(|(digits, _)| digits.len() == 4)
            .and_then(|(digits, _)| digits.parse::<u32>().ok());
        match number {
            None => findings.push(format!("{path}: a decision is named `NNNN-title.md`")),
            Some(number) => {
                if number != expected {
                    findings.push(format!("{path}: number {expected:04} was expected here"));
                }
                expected = number + 1;
            }
        }
        for part in ["## Context", "## Choice", "## What we gave up"] {
            if !text.contains(part) {
                findings.push(format!("{path}: has no part `{part}`"));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "# T\n## Context\n## Choice\n## What we gave up\n";

    fn findings(files: &[(&str, &str)]) -> usize {
        check(&Tree::from(files)).len()
    }

    #[test]
    fn a_gap_a_double_and_a_nameless_decision_are_found() {
        assert_eq!(
            findings(&[("docs/decisions/0001-a.md", WHOLE), ("docs/decisions/0002-b.md", WHOLE)]),
            0
        );
        assert_eq!(
            findings(&[("docs/decisions/0001-a.md", WHOLE), ("docs/decisions/0003-b.md", WHOLE)]),
            1
        );
        assert_eq!(
            findings(&[("docs/decisions/0001-a.md", WHOLE), ("docs/decisions/0001-b.md", WHOLE)]),
            1
        );
        assert_eq!(findings(&[("docs/decisions/notes.md", WHOLE)]), 1);
    }

    #[test]
    fn a_decision_without_its_price_is_found() {
        assert_eq!(findings(&[("docs/decisions/0001-a.md", "## Context\n## Choice\n")]), 1);
    }
}
