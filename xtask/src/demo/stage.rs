//! What the story stands on: a private home, command lines echoed as typed, and a list of what was checked.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::private_home::PrivateHome;
use crate::shell;

/// The stage. Dropping it clears it away.
pub(crate) struct Stage {
    pub(crate) home: PrivateHome,
    folder: PathBuf,
    checks: Vec<(bool, String)>,
    begun: Instant,
}

impl Stage {
    pub(crate) fn new(binary: &Path) -> Result<Self> {
        let home = PrivateHome::new(binary)?;
        let folder = home.folder().to_owned();
        Ok(Self {
            home,
            folder,
            checks: Vec::new(),
            begun: Instant::now(),
        })
    }

    /// A new part of the story.
    pub(crate) fn chapter(&self, title: &str) {
        println!("\n── {title}  ({:.1} s)", self.begun.elapsed().as_secs_f64());
    }

    /// The folder that the following command lines are typed in.
    pub(crate) fn go_to(&mut self, folder: &Path) {
        println!("$ cd {}", folder.display());
        self.folder = folder.to_owned();
    }

    /// Types a command line and shows all it says.
    pub(crate) fn longhaul(&self, arguments: &[&str]) -> Result<Output> {
        let output = self.quietly(arguments)?;
        print!("{}{}", shown(&output.stderr, "  "), shown(&output.stdout, "  "));
        Ok(output)
    }

    /// Types a command line and shows nothing of its stdout, because it is large.
    pub(crate) fn quietly(&self, arguments: &[&str]) -> Result<Output> {
        self.echo(arguments);
        let mut command = self.home.longhaul(arguments);
        command.current_dir(&self.folder).stdin(Stdio::null());
        command.output().context("starting longhaul")
    }

    /// Types `run -d …` and returns the new task's id.
    pub(crate) fn submit(&self, arguments: &[&str]) -> Result<String> {
        let output = self.longhaul(&[&["run", "-d"], arguments].concat())?;
        let id = String::from_utf8(output.stdout)?.trim().to_owned();
        if id.is_empty() || !id.chars().all(|c| c.is_ascii_digit()) {
            bail!("`run -d` printed {id:?} where an id was expected");
        }
        Ok(id)
    }

    /// Echoes a command line as a person would type it here.
    pub(crate) fn echo(&self, arguments: &[&str]) {
        let words: Vec<String> = arguments.iter().map(|word| shell::quoted(word)).collect();
        println!("$ longhaul {}", words.join(" "));
    }

    /// Notes one thing that must be so, and says whether it is.
    pub(crate) fn check(&mut self, what: impl Into<String>, is_so: bool) {
        let what = what.into();
        println!("  {} {what}", mark(is_so));
        self.checks.push((is_so, what));
    }

    /// A fact of a task, as its JSON has it; null if there is none.
    pub(crate) fn fact(&self, id: &str, pointer: &str) -> Result<Value> {
        Ok(self.home.task(id)?.pointer(pointer).cloned().unwrap_or(Value::Null))
    }

    /// Everything that was checked, once more; returns how many were not so.
    pub(crate) fn sum_up(&self) -> usize {
        self.chapter("What happened");
        for (is_so, what) in &self.checks {
            println!("  {} {what}", mark(*is_so));
        }
        let failed = self.checks.iter().filter(|(is_so, _)| !is_so).count();
        println!("  {} of {} are so", self.checks.len() - failed, self.checks.len());
        failed
    }
}

fn mark(is_so: bool) -> &'static str {
    if is_so { "✓" } else { "✗" }
}

/// Text indented for the screen.
fn shown(bytes: &[u8], indent: &str) -> String {
    String::from_utf8_lossy(bytes)
        .lines()
        .map(|line| format!("{indent}{line}\n"))
        .collect()
}
