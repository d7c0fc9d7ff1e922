//! Packages come from the public registries by their public names; no machine's mirror is written down.

use super::Finding;
use super::tree::Tree;

const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";
const NPM: &str = "https://registry.npmjs.org/";

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files() {
        let (field, wanted) = match path.rsplit('/').next() {
            Some("Cargo.lock") => ("source = \"", CRATES),
            Some("package-lock.json") => ("\"resolved\": \"", NPM),
            Some("config.toml") if path.contains(".cargo/") => {
                if text.contains("replace-with") || text.contains("[registries") {
                    findings.push(format!(
                        "{path}: names a registry of its own; that belongs to the machine, not here"
                    ));
                }
                continue;
            }
            _ => continue,
        };
        for (index, line) in text.lines().enumerate() {
            if let Some(source) = line.trim().strip_prefix(field)
                && !source.starts_with(wanted)
            {
                findings.push(format!("{path}:{}: `{}` is not {wanted}", index + 1, line.trim()));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_in_a_lock_file_is_found() {
        let good = format!("source = \"{CRATES}\"\n");
        assert!(check(&Tree::from(&[("Cargo.lock", &good)])).is_empty());
        let mirror = "source = \"registry+https://mirror.example/index\"\n";
        assert_eq!(check(&Tree::from(&[("Cargo.lock", mirror)])).len(), 1);
        let npm = "      \"resolved\": \"http://mirror.example/svelte.tgz\",\n";
        assert_eq!(check(&Tree::from(&[("web/package-lock.json", npm)])).len(), 1);
    }
}
