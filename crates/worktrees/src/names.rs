//! Where worktrees and what is kept of them lie, and what they are called.

use std::path::{Path, PathBuf};

/// The longest part of a branch's name that is made from the task's.
const LONGEST_SLUG: usize = 40;

/// The folders below the state folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    state: PathBuf,
}

impl Places {
    /// Those of this state folder.
    pub fn of(state: impl Into<PathBuf>) -> Self {
        Self { state: state.into() }
    }

    /// The folder with all worktrees and their records.
    pub fn worktrees(&self) -> PathBuf {
        self.state.join("worktrees")
    }

    /// The folder with the patches and bundles of what was saved.
    pub fn salvage(&self) -> PathBuf {
        self.state.join("salvage")
    }

    /// The worktree that this task is the first to work in.
    pub fn worktree(&self, tree: u64) -> PathBuf {
        self.worktrees().join(tree.to_string())
    }

    /// The record of that worktree, or of what this task changed in place.
    pub fn record(&self, tree: u64) -> PathBuf {
        self.worktrees().join(format!("{tree}.json"))
    }

    /// What a landing that is under way means to do.
    pub fn intent(&self, tree: u64) -> PathBuf {
        self.worktrees().join(format!("{tree}.landing"))
    }

    /// The worktree in which a landing is checked.
    pub fn check(&self, landing: u64) -> PathBuf {
        self.worktrees().join(format!("check-{landing}"))
    }

    /// The file that says which project files are trusted.
    pub fn trust(&self) -> PathBuf {
        self.state.join("trust.json")
    }

    /// The numbers of all records.
    pub fn records(&self) -> Vec<u64> {
        self.numbers(|name| name.strip_suffix(".json"))
    }

    /// The numbers of all landings under way.
    pub fn intents(&self) -> Vec<u64> {
        self.numbers(|name| name.strip_suffix(".landing"))
    }

    /// The landings whose checked worktrees are there.
    pub fn checks(&self) -> Vec<u64> {
        self.numbers(|name| name.strip_prefix("check-"))
    }

    /// The numbers of all worktrees that are there.
    pub fn folders(&self) -> Vec<u64> {
        self.numbers(|name: &str| Some(name))
    }

    fn numbers(&self, stem: impl Fn(&str) -> Option<&str>) -> Vec<u64> {
        let entries = std::fs::read_dir(self.worktrees()).into_iter().flatten().flatten();
        let mut numbers: Vec<u64> = entries
            .filter_map(|entry| stem(entry.file_name().to_str()?)?.parse().ok())
            .collect();
        numbers.sort_unstable();
        numbers
    }
}

/// A task's name as a part of a branch's: letters, digits and dashes; `task` if nothing of it is left.
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= LONGEST_SLUG {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        "task".to_owned()
    } else {
        slug.to_owned()
    }
}

/// The branch of a worktree.
pub fn branch(tree: u64, slug: &str) -> String {
    format!("longhaul/{tree}-{slug}")
}

/// A reference of ours, which no branch list shows and no garbage collection ignores.
pub(crate) fn reference(tree: u64, what: &str) -> String {
    format!("refs/longhaul/{tree}/{what}")
}

/// The path relative to a folder that it lies in; empty if it does not.
pub fn below(root: &Path, folder: &Path) -> PathBuf {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    folder.strip_prefix(root).map(Path::to_owned).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_a_short_part_of_a_branch_name_whatever_the_task_is_called() {
        assert_eq!(slug("Fix the Tests, please!"), "fix-the-tests-please");
        assert_eq!(slug("--oh @{..} no.lock"), "oh-no-lock");
        assert_eq!(slug("日本"), "task");
        assert_eq!(slug(&"x y".repeat(40)).len(), 40);
    }
}
