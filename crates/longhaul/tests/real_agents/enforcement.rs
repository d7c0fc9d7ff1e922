//! Readers in the kernel's cage: the agent works in it, with its own sandbox off, and can plant nothing for later runs.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use longhaul_testkit::{PATIENCE, RealAgent, wait_until};

use crate::stage::{Stage, completed};

crate::with_each_agent!(
    a_reader_cannot_plant_anything_for_the_next_run,
    a_reader_works_where_landlock_alone_holds,
);

/// Everything below a folder that holds this text.
fn holding(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(holding(&path, text));
        } else if fs::read_to_string(&path).is_ok_and(|content| content.starts_with(text)) {
            found.push(path.display().to_string());
        }
    }
    found
}

fn a_reader_cannot_plant_anything_for_the_next_run(agent: RealAgent) {
    let Some(stage) = Stage::set(agent) else { return };
    let plant = "cd $HOME; for f in .profile .gitconfig .codex/config.toml .codex/hooks.json .codex/AGENTS.md .codex/hooks/a \
                 .claude/settings.json .claude/settings.local.json .claude/CLAUDE.md .claude/hooks/a .claude/agents/a \
                 .claude/projects/other/memory/MEMORY.md $(echo .claude/projects/*/memory)/MEMORY.md \
                 config/opencode/opencode.json config/opencode/AGENTS.md config/opencode/plugin/a \
                 .gemini/settings.json .gemini/GEMINI.md .gemini/.env .gemini/extensions/a \
                 $LONGHAUL_HOME/config.toml $OLDPWD/planted; do mkdir -p $(dirname $f); rm -f $f; echo planted > $f; done; \
                 mv .codex/hooks .codex/h; mv .claude .c; mv .gemini .g; echo all-tried";
    let script = serde_json::json!([{"run": plant}, {"say": "done"}]);
    let task = stage.ended(stage.submit(&[], &format!("stub: {script}")));
    completed(&task);
    assert_eq!(task["enforcement"], "kernel", "{task:#}");
    assert_eq!(stage.model.prompts().last().map(|seen| seen.tool_results), Some(1));
    assert_eq!(holding(&stage.world.user(), "planted"), Vec::<String>::new());
    assert_eq!(holding(&stage.world.path(""), "planted"), Vec::<String>::new());
    // And the next run finds its settings as they were.
    completed(&stage.ended(stage.submit(&[], "stub-plain")));
}

fn a_reader_works_where_landlock_alone_holds(agent: RealAgent) {
    if !fs::metadata("/proc/self").is_ok_and(|facts| facts.uid() == 0) {
        eprintln!("SKIPPED: a machine without user namespaces, which only root can arrange");
        return;
    }
    let Some(stage) = Stage::set(agent) else { return };
    // The test itself is outside the daemon's user namespace, which has to be vouched for.
    let config = stage.world.home().join("config.toml");
    fs::write(config, "trusted_containers = [\"/\"]\n").expect("the world is ours");
    let longhaul = stage.world.binary().display().to_string();
    let script = format!("echo 0 > /proc/sys/user/max_user_namespaces; exec {longhaul} daemon run");
    let daemon = stage
        .world
        .program("/usr/bin/unshare")
        .args(["--user", "--map-root-user", "sh", "-c", &script])
        .spawn();
    wait_until("the daemon answers", PATIENCE, || stage.world.is_answering());
    let first = stage.ended(stage.submit(&[], "stub-plain"));
    completed(&first);
    assert_eq!(first["enforcement"], "kernel-partial", "{first:#}");
    let task = stage.ended(stage.submit(&[], "stub-write"));
    assert_eq!(task["enforcement"], "kernel-partial", "{task:#}");
    assert!(!stage.world.path("file.txt").exists(), "a reader wrote: {task:#}");
    stage.world.longhaul(["daemon", "stop"]).run().ok();
    daemon.wait();
}
