//! A program that tries to get more rights than the task it is started in: it ends its supervisor, outlives it, and asks
//! the daemon in ways in which it cannot be seen. Each way is one that once worked.
//!
//! What this is not: an exploit of anything but Longhaul's own idea of who is asking. It writes nothing itself.

#[cfg(target_os = "linux")]
mod ask;
#[cfg(target_os = "linux")]
mod outlive;

use std::process::ExitCode;

/// The ways are Linux's.
#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    ExitCode::from(2)
}

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        // Tries to set a limit of its parent, and says what came of it.
        ["limit-parent"] => println!("{}", outlive::limit(std::os::unix::process::parent_id() as i32)),
        // Leaves a process behind that submits SCRIPT when the supervisor is gone; ends the supervisor.
        ["outlive", way, socket, script] => outlive::outlive(way, socket, script),
        ["wait-and-ask", supervisor, socket, script] => outlive::wait_and_ask(supervisor, socket, script),
        // Submits SCRIPT over the socket, and says what came of it.
        ["ask", socket, script] => println!("{}", ask::over_socket(socket, script)),
        // The same over TCP with a token, hidden in one of several ways.
        ["ask-tcp", way, address, token, script] => println!("{}", ask::over_tcp(way, address, token, script)),
        _ => {
            eprintln!("intruder: unknown words {words:?}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
