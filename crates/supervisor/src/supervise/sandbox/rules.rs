//! What a sandbox says about paths, in the form in which it is applied: one treatment for each path, parents first.
//!
//! What this is not: the applying. Nothing here changes anything; it looks at the file system once, before the program
//! starts.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::sandbox::{Mode, Sandbox};

/// What becomes of a path and all below it, up to the next rule. Of two for one path the later in this list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Treatment {
    /// It stays as it is.
    AsItIs,
    /// It can be read, where what lies in something writable can be kept apart from it: grants alone cannot.
    Carved,
    /// It can be read.
    ReadOnly,
    /// It looks empty.
    Hidden,
}

/// The treatment of every path that has one of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rules {
    base: Treatment,
    by_path: BTreeMap<PathBuf, Treatment>,
}

impl Rules {
    /// Reads the paths of a sandbox. `tmp` is the attempt's own temporary folder.
    pub(super) fn of(sandbox: &Sandbox, tmp: Option<&Path>) -> Self {
        let base = match sandbox.mode {
            Mode::ReadOnly => Treatment::ReadOnly,
            Mode::Protect => Treatment::AsItIs,
        };
        let mut rules = Self {
            base,
            by_path: BTreeMap::new(),
        };
        let lists: [(&[PathBuf], Treatment); 5] = [
            (&sandbox.visible, base),
            (&sandbox.writable, Treatment::AsItIs),
            (&sandbox.protected, Treatment::ReadOnly),
            (&sandbox.read_only_within, Treatment::Carved),
            (&sandbox.hidden, Treatment::Hidden),
        ];
        for (paths, treatment) in lists {
            for path in paths.iter().filter_map(|path| path.canonicalize().ok()) {
                rules.set(path, treatment);
            }
        }
        if let Some(tmp) = tmp.and_then(|tmp| tmp.canonicalize().ok()) {
            rules.set(tmp, Treatment::AsItIs);
        }
        rules.pin();
        rules
    }

    /// Gives a path a treatment; the stricter one holds.
    pub(super) fn set(&mut self, path: PathBuf, treatment: Treatment) {
        self.by_path
            .entry(path)
            .and_modify(|known| *known = treatment.max(*known))
            .or_insert(treatment);
    }

    /// Every path with a treatment of its own, parents before what is in them.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Path, Treatment)> {
        self.by_path
            .iter()
            .map(|(path, treatment)| (path.as_path(), *treatment))
    }

    /// What holds for the folder that `path` is in, and the path of the rule that says so; the root if none does.
    pub(super) fn around(&self, path: &Path) -> (&Path, Treatment) {
        path.ancestors()
            .skip(1)
            .find_map(|above| self.by_path.get_key_value(above))
            .map_or((Path::new("/"), self.base), |(above, treatment)| (above, *treatment))
    }

    /// What holds for a path.
    pub(super) fn treatment(&self, path: &Path) -> Treatment {
        self.by_path.get(path).copied().unwrap_or_else(|| self.around(path).1)
    }

    /// Below these everything may be written, and these are all such. With `carved`, folders that hold something that
    /// must be kept by grants are replaced by what else is in them.
    pub(super) fn writable(&self, carved: bool) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for (path, _) in self.iter().filter(|(_, treatment)| *treatment == Treatment::AsItIs) {
            if carved {
                self.spread(path, Treatment::ReadOnly, &mut found);
            } else {
                found.push(path.to_owned());
            }
        }
        found
    }

    /// Below these everything may be read, and these are all such; nothing if nothing is hidden.
    pub(super) fn readable(&self) -> Option<Vec<PathBuf>> {
        self.iter().find(|(_, treatment)| *treatment == Treatment::Hidden)?;
        let mut found = Vec::new();
        self.spread(Path::new("/"), Treatment::Hidden, &mut found);
        for (path, _) in self.iter().filter(|(_, treatment)| *treatment < Treatment::Hidden) {
            self.spread(path, Treatment::Hidden, &mut found);
        }
        Some(found)
    }

    /// Adds `path`, or, if something below it is treated as strictly as `strict`, what else is in it.
    fn spread(&self, path: &Path, strict: Treatment, found: &mut Vec<PathBuf>) {
        let is_strict = |(below, treatment): (&Path, Treatment)| treatment >= strict && below.starts_with(path);
        if !self.iter().any(is_strict) {
            found.push(path.to_owned());
            return;
        }
        for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
            let entry = entry.path();
            // What has a rule of its own is looked at when its turn comes; a link leads to what has one.
            if !self.by_path.contains_key(&entry) && !entry.is_symlink() {
                self.spread(&entry, strict, found);
            }
        }
    }

    /// What lies between something read-only and the writable folder it is in gets a rule of its own: a folder on which
    /// something is mounted cannot be moved away, so that nothing else can take its name.
    fn pin(&mut self) {
        if self.base == Treatment::AsItIs {
            return;
        }
        let mut between = Vec::new();
        for (path, _) in self.iter().filter(|(_, treatment)| *treatment != Treatment::AsItIs) {
            let (above, treatment) = self.around(path);
            if treatment == Treatment::AsItIs {
                let inner = path.ancestors().skip(1).take_while(|one| *one != above);
                between.extend(inner.map(Path::to_owned));
            }
        }
        for path in between {
            self.set(path, Treatment::AsItIs);
        }
    }
}

