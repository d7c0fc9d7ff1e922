//! The world of these tests: scripts that stand for agents and print what the real ones print.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use longhaul_testkit::World;
use serde_json::Value;

pub(crate) const SESSION: &str = "01a1f7c2-79e3-76c0-9d41-c8bd6ba4fa1f";

/// A world in which `codex` is this script; `$p` is its prompt, `$*` its arguments, and `say TEXT TOKENS` answers as Codex
/// does when all goes well.
pub(crate) fn world(script: &str) -> World {
    let world = World::new();
    install(&world, "codex", script);
    world
}

fn install(world: &World, name: &str, script: &str) {
    let folder = world.path("agents");
    fs::create_dir_all(&folder).expect("a folder");
    world.set_env("PATH", format!("{}:/usr/bin:/bin", folder.display()));
    let text = format!(
        r#"#!/bin/sh
case "$1" in --version) echo "codex-cli 0.169.0"; exit 0;; esac
p=$(cat; echo .); p=${{p%.}}
begin() {{ printf '%s\n' '{{"type":"thread.started","thread_id":"{SESSION}"}}' '{{"type":"turn.started"}}'; }}
message() {{ printf '%s\n' '{{"type":"item.completed","item":{{"id":"i","type":"agent_message","text":"'"$1"'"}}}}'; }}
done_with() {{ printf '%s\n' '{{"type":"turn.completed","usage":{{"input_tokens":'"$1"',"cached_input_tokens":0,"output_tokens":5,"reasoning_output_tokens":0}}}}'; }}
say() {{ begin; message "$1"; done_with "${{2:-100}}"; }}
{script}
"#
    );
    fs::write(folder.join(name), text).expect("a program");
    fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755)).expect("its mode");
}

pub(crate) fn submit(world: &World, options: &[&str], prompt: &str) -> u64 {
    let call = world.longhaul(["run", "-d", "--agent", "codex"]).args(options);
    let id = call.arg("--").arg(prompt).run().ok().id();
    world.acknowledge(id);
    id
}

pub(crate) fn reason(task: &Value) -> &str {
    task["outcome"]["reason"].as_str().unwrap_or_default()
}
