//! A scripted program shaped like a coding agent: it talks in JSON lines, starts processes of its own sessions,
//! ignores signals, holds pipes open, and tells a marker file when it ran. It does what its arguments say, in order.
//!
//! What this is not: a model of any real agent's protocol; recordings of those live with their adapters.

mod acts;
mod script;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let steps = match script::parse(&arguments) {
        Ok(steps) => steps,
        Err(message) => {
            eprintln!("fake-agent: {message}");
            return ExitCode::from(2);
        }
    };
    match acts::perform(&steps) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("fake-agent: {error}");
            ExitCode::from(99)
        }
    }
}
