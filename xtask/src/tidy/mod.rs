//! `cargo xtask tidy`: the house rules that no compiler checks. One file per rule; each is also a test.
//!
//! A rule is a plain function from a [`Tree`] to the places that break it, so that a test can hand it a tree that does.

mod decisions;
mod error_codes;
mod heads;
mod kinds;
mod links;
mod page_words;
mod rooms;
mod sizes;
mod sleeps;
mod sources;
mod tree;
mod type_names;
mod walls;
mod word_lists;
mod words;

use anyhow::{Result, bail};

use crate::flags::Flags;
use tree::Tree;

const HELP: &str = "\
cargo xtask tidy

Checks the house rules: the walls between the crates and between the rooms of the engine, file sizes, module heads,
forbidden words, the words of the wire in the page, no match on a task's kind outside its rooms, no sleeping tests, where
packages come from, the numbering of decisions, one page for each error code, one type for each name, and links between
pages.
";

/// A broken rule: where, and what to do about it.
type Finding = String;

/// A rule's name and how to check it.
type Rule = (&'static str, fn(&Tree) -> Vec<Finding>);

const RULES: &[Rule] = &[
    ("walls", walls::check),
    ("rooms", rooms::check),
    ("sizes", sizes::check),
    ("heads", heads::check),
    ("words", words::check),
    ("words of the page", page_words::check),
    ("sleeps", sleeps::check),
    ("kinds", kinds::check),
    ("sources", sources::check),
    ("word lists", word_lists::check),
    ("decisions", decisions::check),
    ("error codes", error_codes::check),
    ("type names", type_names::check),
    ("links", links::check),
];

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    Flags::parse(arguments, HELP, &[], &[])?;
    let tree = Tree::of_the_workspace()?;
    let mut count = 0;
    for (name, check) in RULES {
        for finding in check(&tree) {
            println!("tidy: {name}: {finding}");
            count += 1;
        }
    }
    if count > 0 {
        bail!("{count} place(s) break a house rule");
    }
    println!("tidy: {} rules hold in {} files", RULES.len(), tree.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_rules_hold() {
        let tree = Tree::of_the_workspace().expect("the workspace can be read");
        let findings: Vec<Finding> = RULES
            .iter()
            .flat_map(|(name, check)| check(&tree).into_iter().map(move |found| format!("{name}: {found}")))
            .collect();
        assert!(findings.is_empty(), "\n{}", findings.join("\n"));
    }
}
