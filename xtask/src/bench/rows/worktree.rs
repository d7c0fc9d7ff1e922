//! B13: what it costs to make a worktree ready, beside `git worktree add` of the same commit.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::figures::{Figures, timed};
use super::row::Row;
use super::world::{Bench, Warm};
use crate::shell;

/// How many files one folder of the repository has.
const FILES_PER_FOLDER: usize = 100;

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let (files, rounds) = (bench.rounds(50_000, 5_000), bench.rounds(5, 3));
    let warm = bench.warm()?;
    let repository = warm.home.folder().join("large");
    make(&warm, &repository, files)?;
    let mut client = warm.client()?;
    let mut spec = warm.spec(&["true"]);
    if let Some(fields) = spec.as_object_mut() {
        fields.insert("cwd".to_owned(), json!(repository));
        fields.insert("access".to_owned(), json!("write"));
        fields.insert("isolation".to_owned(), json!("worktree"));
    }
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    // In turns, so that both see the same machine; each is removed again, so that both find the same disk.
    for round in 0..rounds {
        let path = warm.home.folder().join(format!("bare-{round}"));
        let branch = format!("bare-{round}");
        let words = [
            "worktree",
            "add",
            "--quiet",
            "-b",
            &branch,
            &path.to_string_lossy(),
            "HEAD",
        ];
        let (took, added) = timed(|| git(&warm, &repository, &words));
        added?;
        bare.push(took);
        git(
            &warm,
            &repository,
            &["worktree", "remove", "--force", &path.to_string_lossy()],
        )?;
        let id = client.submit(&spec)?;
        client.wait_for(id)?;
        ours.push(preparation(&warm, id)?);
        warm.home.ask(&["discard", &id.to_string()])?;
    }
    let (bare, ours) = (Figures::of(bare), Figures::of(ours));
    Ok(vec![Row::at_most(
        "B13",
        &format!("a worktree of {files} files made ready ÷ `git worktree add`"),
        format!("{ours} against {bare}"),
        ours.median_ms() / bare.median_ms(),
        1.2,
    )])
}

/// How long the step took that made the worktree ready, as its supervisor measured it.
fn preparation(warm: &Warm, id: u64) -> Result<Duration> {
    let receipt = warm
        .home
        .longhaul_home()
        .join(format!("state/attempts/{id}/1/receipt.json"));
    let receipt: Value = serde_json::from_str(&shell::read(&receipt)?)?;
    let steps = receipt["steps"].as_array().context("a receipt has steps")?;
    let step = steps
        .iter()
        .find(|step| step["name"] == "worktree")
        .context("it has a worktree")?;
    Ok(Duration::from_micros(
        step["duration_us"].as_u64().context("a step has a duration")?,
    ))
}

fn make(warm: &Warm, folder: &Path, files: usize) -> Result<()> {
    for number in 0..files {
        let inside = folder.join(format!("folder{}", number / FILES_PER_FOLDER));
        if number % FILES_PER_FOLDER == 0 {
            fs::create_dir_all(&inside)?;
        }
        fs::write(
            inside.join(format!("file{number}")),
            format!("the content of file {number}\n").repeat(20),
        )?;
    }
    git(warm, folder, &["init", "--quiet", "-b", "main"])?;
    git(warm, folder, &["config", "user.name", "Bench"])?;
    git(warm, folder, &["config", "user.email", "bench@localhost"])?;
    git(warm, folder, &["add", "--all"])?;
    git(warm, folder, &["commit", "--quiet", "-m", "many files"])
}

fn git(warm: &Warm, folder: &Path, words: &[&str]) -> Result<()> {
    shell::output(warm.home.program("git").current_dir(folder).args(words)).map(drop)
}
