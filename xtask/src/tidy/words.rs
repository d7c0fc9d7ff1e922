//! Words that must not stand in the repository: unfinished work, and paths of somebody's own machine.

use super::Finding;
use super::tree::Tree;

/// Put together here, so that this file does not find itself.
const UNFINISHED: [&str; 4] = [
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
];
const OWN_MACHINE: [&str; 5] = [
    concat!("/root", "/"),
    concat!("/work", "/main"),
    concat!("/work", "/shared"),
    concat!("/Us", "ers/"),
    concat!("/tmp", "/h/"),
];
/// Homes that examples may use.
const HOME: &str = concat!("/home", "/");
const EXAMPLE_HOMES: [&str; 4] = ["ada", "me", "user", "you"];

const CODE_AND_PROSE: [&str; 10] = [
    ".rs", ".md", ".toml", ".sh", ".ts", ".svelte", ".sql", ".json", ".yml", "/run",
];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree
        .files()
        .filter(|(path, _)| CODE_AND_PROSE.iter().any(|ending| path.ends_with(ending)))
    {
        if path.ends_with("package-lock.json") {
            // Integrity hashes spell anything.
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            let number = index + 1;
            for word in UNFINISHED.iter().filter(|word| says(line, word)) {
                findings.push(format!(
                    "{path}:{number}: `{word}`: finish it, or list it under \"Not yet\" in the README"
                ));
            }
            for word in OWN_MACHINE.iter().filter(|word| line.contains(**word)) {
                findings.push(format!("{path}:{number}: `{word}` is a path of one machine"));
            }
            if line.split(HOME).skip(1).any(|rest| !is_example(rest)) {
                findings.push(format!("{path}:{number}: a home folder; examples use {HOME}ada"));
            }
        }
    }
    findings
}

/// Whether the word stands there by itself: `mktemp`'s pattern is not unfinished work.
fn says(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + word.len()..].chars().next();
        let is_end = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
        is_end(before) && (is_end(after) || word.ends_with('('))
    })
}

fn is_example(rest: &str) -> bool {
    let name: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
    name.is_empty() || EXAMPLE_HOMES.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(line: &str) -> usize {
        check(&Tree::from(&[("crates/model/src/some.rs", line)])).len()
    }

    #[test]
    fn unfinished_work_and_own_paths_are_found() {
        assert_eq!(findings(concat!("    todo", "!()")), 1);
        assert_eq!(findings(concat!("// FIX", "ME: later")), 1);
        assert_eq!(findings(concat!("let path = \"/root", "/thing\";")), 1);
        assert_eq!(findings(concat!("let path = \"/home", "/somebody/thing\";")), 1);
    }

    #[test]
    fn a_pattern_of_mktemp_is_not_unfinished_work() {
        assert_eq!(findings("mktemp -d /tmp/lh.XXXXX"), 0);
        assert_eq!(findings(concat!("// XX", "X: hm")), 1);
    }

    #[test]
    fn an_example_home_is_no_machine() {
        assert_eq!(findings(concat!("cd /home", "/ada/project")), 0);
    }
}
