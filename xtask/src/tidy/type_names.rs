//! One word, one type: no two types of a crate bear the same name.
//!
//! A reader who meets a name must not have to ask which of two it is. Twins for two platforms are one type (their paths
//! differ in `linux` and `macos` alone), and each program below `src/bin` is a crate of its own. Test modules may repeat
//! a name.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use super::tree::Tree;

/// Crates and names that still break the rule. The list only becomes shorter: a name that is unique by now has to go.
const LEFT: &[(&str, &str)] = &[];

const KEYWORDS: [&str; 5] = ["struct", "enum", "trait", "union", "type"];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    check_with(tree, LEFT)
}

fn check_with(tree: &Tree, left: &[(&str, &str)]) -> Vec<Finding> {
    let mut places: BTreeMap<(&str, &str), BTreeSet<String>> = BTreeMap::new();
    for (path, text) in tree.files() {
        let Some(house) = crate_of(path) else { continue };
        let twin = path.replace("linux", "macos").replace("/mod.rs", ".rs");
        for name in types_in(text) {
            places.entry((house, name)).or_default().insert(twin.clone());
        }
    }
    places.retain(|_, files| files.len() > 1);
    let unique = left.iter().filter(|known| !places.contains_key(known));
    let unique =
        unique.map(|(house, name)| format!("{house}: `{name}` is unique by now; take it off the list of this rule"));
    let doubled = places.iter().filter(|(known, _)| !left.contains(known));
    let doubled = doubled.map(|((house, name), files)| {
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        format!(
            "{house}: several types are called `{name}` ({}); name each after what it is in its room",
            files.join(", ")
        )
    });
    unique.chain(doubled).collect()
}

/// The crate whose program a file belongs to; nothing for tests, examples and what is no Rust.
fn crate_of(path: &str) -> Option<&str> {
    let (house, inside) = path.split_once("/src/")?;
    if !path.ends_with(".rs") || path.ends_with("tests.rs") || house.contains("/tests") {
        return None;
    }
    match inside.strip_prefix("bin/").and_then(|program| program.split_once('/')) {
        Some((program, _)) => Some(&path[..house.len() + "/src/bin/".len() + program.len()]),
        None => Some(house),
    }
}

/// The names that a file defines for itself, its test module left out. A definition inside another item stands further
/// in and does not count: an associated type is nobody's name.
fn types_in(text: &str) -> impl Iterator<Item = &str> {
    let program = text.lines().take_while(|line| *line != "#[cfg(test)]");
    program.filter_map(|line| {
        let mut words = line
            .split_whitespace()
            .skip_while(|word| word.starts_with("pub") || word.ends_with(')'));
        let is_definition = !line.starts_with(' ') && KEYWORDS.contains(&words.next()?);
        let name = words.next()?;
        let end = name
            .find(|letter: char| !letter.is_alphanumeric())
            .unwrap_or(name.len());
        is_definition.then(|| &name[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<Finding> {
        check_with(&Tree::from(files), &[])
    }

    #[test]
    fn two_types_of_one_name_in_one_crate_are_found() {
        let files = [
            ("crates/engine/src/board.rs", "pub(crate) struct Place<'a>(&'a str);\n"),
            ("crates/engine/src/handle/wait.rs", "enum Place { Here }\n"),
            ("crates/server/src/events.rs", "struct Place;\n"),
        ];
        let findings = found(&files);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].starts_with("crates/engine: several types are called `Place`"));
    }

    #[test]
    fn twins_programs_of_their_own_tests_and_associated_types_are_not() {
        let text = "pub(in crate::supervise) struct Cage;\nimpl Iterator for Cage {\n    type Item = u8;\n}\n";
        let twins = [
            ("crates/supervisor/src/sandbox/linux/mod.rs", text),
            ("crates/supervisor/src/sandbox/macos.rs", text),
        ];
        assert!(found(&twins).is_empty());
        let programs = [
            ("crates/testkit/src/script.rs", "enum Step {}\n"),
            ("crates/testkit/src/bin/fake-agent/script.rs", "enum Step {}\n"),
            (
                "crates/testkit/src/steps.rs",
                "struct Other;\n#[cfg(test)]\nmod tests {\nstruct Step;\n}\n",
            ),
        ];
        assert!(found(&programs).is_empty());
    }

    #[test]
    fn the_list_of_what_is_left_only_becomes_shorter() {
        let files = [
            ("crates/engine/src/board.rs", "struct Place;\n"),
            ("crates/engine/src/wait.rs", "struct Place;\n"),
        ];
        let tree = Tree::from(&files);
        assert!(check_with(&tree, &[("crates/engine", "Place")]).is_empty());
        let findings = check_with(&tree, &[("crates/engine", "Place"), ("crates/engine", "Asked")]);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].contains("`Asked` is unique by now"), "{findings:?}");
    }
}
