//! A file of more than 500 lines says in its head why it is one piece.

use super::Finding;
use super::tree::Tree;

const LINES_WITHOUT_A_REASON: usize = 500;
const REASONS: [&str; 2] = ["one piece", "on purpose"];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let is_code = |path: &str| [".rs", ".ts", ".svelte"].iter().any(|ending| path.ends_with(ending));
    let mut findings = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| is_code(path)) {
        let lines = text.lines().count();
        if lines > LINES_WITHOUT_A_REASON && !gives_a_reason(text) {
            findings.push(format!(
                "{path}: {lines} lines; split it, or say in its head why it is \"one piece\" (or that large \"on purpose\")"
            ));
        }
    }
    findings
}

fn gives_a_reason(text: &str) -> bool {
    let is_comment = |line: &&str| {
        line.is_empty()
            || ["//", "#!", "<!--", " *", "/*"]
                .iter()
                .any(|sign| line.starts_with(sign))
    };
    // Joined, so that a reason may stand across a line's end.
    let head: Vec<&str> = text
        .lines()
        .take_while(is_comment)
        .map(|line| line.trim_start_matches(['/', '!', ' ']))
        .collect();
    let head = head.join(" ");
    // Generated files are nobody's reading.
    head.contains("auto-generated") || REASONS.iter().any(|reason| head.contains(reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(head: &str) -> usize {
        check(&Tree::from(&[(
            "crates/model/src/long.rs",
            &format!("{head}\n{}", "fn f() {}\n".repeat(500)),
        )]))
        .len()
    }

    #[test]
    fn a_long_file_needs_a_reason_in_its_head() {
        assert_eq!(findings("//! A table."), 1);
        assert_eq!(
            findings("//! A table: it is one piece\n//! because it is read as one."),
            0
        );
        assert_eq!(findings("//! A table: it is one\n//! piece."), 0);
        assert_eq!(findings("//! A table.\nfn one_piece() {} // one piece"), 1);
    }
}
