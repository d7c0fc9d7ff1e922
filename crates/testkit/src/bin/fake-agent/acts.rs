//! What each word of the script does.

use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use longhaul_testkit::marks::Marker;
use rustix::process::{Pid, Signal, kill_process};
use rustix::time::{ClockId, clock_gettime};

use crate::script::Step;

/// How often it looks for a file it waits for.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// How long a process it starts may take to tell its pid.
const STARTS_WITHIN: Duration = Duration::from_secs(5);

/// Does all steps; the exit code.
pub(crate) fn perform(steps: &[Step]) -> io::Result<u8> {
    let mut marker = None;
    let mut pace = Duration::ZERO;
    let mut code = 0;
    for step in steps {
        match step {
            Step::Marks(folder) => {
                let (task, attempt) = (number_in("LONGHAUL_TASK_ID")?, number_in("LONGHAUL_ATTEMPT")?);
                marker = Some(Marker::start(folder, task, attempt)?);
            }
            Step::Ignore(signals) => signals.iter().for_each(|signal| ignore(*signal)),
            Step::Say(text) => say(text)?,
            Step::Err(text) => writeln!(io::stderr(), "{text}")?,
            Step::PaceMs(pace_ms) => pace = Duration::from_millis(*pace_ms),
            Step::PrintMib(size_mib) => print(*size_mib, pace)?,
            Step::Child(file) => start("lives-on", file, Stdio::null(), Stdio::null())?,
            Step::Escape(file) => start("escapes", file, Stdio::null(), Stdio::null())?,
            Step::HoldPipe(file) => start("escapes", file, Stdio::inherit(), Stdio::inherit())?,
            Step::WaitFor(file) => wait_for(file),
            Step::Touch(file) => std::fs::write(file, "")?,
            Step::Append(file) => append(file, &format!("{}\n", number_in("LONGHAUL_TASK_ID")?))?,
            Step::CopyStdin => {
                io::copy(&mut io::stdin(), &mut io::stdout())?;
            }
            Step::BurnMs(cpu_ms) => burn(Duration::from_millis(*cpu_ms)),
            Step::Die(signal) => die(*signal),
            Step::RefuseIfAlive(file) => {
                let pid = std::fs::read_to_string(file)?.trim().parse().unwrap_or(0);
                if longhaul_testkit::processes::is_alive(pid) {
                    return Err(io::Error::other(format!("{pid} is still alive")));
                }
            }
            Step::Exit(chosen) => {
                code = *chosen;
                break;
            }
            Step::Forever => forever(),
        }
    }
    io::stdout().flush()?;
    if let Some(marker) = marker {
        marker.end(i32::from(code))?;
    }
    Ok(code)
}

fn say(text: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")?;
    io::stdout().flush()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a program of its own, which is told who it is by its environment"
)]
fn number_in(name: &str) -> io::Result<u64> {
    let text = std::env::var(name).unwrap_or_default();
    text.parse()
        .map_err(|_| io::Error::other(format!("{name} is {text:?}, not a number")))
}

fn ignore(signal: i32) {
    // SAFETY: SIG_IGN installs no handler, so nothing of ours runs at an unexpected time.
    unsafe { libc::signal(signal, libc::SIG_IGN) };
}

fn die(signal: i32) {
    // The runtime's own handler would swallow the first SIGSEGV.
    // SAFETY: SIG_DFL installs no handler.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
    if let Some(signal) = Signal::from_named_raw(signal) {
        let _ = kill_process(myself(), signal);
    }
    forever();
}

fn myself() -> Pid {
    rustix::process::getpid()
}

fn forever() -> ! {
    loop {
        std::thread::park();
    }
}

fn wait_for(file: &Path) {
    while !file.exists() {
        std::thread::sleep(LOOK_EVERY);
    }
}

fn append(file: &Path, text: &str) -> io::Result<()> {
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(file)?
        .write_all(text.as_bytes())
}

/// CPU time is what counts, whoever else is busy.
fn burn(length: Duration) {
    let used = || {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    };
    let began = used();
    while used() - began < length {
        std::hint::spin_loop();
    }
}

fn print(size_mib: u64, pace: Duration) -> io::Result<()> {
    let (mut out, mut err) = (io::stdout().lock(), io::stderr());
    let mut number = 0_u64;
    for mib in 0..size_mib {
        for _ in 0..16 {
            let mut block = String::with_capacity(64 * 1024 + 128);
            while block.len() < 64 * 1024 {
                block += &format!(
                    "{{\"type\":\"message\",\"number\":{number},\"text\":\"{:064}\"}}\n",
                    number
                );
                number += 1;
            }
            out.write_all(block.as_bytes())?;
            if !pace.is_zero() {
                out.flush()?;
                let until = Instant::now() + pace;
                while let Some(left) = until.checked_duration_since(Instant::now()) {
                    std::thread::sleep(left);
                }
            }
        }
        writeln!(err, "chatter {mib}")?;
    }
    out.flush()
}

/// Starts a shell that writes its pid to `file` and then lives until it is killed; returns when the pid is there.
/// One that `escapes` is in a session of its own, and its parent is gone.
#[expect(
    clippy::disallowed_methods,
    reason = "a scripted program of its own; it starts the processes of the test"
)]
fn start(how: &str, file: &Path, out: Stdio, err: Stdio) -> io::Result<()> {
    let _ = std::fs::remove_file(file);
    // The pid appears at once and whole, and the process does not wait for one that could be killed alone.
    let stay = "echo $$ > \"$1.new\" && mv \"$1.new\" \"$1\" && exec sleep 1000000";
    let script = match how {
        "escapes" => "sh -c \"$0\" sh \"$1\" & exit 0",
        _ => stay,
    };
    let mut command = Command::new("sh");
    match how {
        "escapes" => command.args(["-c", script, stay]).arg(file),
        _ => command.args(["-c", script, "sh"]).arg(file),
    };
    command.stdin(Stdio::null()).stdout(out).stderr(err);
    if how == "escapes" {
        // SAFETY: setsid is async-signal-safe and touches no memory of ours.
        unsafe { command.pre_exec(|| rustix::process::setsid().map(drop).map_err(io::Error::from)) };
        command.status()?;
    } else {
        command.spawn()?;
    }
    // Somebody may have killed it before it came to write its pid.
    longhaul_testkit::wait_for(STARTS_WITHIN, || file.exists().then_some(()))
        .ok_or_else(|| io::Error::other(format!("{} was not written", file.display())))
}
