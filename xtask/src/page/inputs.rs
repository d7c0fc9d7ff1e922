//! What the page is made of, as one number: two equal ones mean that nothing needs building.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::{Context, Result};

/// Folders of `web/` that are made, and not part of what the page is made of.
const MADE: [&str; 8] = [
    "node_modules",
    "build",
    ".svelte-kit",
    "test-results",
    "playwright-report",
    "e2e",
    "tests",
    // The letters that are shown, cut out of the fonts.
    "fonts",
];

pub(super) fn fingerprint(source: &Path) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    super::COMPRESS.hash(&mut hasher);
    add(source, &mut hasher)?;
    Ok(format!("{:016x}", hasher.finish()))
}

fn add(folder: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    let reading = || format!("reading {}", folder.display());
    let entries = fs::read_dir(folder).with_context(reading)?;
    let mut entries = entries.collect::<Result<Vec<_>, _>>().with_context(reading)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (name, path) = (entry.file_name(), entry.path());
        if MADE.iter().any(|made| name == *made) {
            continue;
        }
        name.hash(hasher);
        if entry.file_type().with_context(reading)?.is_dir() {
            add(&path, hasher)?;
        } else {
            let content = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
            content.hash(hasher);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_changes_with_the_sources_and_not_with_what_is_made_of_them() {
        let folder = crate::shell::target().join("test-page-inputs");
        let _ = fs::remove_dir_all(&folder);
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("it has a folder")).expect("writable");
            fs::write(path, text).expect("writable");
        };
        write("src/a.ts", "one");
        let before = fingerprint(&folder).expect("readable");
        write("build/index.html", "made");
        assert_eq!(fingerprint(&folder).expect("readable"), before);
        write("src/a.ts", "two");
        assert_ne!(fingerprint(&folder).expect("readable"), before);
        fs::remove_dir_all(&folder).expect("ours");
    }
}
