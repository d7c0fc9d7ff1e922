//! Programs started as plain children, in the group of this process: for a step of an attempt, whose time limit, whose
//! cancel and whose output belong to its supervisor.

use std::io::{self, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use crate::runner::{Ended, LOCAL_VARIABLES, Program, Runner};

/// Runs programs as plain children.
#[derive(Debug, Clone, Copy, Default)]
pub struct Direct;

impl Runner for Direct {
    fn run(&self, program: &Program) -> io::Result<Ended> {
        let (name, arguments) = program.words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        #[expect(
            clippy::disallowed_methods,
            reason = "a step is started by its supervisor, and these are its children"
        )]
        let mut command = Command::new(name);
        command.args(arguments).current_dir(&program.folder);
        for name in LOCAL_VARIABLES {
            command.env_remove(name);
        }
        for (name, value) in &program.variables {
            command.env(name, value);
        }
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let (mut stdin, mut stderr) = (child.stdin.take(), child.stderr.take());
        let mut ended = Ended::default();
        std::thread::scope(|scope| {
            let input = &program.input;
            // It may end without reading all of it; that is for it to tell.
            scope.spawn(move || drop(stdin.take().map(|mut stdin| stdin.write_all(input))));
            let complaints = scope.spawn(move || {
                let mut bytes = Vec::new();
                stderr
                    .as_mut()
                    .map(|stderr| stderr.read_to_end(&mut bytes))
                    .transpose()
                    .map(|_| bytes)
            });
            let stdout = child
                .stdout
                .as_mut()
                .map(|stdout| stdout.read_to_end(&mut ended.stdout));
            stdout.transpose()?;
            ended.stderr = complaints.join().unwrap_or_else(|_| Ok(Vec::new()))?;
            io::Result::Ok(())
        })?;
        let status = child.wait()?;
        ended.code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
        Ok(ended)
    }
}
