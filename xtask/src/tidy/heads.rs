//! Every source file begins with its responsibility.

use super::Finding;
use super::tree::Tree;

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let is_source = |path: &str| path.ends_with(".rs") && (path.starts_with("xtask/src/") || path.contains("/src/"));
    tree.files()
        .filter(|(path, text)| is_source(path) && !has_a_head(text))
        .map(|(path, _)| format!("{path}: no `//!` head that says what the file is for, and what it is not"))
        .collect()
}

fn has_a_head(text: &str) -> bool {
    let first = text
        .lines()
        .find(|line| !line.trim().is_empty() && !line.starts_with("#!["));
    first.is_some_and(|line| line.strip_prefix("//!").is_some_and(|words| !words.trim().is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_head_is_found() {
        let tree = Tree::from(&[
            ("crates/model/src/bare.rs", "use std::fmt;\n//! Too late.\n"),
            ("crates/model/src/empty_head.rs", "//!\nuse std::fmt;\n"),
            ("crates/model/src/good.rs", "\n#![no_std]\n//! What it is.\n"),
            ("crates/model/tests/free.rs", "use std::fmt;\n"),
        ]);
        let findings = check(&tree);
        assert_eq!(findings.len(), 2, "{findings:?}");
    }
}
