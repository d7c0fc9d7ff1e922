//! Ending the supervisor, and asking as somebody whom nobody knows afterwards.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::ask;

/// How often it is asked, and how long after each other: until long after the daemon has looked what became of the task.
const ASKED: u32 = 200;
const BETWEEN: Duration = Duration::from_millis(5);
/// Between two looks at one's own parent.
const GLANCE: Duration = Duration::from_micros(20);

/// Tries to end a process by its limit of processor time; what the system says.
pub(crate) fn limit(pid: i32) -> String {
    let limit = libc::rlimit {
        rlim_cur: 1,
        rlim_max: 1,
    };
    // SAFETY: the structure outlives the call.
    match unsafe { libc::prlimit(pid, libc::RLIMIT_CPU, &raw const limit, std::ptr::null_mut()) } {
        0 => "set".to_owned(),
        _ => std::io::Error::last_os_error().to_string(),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "what a task's program starts is no business of the supervisor's"
)]
pub(crate) fn outlive(way: &str, socket: &str, script: &str) {
    let supervisor = std::os::unix::process::parent_id() as i32;
    let own = std::env::current_exe().expect("it has a path");
    let mut left = Command::new(own);
    left.args(["wait-and-ask", &supervisor.to_string(), socket, script])
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let raises_its_limit = way == "kill-unmarked";
    // SAFETY: system calls only.
    unsafe {
        left.pre_exec(move || {
            if raises_its_limit {
                let none = libc::rlimit {
                    rlim_cur: libc::RLIM_INFINITY,
                    rlim_max: libc::RLIM_INFINITY,
                };
                libc::setrlimit(libc::RLIMIT_LOCKS, &raw const none);
            }
            libc::setsid();
            // The second fork: its parent is gone before the supervisor is.
            if libc::fork() != 0 {
                libc::_exit(0);
            }
            Ok(())
        });
    }
    // The first child ends before it becomes anything, so starting it "fails" or ends at once.
    if let Ok(mut first) = left.spawn() {
        let _ = first.wait();
    }
    std::thread::sleep(Duration::from_millis(300));
    match way {
        "kill" | "kill-unmarked" => {
            // SAFETY: kill has no preconditions.
            unsafe { libc::kill(supervisor, libc::SIGKILL) };
            std::thread::sleep(Duration::from_secs(10));
        }
        _ => {
            println!("{}", limit(supervisor));
            // Output costs the supervisor processor time; without a limit this ends by the task's own.
            let line = [b'x'; 4_096];
            while std::io::Write::write_all(&mut std::io::stdout(), &line).is_ok() {}
        }
    }
}

pub(crate) fn wait_and_ask(supervisor: &str, socket: &str, script: &str) {
    // The moment counts: a process is given to another parent as soon as its own has ended, long before the daemon has
    // looked what became of it.
    let parent = || std::os::unix::process::parent_id().to_string();
    let first = parent();
    let is_below = |parent: &str| parent == first || parent == supervisor;
    while is_below(&parent()) {
        std::thread::sleep(GLANCE);
    }
    for _ in 0..ASKED {
        if ask::over_socket(socket, script).starts_with("201") {
            return;
        }
        std::thread::sleep(BETWEEN);
    }
}
