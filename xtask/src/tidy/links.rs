//! A link from one page of ours to another leads somewhere: the page is there, and so is the heading.
//!
//! What this is not: a look at the network. Links to the web, and to what is no page, are left alone.

use std::collections::BTreeSet;

use super::Finding;
use super::tree::Tree;

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| path.ends_with(".md")) {
        for (number, link) in links_in(text) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() {
                path.to_owned()
            } else {
                beside(path, file)
            };
            if file.contains(':') || !target.ends_with(".md") {
                continue;
            }
            match tree.text(&target) {
                None => findings.push(format!("{path}:{number}: there is no {target}")),
                Some(page) if !heading.is_empty() && !headings_of(page).contains(heading) => {
                    findings.push(format!("{path}:{number}: {target} has no heading `#{heading}`"));
                }
                Some(_) => {}
            }
        }
    }
    findings
}

/// What stands in round brackets behind square ones, with the number of its line.
fn links_in(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().flat_map(|(index, line)| {
        let links = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        links.map(move |link| (index + 1, link))
    })
}

/// The path, from the root, of what `path` calls `link`.
fn beside(path: &str, link: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The headings of a page, written as a link writes them: small letters, no punctuation, hyphens for spaces.
fn headings_of(page: &str) -> BTreeSet<String> {
    let mut is_code = false;
    let mut headings = BTreeSet::new();
    for line in page.lines() {
        is_code ^= line.starts_with("```");
        if let Some(title) = line.strip_prefix('#').filter(|_| !is_code) {
            let title = title.trim_start_matches('#').trim().to_lowercase();
            let kept = title
                .chars()
                .filter(|letter| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter));
            headings.insert(kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect());
        }
    }
    headings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_a_page_or_a_heading_that_is_not_there_is_found() {
        let guide = "See [limits](../limits.md#known-gaps), [gone](gone.md), [no heading](../limits.md#nothing).\n";
        let tree = Tree::from(&[
            ("docs/guide/start.md", guide),
            ("docs/limits.md", "# Limits\n\n```\n# nothing\n```\n\n## Known gaps!\n"),
        ]);
        let findings = check(&tree);
        assert_eq!(findings.len(), 2, "{findings:?}");
        assert_eq!(findings[0], "docs/guide/start.md:1: there is no docs/guide/gone.md");
        assert!(findings[1].contains("has no heading `#nothing`"));
    }

    #[test]
    fn the_web_pictures_and_the_page_itself_are_fine() {
        let page = "# A page\n\n[web](https://example.org/x.md) ![picture](picture.png) [above](#a-page)\n";
        assert!(check(&Tree::from(&[("docs/page.md", page)])).is_empty());
    }
}
