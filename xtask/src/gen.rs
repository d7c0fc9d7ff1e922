//! `cargo xtask gen`: the pages that are printed by the code itself, so that they cannot tell another story.
//!
//! What this is not: a place for words. Whoever wants another sentence changes the code that prints it.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::flags::Flags;
use crate::{release, shell};

const HELP: &str = "\
cargo xtask gen [--check]

Writes the generated pages:
  docs/state-machine.md              from crates/model
  docs/reference/cli.md              from the help texts of `longhaul`
  docs/reference/configuration.md    from `longhaul internal configuration-reference`
  docs/openapi.json                  from `longhaul internal openapi`

  --check   write nothing; fail if a page is not current, and show where
";

/// Whether pages are written or only compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    Check,
}

/// Which `longhaul` prints the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    /// Build it first.
    Build,
    /// The test runner has just built it.
    AsBuilt,
}

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let flags = Flags::parse(arguments, HELP, &["--check"], &[])?;
    bring_up_to_date(
        if flags.has("--check") { Mode::Check } else { Mode::Write },
        Binary::Build,
    )
}

/// Prints every page and writes it or compares it with the one in the repository.
pub(crate) fn bring_up_to_date(mode: Mode, binary: Binary) -> Result<()> {
    let longhaul = Longhaul::find(binary)?;
    let pages = [
        ("docs/state-machine.md", Some(longhaul_model::state_machine_page())),
        ("docs/reference/cli.md", longhaul.command_line_page()?),
        (
            "docs/reference/configuration.md",
            longhaul.internal("configuration-reference")?,
        ),
        ("docs/openapi.json", longhaul.internal("openapi")?),
    ];
    let mut stale = 0;
    for (path, page) in pages {
        let Some(page) = page else {
            println!("gen: {path} is left out, because this binary cannot print it");
            continue;
        };
        let page = format!("{}\n", page.trim_end());
        let file = shell::root().join(path);
        let found = std::fs::read_to_string(&file).unwrap_or_default();
        if found == page {
            continue;
        }
        if mode == Mode::Check {
            stale += 1;
            println!("gen: {path} is not current{}", first_difference(&found, &page));
        } else {
            std::fs::create_dir_all(file.parent().expect("invariant: a page has a folder"))?;
            std::fs::write(&file, page).with_context(|| format!("writing {path}"))?;
            println!("gen: wrote {path}");
        }
    }
    if stale > 0 {
        bail!("{stale} generated page(s) not current; run `cargo xtask gen` and commit the result");
    }
    println!("gen: every page is current");
    Ok(())
}

fn first_difference(found: &str, page: &str) -> String {
    if found.is_empty() {
        return ": there is none yet".to_owned();
    }
    let (mut old, mut new) = (found.lines(), page.lines());
    let mut line = 0;
    loop {
        line += 1;
        match (old.next(), new.next()) {
            (None, None) => return ": it differs in its line ends".to_owned(),
            (old, new) if old == new => {}
            (old, new) => {
                let shown = |line: Option<&str>| line.unwrap_or("(nothing)").to_owned();
                return format!(", first in line {line}:\n    - {}\n    + {}", shown(old), shown(new));
            }
        }
    }
}

/// The debug binary whose texts become pages.
struct Longhaul(PathBuf);

impl Longhaul {
    fn find(binary: Binary) -> Result<Self> {
        if binary == Binary::Build {
            shell::run(shell::cargo().args(["build", "--quiet", "--package", "longhaul"]))?;
        }
        let path = release::debug_binary();
        if !path.exists() {
            bail!(
                "there is no {}; build it with `cargo build -p longhaul`",
                path.display()
            );
        }
        Ok(Self(path))
    }

    /// What a hidden `internal` subcommand prints; `None` if this binary has no such subcommand.
    fn internal(&self, page: &str) -> Result<Option<String>> {
        let output = shell::program(&self.0).args(["internal", page]).env_clear().output()?;
        match output.status.code() {
            Some(0) if !output.stdout.is_empty() => Ok(Some(String::from_utf8(output.stdout)?)),
            // The usage error: unknown subcommand. (A program that says nothing has no pages either.)
            Some(0 | 2) => Ok(None),
            _ => bail!(
                "`longhaul internal {page}` failed: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            ),
        }
    }

    fn help(&self, words: &[String]) -> Result<String> {
        shell::output(shell::program(&self.0).args(words).arg("--help").env_clear())
    }

    /// Every command's help, depth first. `None` for a binary without commands.
    fn command_line_page(&self) -> Result<Option<String>> {
        let mut page =
            String::from("# The command line\n\nPrinted from the help texts by `cargo xtask gen`; do not edit.\n");
        let overview = self.help(&[])?;
        if commands_in(&overview).is_empty() {
            return Ok(None);
        }
        self.append(&mut page, &[], &overview)?;
        Ok(Some(page))
    }

    fn append(&self, page: &mut String, words: &[String], help: &str) -> Result<()> {
        let title: Vec<&str> = std::iter::once("longhaul")
            .chain(words.iter().map(String::as_str))
            .collect();
        let trimmed: Vec<&str> = help.trim().lines().map(str::trim_end).collect();
        write!(
            page,
            "\n## `{}`\n\n```text\n{}\n```\n",
            title.join(" "),
            trimmed.join("\n")
        )?;
        for command in commands_in(help) {
            let deeper: Vec<String> = words.iter().cloned().chain([command]).collect();
            let help = self.help(&deeper)?;
            self.append(page, &deeper, &help)?;
        }
        Ok(())
    }
}

/// The names below `Commands:`, without `help` itself.
fn commands_in(help: &str) -> Vec<String> {
    help.lines()
        .skip_while(|line| line.trim_end() != "Commands:")
        .skip(1)
        .take_while(|line| line.is_empty() || line.starts_with(' '))
        // A name stands two columns in; its wrapped description further.
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_the_state_machine_is_current() {
        let found = shell::read(&shell::root().join("docs/state-machine.md")).expect("docs/state-machine.md is there");
        let page = format!("{}\n", longhaul_model::state_machine_page().trim_end());
        assert!(
            found == page,
            "docs/state-machine.md is not current{}",
            first_difference(&found, &page)
        );
    }

    #[test]
    fn commands_are_read_from_a_help_text_without_their_wrapped_descriptions() {
        let help = "Usage: longhaul\n\nCommands:\n  run   Submit\n          and wait\n  help  Print\n  daemon\n\nOptions:\n  -h\n";
        assert_eq!(commands_in(help), ["run", "daemon"]);
    }

    #[test]
    fn a_stale_page_names_its_first_different_line() {
        assert!(first_difference("a\nb\n", "a\nc\n").contains("line 2"));
        assert!(first_difference("", "a\n").contains("none yet"));
    }
}
