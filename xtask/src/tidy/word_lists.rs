//! The page about states names every word that a task may wait for or be kept by, and no other.

use longhaul_model::{BlockKind, WaitKind, Words};

use super::Finding;
use super::tree::Tree;

const PAGE: &str = "docs/concepts/states.md";

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(page) = tree.text(PAGE) else {
        return vec![format!("{PAGE}: the page is missing")];
    };
    let mut findings = missing_or_more::<WaitKind>(page);
    findings.extend(missing_or_more::<BlockKind>(page));
    findings
}

fn missing_or_more<T: Words>(page: &str) -> Vec<Finding> {
    let list = T::LIST;
    let told = rows(page, list);
    let all: Vec<_> = T::all().iter().map(|known| known.word()).collect();
    let missing = all.iter().filter(|word| !told.contains(word));
    let more = told.iter().filter(|word| !all.contains(word));
    missing
        .map(|word| format!("{PAGE}: the table of `{list}` does not tell `{word}`"))
        .chain(more.map(|word| format!("{PAGE}: the table of `{list}` tells `{word}`, which there is not")))
        .collect()
}

/// The first column of the table whose head is this list.
fn rows<'page>(page: &'page str, list: &str) -> Vec<&'page str> {
    let head = format!("| `{list}` |");
    let table = page.lines().skip_while(|line| !line.starts_with(&head)).skip(2);
    let rows = table.take_while(|line| line.starts_with('|'));
    rows.filter_map(|row| row.split('`').nth(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_missing_and_one_too_many_are_found() {
        let waits: String = WaitKind::ALL.map(|kind| format!("| `{kind}` | x |\n")).concat();
        let blocks: String = BlockKind::ALL.map(|kind| format!("| `{kind}` | x |\n")).concat();
        let page = format!("| `waiting_for` | U |\n|---|---|\n{waits}\n| `blocked_by` | W |\n|---|---|\n{blocks}");
        let found = |page: &str| check(&Tree::from(&[(PAGE, page)])).len();
        assert_eq!(found(&page), 0);
        assert_eq!(found(&page.replace("| `launch` |", "| `lunch` |")), 2);
        assert_eq!(found(""), WaitKind::ALL.len() + BlockKind::ALL.len());
    }
}
