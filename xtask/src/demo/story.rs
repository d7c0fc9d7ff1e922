//! The story: real work, a daemon killed in the middle, and the truth afterwards.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::repository;
use super::stage::Stage;
use crate::private_home::{is_alive, kill, processes_naming};
use crate::shell;

/// Seconds that the agent-shaped program works.
const STEPS: &str = "10";

/// Tells it; returns how many of the things shown are not so.
pub(crate) fn tell(binary: &Path) -> Result<usize> {
    let mut stage = Stage::new(binary)?;
    clone(&mut stage)?;
    let work = submit(&mut stage)?;
    kill_the_daemon(&mut stage, &work)?;
    the_truth(&mut stage, &work)?;
    cancel(&mut stage)?;
    stage.chapter("And everything at a glance");
    stage.longhaul(&["status"])?;
    Ok(stage.sum_up())
}

/// The tasks of the story.
struct Work {
    agent: String,
    audit: String,
    half_way: String,
    after: String,
}

fn clone(stage: &mut Stage) -> Result<()> {
    stage.chapter("A repository is cloned, as a task");
    let folder = stage.home.folder().to_owned();
    let origin = folder.join("origin");
    repository::make(&stage.home, &origin)?;
    stage.go_to(&folder);
    let cloned = stage.longhaul(&["clone", &format!("file://{}", origin.display()), "project"])?;
    stage.check("the clone task exits 0", cloned.status.success());
    let head = |folder: &Path| shell::output(shell::program("git").current_dir(folder).args(["rev-parse", "HEAD"]));
    let is_whole = head(&origin)? == head(&folder.join("project")).unwrap_or_default();
    stage.check(
        format!(
            "the clone has the origin's newest commit and {} files",
            repository::FILES + 1
        ),
        is_whole,
    );
    stage.go_to(&folder.join("project"));
    Ok(())
}

fn submit(stage: &mut Stage) -> Result<Work> {
    stage.chapter("A long program of an agent's shape runs in it; others queue behind it");
    let scratch = scratch(stage);
    let agent = stage.submit(&["--name", "agent", "--", "./agent.sh", STEPS, &scratch])?;
    let audit = stage.submit(&[
        "--name",
        "audit",
        "--",
        "sh",
        "-c",
        "sleep 6; echo three findings >&2; exit 42",
    ])?;
    let file = format!("file:{scratch}/half-way");
    let half_way = stage.submit(&[
        "--name",
        "half-way",
        "--requires",
        &file,
        "--",
        "cat",
        &format!("{scratch}/half-way"),
    ])?;
    let after = stage.submit(&[
        "--name",
        "report",
        "--after",
        &agent,
        "--",
        "cat",
        &format!("{scratch}/runs"),
    ])?;
    let runs = |stage: &Stage, id: &str| stage.fact(id, "/state").is_ok_and(|state| state == "running");
    let both_run = shell::wait_until("agent and audit run", Duration::from_secs(10), || {
        runs(stage, &agent) && runs(stage, &audit)
    });
    stage.check("agent and audit run", both_run.is_ok());
    stage.longhaul(&["list"])?;
    let waits_for = stage.fact(&after, "/waiting_for/0/kind")?;
    stage.check(
        format!("report waits for the agent (waiting_for: {waits_for})"),
        waits_for == "dependency",
    );
    Ok(Work {
        agent,
        audit,
        half_way,
        after,
    })
}

fn kill_the_daemon(stage: &mut Stage, work: &Work) -> Result<()> {
    stage.chapter("kill -9 of the daemon, in the middle");
    stage.echo(&["daemon", "status", "--json"]);
    let pid = stage.home.daemon_pid()?;
    println!("$ kill -9 {pid}");
    kill(pid);
    shell::wait_until("the daemon is dead", Duration::from_secs(5), || !is_alive(pid))?;
    let status = stage.longhaul(&["daemon", "status"])?;
    stage.check(
        "no daemon runs now (daemon status exits 3)",
        status.status.code() == Some(3),
    );
    let alive = processes_naming(&format!("LONGHAUL_TASK_ID={}", work.agent)).len();
    stage.check(
        format!("the agent works on without it ({alive} processes of its tree)"),
        alive > 0,
    );

    stage.chapter("Whoever waits brings the daemon back");
    let begun = Instant::now();
    let awaited = stage.longhaul(&["await", &work.audit])?;
    stage.check(
        format!(
            "await of the audit exits with the program's own 42 ({:.1} s later)",
            begun.elapsed().as_secs_f64()
        ),
        awaited.status.code() == Some(42),
    );
    let now = stage.home.daemon_pid()?;
    stage.check(format!("another daemon runs: pid {now} instead of {pid}"), now != pid);
    Ok(())
}

