//! The text files of the repository, read once: what every rule looks at.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

use crate::shell;

/// Folders that hold nothing of ours, or nothing written by hand.
const LEFT_OUT: [&str; 7] = [
    ".git",
    "target",
    "node_modules",
    ".svelte-kit",
    "build",
    "dist",
    "fixtures",
];

/// Path (from the root, with `/`) to content.
#[derive(Debug, Default)]
pub(crate) struct Tree(BTreeMap<String, String>);

impl Tree {
    /// Every text file below the workspace's root.
    pub(crate) fn of_the_workspace() -> Result<Self> {
        let mut tree = Self::default();
        tree.collect(&shell::root(), "")?;
        Ok(tree)
    }

    fn collect(&mut self, folder: &Path, prefix: &str) -> Result<()> {
        for entry in folder
            .read_dir()
            .with_context(|| format!("listing {}", folder.display()))?
        {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            let kind = entry.file_type()?;
            if kind.is_dir() {
                if !LEFT_OUT.contains(&name.as_str()) {
                    self.collect(&entry.path(), &format!("{path}/"))?;
                }
            } else if kind.is_file() {
                // What is not UTF-8 is not prose or code of ours; a file deleted meanwhile is no concern either.
                if let Ok(text) = std::fs::read_to_string(entry.path()) {
                    self.0.insert(path, text);
                }
            }
        }
        Ok(())
    }

    /// A tree for a rule's own test.
    #[cfg(test)]
    pub(crate) fn from(files: &[(&str, &str)]) -> Self {
        Self(
            files
                .iter()
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
                .collect(),
        )
    }

    /// How many files there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The content of one file; `None` if it is not there.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// All files, ordered by path.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The files below `folder` (written with its final `/`).
    pub(crate) fn below<'tree>(&'tree self, folder: &'tree str) -> impl Iterator<Item = (&'tree str, &'tree str)> {
        self.files().filter(move |(path, _)| path.starts_with(folder))
    }
}
