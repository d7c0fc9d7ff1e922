//! Measures capturing 1 GiB of output against `cmd > file`, in turns, and the supervisor's memory meanwhile.
//!
//! `cargo build --release -p longhaul-supervisor --bins --examples && target/release/examples/capture [ROUNDS]`

#![expect(clippy::disallowed_methods, reason = "a measurement starts its own programs")]

use std::error::Error;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use longhaul_supervisor::{Capture, Environment, Spec, Step, launch};

const SCRIPT: &str = "exec head -c 1073741824 /dev/zero";

fn main() -> Result<(), Box<dyn Error>> {
    let rounds: usize = std::env::args().nth(1).map_or(Ok(5), |count| count.parse())?;
    let program = std::env::current_exe()?;
    let program = program
        .parent()
        .and_then(Path::parent)
        .ok_or("no build folder")?
        .join("longhaul-supervise");
    // Beside the build: a temporary folder may be kept in memory.
    let root = tempfile::tempdir_in(program.parent().ok_or("no build folder")?)?;
    let (mut plain, mut pipe, mut file) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        plain.push(redirect(root.path())?);
        pipe.push(supervised(
            &program,
            &root.path().join(format!("pipe-{round}")),
            Capture::Pipe,
        )?);
        file.push(supervised(
            &program,
            &root.path().join(format!("file-{round}")),
            Capture::File,
        )?);
    }
    let base = median(&mut plain);
    println!("cmd > file  {base:>8.1?}");
    for (name, times) in [("pipe", &mut pipe), ("file", &mut file)] {
        let time = median(times);
        println!(
            "{name:<10}  {time:>8.1?}  {:.2} x",
            base.as_secs_f64() / time.as_secs_f64()
        );
    }
    Ok(())
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn redirect(root: &Path) -> Result<Duration, Box<dyn Error>> {
    let path = root.join("plain");
    let start = Instant::now();
    let status = Command::new("sh")
        .arg("-c")
        .arg(format!("{SCRIPT} > {}", path.display()))
        .status()?;
    let time = start.elapsed();
    std::fs::remove_file(path)?;
    if status.success() {
        Ok(time)
    } else {
        Err("the plain command failed".into())
    }
}

fn supervised(program: &Path, folder: &Path, capture: Capture) -> Result<Duration, Box<dyn Error>> {
    let marker = format!("LONGHAUL_TOKEN={}", folder.display());
    let steps = vec![Step::program(["sh", "-c", SCRIPT])];
    let mut spec = Spec::new(1, 1, 1, marker, std::env::current_dir()?, steps);
    spec.capture = capture;
    let attempt = launch::create(folder, &spec, &Environment::default())?;
    let start = Instant::now();
    let supervised = launch::start(&attempt, program)?;
    let mut peak_kb = 0;
    let pause = rustix::event::Timespec {
        tv_sec: 0,
        tv_nsec: 50_000_000,
    };
    loop {
        let mut polled = [rustix::event::PollFd::from_borrowed_fd(
            supervised.as_fd(),
            rustix::event::PollFlags::IN,
        )];
        if rustix::event::poll(&mut polled, Some(&pause))? > 0 {
            break;
        }
        peak_kb = peak_kb.max(private_dirty_kb(supervised.pid()));
    }
    let whole = start.elapsed();
    supervised.reap()?;
    let receipt = attempt.receipt()?.ok_or("no receipt")?;
    let time = Duration::from_micros(receipt.program_duration_us.ok_or("no program")?);
    let disk_kb = kilobytes_on_disk(folder)?;
    println!(
        "  {capture:?}: program {time:.1?}, whole {whole:.1?}, supervisor at most {peak_kb} kB private, {disk_kb} kB on disk"
    );
    std::fs::remove_dir_all(folder)?;
    Ok(time)
}

fn private_dirty_kb(pid: i32) -> u64 {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Private_Dirty:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0)
}

fn kilobytes_on_disk(folder: &Path) -> Result<u64, Box<dyn Error>> {
    use std::os::unix::fs::MetadataExt;
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        sum += entry?.metadata()?.blocks() / 2;
    }
    Ok(sum)
}