fn the_truth(stage: &mut Stage, work: &Work) -> Result<()> {
    stage.chapter("The true result of the long program");
    let awaited = stage.quietly(&["await", &work.agent])?;
    stage.check("await of the agent exits 0", awaited.status.code() == Some(0));
    let scratch = scratch(stage);
    let said = std::fs::read(format!("{scratch}/said")).context("reading what the agent said")?;
    let result = stage.quietly(&["result", &work.agent])?;
    stage.check(
        format!(
            "result is what it printed, byte for byte ({:.1} MB)",
            result.stdout.len() as f64 / 1e6
        ),
        result.stdout == said && said.len() > 4_000_000,
    );
    stage.longhaul(&["logs", &work.agent, "--tail", "3"])?;
    let runs = shell::read(format!("{scratch}/runs").as_ref())?;
    let words: Vec<&str> = runs.lines().filter_map(|line| line.split(' ').next()).collect();
    stage.check("it ran once: one start, one end", words == ["start", "end"]);
    stage.check("in one attempt", stage.fact(&work.agent, "/attempt")? == 1);
    stage.check(
        "its helper in another session ended by itself",
        Path::new(&format!("{scratch}/helper")).exists(),
    );

    stage.chapter("And those that waited for it");
    let both = stage.longhaul(&["await", &work.half_way, &work.after])?;
    stage.check("both completed", both.status.code() == Some(0));
    let time = |id: &str, fact: &str| -> Result<String> {
        Ok(stage
            .fact(id, fact)?
            .as_str()
            .with_context(|| format!("task {id} has no {fact}"))?
            .to_owned())
    };
    // Times are RFC 3339 in UTC; that they are of one length is not promised, so they are compared as instants.
    let (agent_ended, after_started) = (time(&work.agent, "/ended_at")?, time(&work.after, "/started_at")?);
    let (half_way_started, agent_started) = (time(&work.half_way, "/started_at")?, time(&work.agent, "/started_at")?);
    let in_order = instant(&after_started)? >= instant(&agent_ended)?;
    stage.check("the report started after the agent's end", in_order);
    let between =
        instant(&half_way_started)? > instant(&agent_started)? && instant(&half_way_started)? < instant(&agent_ended)?;
    stage.check(
        "half-way started once its file was there, while the agent still ran",
        between,
    );
    Ok(())
}

fn cancel(stage: &mut Stage) -> Result<()> {
    stage.chapter("Cancel means gone");
    let mark = format!("DEMO_MARK=stubborn-{}", std::process::id());
    // Ignores SIGTERM, and so do its children, one of them in a session of its own.
    let program = "trap '' TERM; setsid sh -c \"trap '' TERM; while :; do sleep 1; done\" & while :; do sleep 1; done";
    let id = stage.submit(&["--name", "stubborn", "--env", &mark, "--", "sh", "-c", program])?;
    let tree_is_up = shell::wait_until("the stubborn tree is up", Duration::from_secs(10), || {
        processes_naming(&mark).len() >= 3
    });
    let before = processes_naming(&mark).len();
    stage.check(
        format!("a tree of {before} processes that ignore SIGTERM runs"),
        tree_is_up.is_ok(),
    );
    let begun = Instant::now();
    let canceled = stage.longhaul(&["cancel", &id, "--reason", "it had its time"])?;
    let left = processes_naming(&mark).len();
    stage.check(
        format!(
            "cancel came back after {:.1} s, and {left} of them are left",
            begun.elapsed().as_secs_f64()
        ),
        canceled.status.success() && left == 0,
    );
    let awaited = stage.longhaul(&["await", &id])?;
    stage.check("await of it exits 130", awaited.status.code() == Some(130));
    stage.check("its state is canceled", stage.fact(&id, "/state")? == "canceled");
    Ok(())
}

fn scratch(stage: &Stage) -> String {
    stage.home.folder().join("scratch").to_string_lossy().into_owned()
}

/// Seconds since some fixed time, for comparing two RFC 3339 times in UTC.
fn instant(time: &str) -> Result<f64> {
    let numbers: Vec<f64> = time
        .trim_end_matches('Z')
        .split(['-', 'T', ':'])
        .map(str::parse)
        .collect::<Result<_, _>>()
        .with_context(|| format!("reading the time {time}"))?;
    let [year, month, day, hour, minute, second] = numbers[..] else {
        anyhow::bail!("{time} is no RFC 3339 time in UTC")
    };
    // Good enough for two times of one story: months and years need not have their true length, only their order.
    Ok((((year * 12.0 + month) * 31.0 + day) * 24.0 + hour) * 3600.0 + minute * 60.0 + second)
}
