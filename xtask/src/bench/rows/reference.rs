//! The bare loops that the rows are measured against: what the machine gives with nothing around it.

use std::path::Path;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rusqlite::Connection;

use super::database;
use super::figures::timed;
use super::template::Template;
use crate::shell;

/// Durable commits of one small row each.
#[derive(Debug)]
pub(crate) struct BareCommits(Connection);

impl BareCommits {
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        let connection = database::open(&folder.join("bare.sqlite"))?;
        connection.execute_batch("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")?;
        Ok(Self(connection))
    }

    /// How long one of them takes.
    pub(crate) fn one(&self) -> Result<Duration> {
        let mut insert = self.0.prepare_cached("INSERT INTO rows (text) VALUES (?1)")?;
        let text = "x".repeat(400);
        let (took, done) = timed(|| insert.execute([&text]));
        done.map(|_| took).context("committing a row")
    }
}

/// Inserts of a whole task per second, each with a commit of its own.
pub(crate) fn single_commits_per_second(file: &Path, template: &Template, count: u64) -> Result<f64> {
    let connection = template.fresh_database(file)?;
    let begun = Instant::now();
    for id in 1..=count {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        template.insert(&connection, id)?;
        connection.execute_batch("COMMIT")?;
    }
    Ok(count as f64 / begun.elapsed().as_secs_f64())
}

/// Inserts of a whole task per second by one writer thread that commits whatever waits, for `clients` waiting threads.
pub(crate) fn group_commits_per_second(file: &Path, template: &Template, clients: u64, each: u64) -> Result<f64> {
    let connection = template.fresh_database(file)?;
    let (sender, receiver) = mpsc::sync_channel::<mpsc::SyncSender<()>>(4096);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..clients {
            let sender = sender.clone();
            scope.spawn(move || {
                let (reply, answered) = mpsc::sync_channel(1);
                for _ in 0..each {
                    // The writer ends early only by an error, which it reports itself.
                    if sender.send(reply.clone()).is_err() || answered.recv().is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut id = 0;
        while let Ok(first) = receiver.recv() {
            let group: Vec<_> = std::iter::once(first).chain(receiver.try_iter().take(999)).collect();
            connection.execute_batch("BEGIN IMMEDIATE")?;
            for _ in &group {
                id += 1;
                template.insert(&connection, id)?;
            }
            connection.execute_batch("COMMIT")?;
            for reply in group {
                let _ = reply.send(());
            }
        }
        anyhow::Ok(())
    })?;
    Ok((clients * each) as f64 / begun.elapsed().as_secs_f64())
}

/// How long it takes to spawn a program `count` times, `at_once` at a time, waiting for it and syncing one file each.
pub(crate) fn spawn_wait_sync(folder: &Path, program: &str, count: usize, at_once: usize) -> Result<Duration> {
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let lines: Vec<_> = (0..at_once)
            .map(|line| {
                scope.spawn(move || {
                    for round in (line..count).step_by(at_once) {
                        let mut command = shell::program(program);
                        command
                            .stdin(Stdio::null())
                            .stdout(Stdio::null())
                            .stderr(Stdio::null())
                            .status()?;
                        let file = std::fs::File::create(folder.join(format!("synced-{round}")))?;
                        std::io::Write::write_all(&mut &file, b"{\"exit_code\":0}\n")?;
                        file.sync_all()?;
                    }
                    anyhow::Ok(())
                })
            })
            .collect();
        lines
            .into_iter()
            .try_for_each(|line| line.join().expect("invariant: the loop does not panic"))
    })?;
    Ok(begun.elapsed())
}
