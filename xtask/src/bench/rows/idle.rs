//! B6: what Longhaul costs while nothing happens. Read from /proc; Linux only.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use super::row::Row;
use super::world::{Bench, Warm};
use crate::private_home::processes_naming;
use crate::shell;

/// Kilobytes of private memory that a supervisor may have.
pub(crate) const SUPERVISOR_KB: f64 = 614.4;

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let warm = bench.warm()?;
    let mut client = warm.client()?;
    for _ in 0..50 {
        let id = client.submit(&warm.spec(&["true"]))?;
        client.wait_for(id)?;
    }
    drop(client);
    let watched = Duration::from_secs(if bench.is_quick { 5 } else { 20 });
    std::thread::sleep(Duration::from_secs(2));
    let pid = warm.daemon_pid();
    let before = activity(pid)?;
    std::thread::sleep(watched);
    let (cpu_ns, wakes) = between(&before, &activity(pid)?);
    let cpu_percent = cpu_ns / watched.as_nanos() as f64 * 100.0;
    let wakes = wakes / watched.as_secs_f64();
    let resident_kb = field(&format!("/proc/{pid}/status"), "VmRSS:")?;

    let mut client = warm.client()?;
    client.submit(&warm.spec(&["sleep", "600"]))?;
    shell::wait_until("a supervisor is up", Duration::from_secs(10), || {
        !supervisors(&warm).is_empty()
    })?;
    // It is idle once its program has been running for a moment.
    std::thread::sleep(Duration::from_secs(1));
    let supervisor = *supervisors(&warm).first().context("the supervisor has gone")?;
    let dirty_kb = private_dirty_kb(supervisor)?;
    let resident_supervisor_kb = field(&format!("/proc/{supervisor}/status"), "VmRSS:")?;
    let before = activity(supervisor)?;
    std::thread::sleep(watched / 2);
    let (_, supervisor_wakes) = between(&before, &activity(supervisor)?);
    let supervisor_wakes = supervisor_wakes / (watched / 2).as_secs_f64();
    let per_second = |wakes: f64| format!("{wakes:.2} wake-ups/s");
    Ok(vec![
        Row::within(
            "B6",
            "idle daemon, CPU",
            format!("{cpu_percent:.4} % over {watched:?}"),
            cpu_percent,
            0.1,
            "< 0.1 %",
        ),
        Row::within("B6", "idle daemon, wake-ups", per_second(wakes), wakes, 1.0, "≤ 1/s"),
        Row::within(
            "B6",
            "idle daemon, resident",
            format!("{:.1} MB", resident_kb / 1024.0),
            resident_kb / 1024.0,
            30.0,
            "≤ 30 MB",
        ),
        Row::within(
            "B6",
            "supervisor, private dirty",
            format!("{dirty_kb:.0} kB ({resident_supervisor_kb:.0} kB resident, most of it shared)"),
            dirty_kb,
            SUPERVISOR_KB,
            "≤ 0.6 MB",
        ),
        Row::within(
            "B6",
            "supervisor, wake-ups",
            per_second(supervisor_wakes),
            supervisor_wakes,
            1.0,
            "≤ 1/s",
        ),
    ])
}

/// Per thread: nanoseconds on a processor, and voluntary switches, so far.
type Activity = BTreeMap<String, (u64, u64)>;

fn activity(pid: u32) -> Result<Activity> {
    let mut threads = Activity::new();
    for thread in std::fs::read_dir(format!("/proc/{pid}/task"))? {
        let thread = thread?;
        let folder = thread.path();
        // A thread may end while it is looked at.
        let Ok(schedule) = shell::read(&folder.join("schedstat")) else {
            continue;
        };
        let Ok(wakes) = field(&folder.join("status").to_string_lossy(), "voluntary_ctxt_switches:") else {
            continue;
        };
        let cpu_ns = schedule
            .split(' ')
            .next()
            .and_then(|word| word.parse::<u64>().ok())
            .context("reading schedstat")?;
        threads.insert(
            thread.file_name().to_string_lossy().into_owned(),
            (cpu_ns, wakes as u64),
        );
    }
    Ok(threads)
}

/// What all threads did in between, those that are new included.
fn between(before: &Activity, after: &Activity) -> (f64, f64) {
    let (mut cpu_ns, mut wakes) = (0, 0);
    for (thread, now) in after {
        let then = before.get(thread).copied().unwrap_or_default();
        cpu_ns += now.0 - then.0;
        wakes += now.1 - then.1;
    }
    (cpu_ns as f64, wakes as f64)
}

/// A number of a `Name: number` file.
pub(crate) fn field(file: &str, name: &str) -> Result<f64> {
    let text = shell::read(Path::new(file))?;
    let words = text
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|rest| rest.split_whitespace().next());
    words
        .and_then(|word| word.parse().ok())
        .with_context(|| format!("{file} has no {name}"))
}

/// Kilobytes of memory that are the process's own.
pub(crate) fn private_dirty_kb(pid: u32) -> Result<f64> {
    field(&format!("/proc/{pid}/smaps_rollup"), "Private_Dirty:")
}

/// The supervisors of a home.
pub(crate) fn supervisors(warm: &Warm) -> Vec<u32> {
    let is_supervisor = |pid: &u32| {
        std::fs::read(format!("/proc/{pid}/cmdline"))
            .is_ok_and(|line| line.split(|byte| *byte == 0).any(|word| word == b"supervise"))
    };
    processes_naming(&warm.home.folder().to_string_lossy())
        .into_iter()
        .filter(is_supervisor)
        .collect()
}
