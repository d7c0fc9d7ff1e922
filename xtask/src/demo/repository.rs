//! A small real repository to work in, and the program of an agent's shape that works in it.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

use crate::private_home::PrivateHome;
use crate::shell;

/// What the agent-shaped program is. Its stdout is deterministic and copied to a file, so that "all of it" can be checked.
const AGENT: &str = include_str!("agent.sh");

/// How many files the repository has, besides the program.
pub(crate) const FILES: usize = 240;

/// Makes a repository with some history at `folder`.
pub(crate) fn make(home: &PrivateHome, folder: &Path) -> Result<()> {
    for number in 0..FILES {
        let area = folder.join(format!("src/area_{}", number % 12));
        std::fs::create_dir_all(&area)?;
        let mut text = String::new();
        for line in 0..60 {
            writeln!(
                text,
                "pub fn step_{number}_{line}() -> u32 {{ {} }}",
                number * 60 + line
            )?;
        }
        std::fs::write(area.join(format!("part_{number}.rs")), text)?;
    }
    let git = |arguments: &[&str]| {
        let mut command = home.program("git");
        command.current_dir(folder).env("GIT_CONFIG_NOSYSTEM", "1");
        command
            .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"])
            .args(arguments);
        shell::output(&mut command)
    };
    git(&["init", "--quiet", "--initial-branch=main"])?;
    git(&["add", "."])?;
    git(&["commit", "--quiet", "-m", "src: the parts"])?;
    let script = folder.join("agent.sh");
    std::fs::write(&script, AGENT)?;
    let mut executable = std::fs::metadata(&script)?.permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut executable, 0o755);
    std::fs::set_permissions(&script, executable)?;
    git(&["add", "."])?;
    git(&["commit", "--quiet", "-m", "agent: a program of an agent's shape"])?;
    Ok(())
}