/// A path whose last part need not be a folder, with the links on the way to it followed; nothing if its folder is not
/// to be had.
pub(super) fn without_links(path: &Path) -> Option<PathBuf> {
    let name: &OsStr = path.file_name()?;
    Some(path.parent()?.canonicalize().ok()?.join(name))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed, and says where")]

    use super::*;

    struct Tree(tempfile::TempDir);

    impl Tree {
        fn with(folders: &[&str]) -> Self {
            let tree = Self(tempfile::tempdir().unwrap());
            for folder in folders {
                std::fs::create_dir_all(tree.path(folder)).unwrap();
            }
            tree
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().canonicalize().unwrap().join(name)
        }
    }

    #[test]
    fn the_deepest_rule_decides_and_of_equals_the_strictest() {
        let tree = Tree::with(&["state/attempts/7/tmp", "work"]);
        let mut sandbox = Sandbox::read_only();
        sandbox.hidden = vec![tree.path("state"), tree.path("work")];
        sandbox.writable = vec![tree.path("work")];
        let rules = Rules::of(&sandbox, Some(&tree.path("state/attempts/7/tmp")));
        assert_eq!(rules.treatment(&tree.path("state/attempts")), Treatment::Hidden);
        assert_eq!(rules.treatment(&tree.path("state/attempts/7/tmp/x")), Treatment::AsItIs);
        assert_eq!(rules.treatment(&tree.path("work/x")), Treatment::Hidden);
        assert_eq!(rules.treatment(&tree.path("else")), Treatment::ReadOnly);
    }

    #[test]
    fn folders_between_a_writable_one_and_what_is_carved_out_of_it_are_pinned() {
        let tree = Tree::with(&["agent/plugins/hooks"]);
        let mut sandbox = Sandbox::read_only();
        sandbox.writable = vec![tree.path("agent")];
        sandbox.read_only_within = vec![tree.path("agent/plugins/hooks")];
        let rules = Rules::of(&sandbox, None);
        assert!(
            rules
                .iter()
                .any(|(path, treatment)| path == tree.path("agent/plugins") && treatment == Treatment::AsItIs)
        );
        assert_eq!(rules.treatment(&tree.path("agent/plugins/hooks/x")), Treatment::Carved);
    }

    #[test]
    fn where_only_grants_count_what_must_be_kept_is_left_out() {
        let tree = Tree::with(&[
            "agent/logs",
            "agent/hooks",
            "agent/work",
            "other/hooks",
            "state/tmp",
            "state/secret",
        ]);
        let mut sandbox = Sandbox::read_only();
        sandbox.writable = vec![tree.path("agent"), tree.path("other"), tree.path("state/tmp")];
        sandbox.read_only_within = vec![tree.path("agent/hooks"), tree.path("other/hooks")];
        sandbox.protected = vec![tree.path("agent/work")];
        sandbox.hidden = vec![tree.path("state")];
        let rules = Rules::of(&sandbox, None);
        let mut writable = rules.writable(true);
        writable.sort();
        // An agent that cannot make files in its own folder does not run: there its own guards are on as well.
        assert_eq!(
            writable,
            ["agent/logs", "other", "state/tmp"].map(|name| tree.path(name))
        );
        let readable = rules.readable().unwrap();
        let may_read = |name: &str| readable.iter().any(|path| tree.path(name).starts_with(path));
        assert!(may_read("agent/hooks") && may_read("state/tmp"));
        assert!(!may_read("state/secret") && !may_read("state"));
    }
}
