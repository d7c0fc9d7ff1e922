//! From what is asked of an agent to the command line that asks it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use longhaul_agents::{Capability, Enforced, Request, marks_inside};
use longhaul_model::{Access, Enforcement, Outcome, Reason, Session};
use longhaul_supervisor::{Capture, Rung, Step};

use super::super::executor::{Brief, Plan};
use super::asked::AgentRequest;
use super::review;
use crate::agents::find;
use crate::private_files::random_bytes;

/// The name of the file with the schema of the final message, in the task's folder.
const SCHEMA: &str = "answer-schema.json";

pub(super) fn plan(brief: &Brief<'_>, asked: &AgentRequest<'_>) -> Result<Plan, Outcome> {
    let (spec, adapter, work) = (&brief.task.spec, asked.adapter, asked.work);
    let cwd = brief.arrangement.folder.clone();
    let path = brief.environment.get("PATH").map(String::as_str);
    let wanted = asked.set.program.as_deref().unwrap_or(adapter.program());
    let program = find(wanted, &cwd, path).ok_or_else(|| not_installed(asked, wanted))?;
    if spec.access == Access::ReadOnly && brief.enforced == Enforcement::Agent && !reads_only(asked) {
        return Err(not_enforceable(asked));
    }
    let fresh_id = fresh_id()
        .map_err(|error| Outcome::new(Reason::SpawnError, format!("drawing an id for the session: {error}")))?;
    let schema_file = brief.folder.join(SCHEMA);
    let mut environment = brief.environment.clone();
    environment.insert("TMPDIR".to_owned(), brief.tmp.to_string_lossy().into_owned());
    let review = work.review.as_ref().map(|scope| review::prepare(brief.folder, scope));
    let told = brief.arrangement.told_before(&work.prompt);
    let prompt = match &review {
        Some(changes) => review::prompt(&told, &changes.file).into(),
        None => told,
    };
    let launch = adapter.launch(&Request {
        program: &program,
        cwd: &cwd,
        prompt: &prompt,
        readable: review.as_ref().map(|review| review.folder.as_path()),
        model: work.model.as_deref().or(asked.set.model.as_deref()),
        effort: work.effort.as_deref().or(asked.set.effort.as_deref()),
        resume: brief.task.facts.resumed.as_deref(),
        fresh_id: &fresh_id,
        may_write: spec.access == Access::Write,
        enforced: match brief.enforced {
            // A writer is not held back by the kernel; what holds it is its own.
            _ if spec.access != Access::ReadOnly => Enforced::Agent,
            Enforcement::Kernel => Enforced::Kernel,
            Enforcement::KernelPartial => Enforced::KernelPartial,
            Enforcement::Agent => Enforced::Agent,
        },
        write_mode: asked.set.write_mode.unwrap_or(brief.installation.config.write_mode),
        folder: brief.folder,
        arguments: &asked.set.arguments,
        answer_schema: work
            .answer_schema
            .as_deref()
            .map(|schema| (schema, schema_file.as_path())),
        environment: &environment,
        is_root: rustix::process::geteuid().is_root(),
    });
    let words = std::iter::once(OsString::from(&program)).chain(launch.arguments.into_iter().map(OsString::from));
    let schema = work
        .answer_schema
        .as_ref()
        .map(|schema| (schema_file.clone(), schema.clone().into_bytes()));
    let seen = review.as_ref().map(|review| review.folder.clone());
    let mut steps: Vec<Step> = review.into_iter().map(|review| review.step).collect();
    steps.push(Step::program(words));
    steps.extend(remove_litter(&cwd, adapter.litter()));
    Ok(Plan {
        capture: Capture::File,
        ladder: Rung::agent_ladder(),
        environment: launch.environment,
        unset: marks_inside(),
        stdin: Some(launch.stdin),
        visible: seen.into_iter().collect(),
        files: launch.files.into_iter().chain(schema).collect(),
        session: launch.session.map(|id| Session {
            resume_command: adapter.resume_command(&id),
            id,
        }),
        ..Plan::of(cwd, steps)
    })
}

/// Whether it has a read-only mode of its own.
fn reads_only(asked: &AgentRequest<'_>) -> bool {
    let capabilities = asked.adapter.capabilities();
    [Capability::ReadOnly, Capability::ReadOnlySandbox]
        .iter()
        .any(|wanted| capabilities.contains(wanted))
}

fn not_enforceable(asked: &AgentRequest<'_>) -> Outcome {
    let agent = &asked.work.agent;
    Outcome::new(
        Reason::Enforcement,
        format!("not started: nothing would keep {agent} from writing, neither the kernel of this machine nor itself"),
    )
    .with_hint(format!(
        "`longhaul doctor` names what the kernel lacks; [agents.{agent}] read_only = […] gives it a mode of its own"
    ))
}

fn not_installed(asked: &AgentRequest<'_>, wanted: &str) -> Outcome {
    let message = format!(
        "{} is not installed: there is no program `{wanted}` on the task's PATH",
        asked.work.agent
    );
    Outcome::new(Reason::SpawnError, message).with_hint(format!("install it: {}", asked.adapter.install_command()))
}

/// A random UUID (RFC 9562, version 4).
fn fresh_id() -> std::io::Result<String> {
    let mut bytes = random_bytes()?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok([&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-"))
}

/// Takes back empty folders that the agent leaves behind when it is stopped; none of those that are there already.
fn remove_litter(cwd: &Path, names: &[&str]) -> Option<Step> {
    let missing: Vec<PathBuf> = names
        .iter()
        .map(|name| cwd.join(name))
        .filter(|path| !path.exists())
        .collect();
    if missing.is_empty() {
        return None;
    }
    let words = ["sh", "-c", r#"rmdir "$@" 2>/dev/null; :"#, "sh"].map(OsString::from);
    let words = words.into_iter().chain(missing.into_iter().map(OsString::from));
    Some(Step::run("litter", words).in_folder("/".into()).always())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_id_is_a_uuid_and_never_the_same() {
        let (one, other) = (fresh_id().expect("random"), fresh_id().expect("random"));
        assert_ne!(one, other);
        assert_eq!(one.len(), 36);
        assert_eq!(&one[14..15], "4");
        assert!("89ab".contains(&one[19..20]));
    }
}
