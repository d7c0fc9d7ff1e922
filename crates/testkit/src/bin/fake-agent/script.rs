//! The words of the script.

use std::path::PathBuf;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// `--marks DIR`: mark the start now and the end later, in DIR.
    Marks(PathBuf),
    /// `--ignore TERM,INT`: ignore these signals from now on, and in every child.
    Ignore(Vec<i32>),
    /// `--say TEXT`: a line on stdout.
    Say(String),
    /// `--err TEXT`: a line on stderr.
    Err(String),
    /// `--pace-ms N`: pause this long after every 64 KiB of what follows.
    PaceMs(u64),
    /// `--print-mib N`: this many MiB of JSON lines on stdout, a line of chatter on stderr per MiB.
    PrintMib(u64),
    /// `--child FILE`: a child in the same group that lives until killed; FILE gets its pid.
    Child(PathBuf),
    /// `--escape FILE`: a grandchild in a session of its own that lives until killed; FILE gets its pid.
    Escape(PathBuf),
    /// `--hold-pipe FILE`: like `--escape`, and it holds stdout and stderr open.
    HoldPipe(PathBuf),
    /// `--wait-for FILE`: go on when FILE exists.
    WaitFor(PathBuf),
    /// `--touch FILE`: make FILE.
    Touch(PathBuf),
    /// `--append FILE`: add a line with the task's id to FILE.
    Append(PathBuf),
    /// `--copy-stdin`: copy stdin to stdout.
    CopyStdin,
    /// `--burn-ms N`: use this much CPU time.
    BurnMs(u64),
    /// `--die SIGNAL`: send it to itself.
    Die(i32),
    /// `--refuse-if-alive FILE`: fail if the process whose pid is in FILE lives.
    RefuseIfAlive(PathBuf),
    /// `--exit N`: end here with this code.
    Exit(u8),
    /// `--forever`: never end by itself.
    Forever,
}

/// Reads a script; its error is a sentence for people.
pub(crate) fn parse(arguments: &[String]) -> Result<Vec<Step>, String> {
    let mut words = arguments.iter();
    let mut steps = Vec::new();
    while let Some(word) = words.next() {
        let mut value = || words.next().cloned().ok_or_else(|| format!("{word} needs a value"));
        steps.push(match word.as_str() {
            "--marks" => Step::Marks(value()?.into()),
            "--ignore" => Step::Ignore(value()?.split(',').map(signal).collect::<Result<_, _>>()?),
            "--say" => Step::Say(value()?),
            "--err" => Step::Err(value()?),
            "--pace-ms" => Step::PaceMs(number(&value()?)?),
            "--print-mib" => Step::PrintMib(number(&value()?)?),
            "--child" => Step::Child(value()?.into()),
            "--escape" => Step::Escape(value()?.into()),
            "--hold-pipe" => Step::HoldPipe(value()?.into()),
            "--wait-for" => Step::WaitFor(value()?.into()),
            "--touch" => Step::Touch(value()?.into()),
            "--append" => Step::Append(value()?.into()),
            "--copy-stdin" => Step::CopyStdin,
            "--burn-ms" => Step::BurnMs(number(&value()?)?),
            "--die" => Step::Die(signal(&value()?)?),
            "--refuse-if-alive" => Step::RefuseIfAlive(value()?.into()),
            "--exit" => Step::Exit(number(&value()?)?),
            "--forever" => Step::Forever,
            other => return Err(format!("unknown word {other}")),
        });
    }
    Ok(steps)
}

fn number<N: std::str::FromStr>(text: &str) -> Result<N, String> {
    text.parse()
        .map_err(|_| format!("{text} is not a number of the right size"))
}

fn signal(name: &str) -> Result<i32, String> {
    Ok(match name {
        "HUP" => libc::SIGHUP,
        "INT" => libc::SIGINT,
        "TERM" => libc::SIGTERM,
        "KILL" => libc::SIGKILL,
        "SEGV" => libc::SIGSEGV,
        "USR1" => libc::SIGUSR1,
        _ => return Err(format!("unknown signal {name}")),
    })
}
