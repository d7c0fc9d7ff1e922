//! One task in full.

use longhaul_api::{Origin, Task, Usage};
use longhaul_model::{Access, StateName};

use super::plain::plain;
use super::screen::Screen;
use super::sentence::why_it_stands;
use super::times::{length, local_time};

/// The page's lines.
pub(crate) fn task_page(task: &Task, screen: Screen) -> Vec<String> {
    let mut lines = vec![format!(
        "{}  {}",
        screen.heading(&format!("task {}", task.id)),
        screen.state(&plain(task.state.as_str()))
    )];
    for (name, value) in facts(task) {
        lines.push(format!("  {name:<12} {value}"));
    }
    lines
}

fn facts(task: &Task) -> Vec<(&'static str, String)> {
    let mut facts = Facts::default();
    facts.add("name", Some(plain(&task.name)));
    let is_well = task.state == StateName::Completed;
    facts.add(if is_well { "summary" } else { "why" }, why_it_stands(task));
    let outcome = task.outcome.as_ref();
    facts.add("reason", outcome.map(|outcome| plain(outcome.reason.as_str())));
    facts.add("exit code", outcome.and_then(|outcome| outcome.exit_code));
    facts.add("signal", outcome.and_then(|outcome| outcome.signal.clone()));
    facts.add("hint", outcome.and_then(|outcome| outcome.hint.as_deref().map(plain)));
    facts.add(
        "command",
        task.command
            .as_ref()
            .map(|words| words.iter().map(|w| quoted(w)).collect::<Vec<_>>().join(" ")),
    );
    facts.add("agent", agent(task));
    facts.add(
        "doing",
        task.activity
            .as_deref()
            .map(plain)
            .filter(|_| task.state == StateName::Running),
    );
    facts.add("note", task.note.as_deref().map(plain));
    facts.add("url", task.url.as_deref().map(plain));
    facts.add("dir", task.dir.as_deref().map(plain));
    facts.add("folder", Some(plain(&task.cwd)));
    facts.add(
        "workspace",
        Some(plain(&task.workspace)).filter(|_| task.workspace != task.cwd),
    );
    let worktree = task.worktree.as_ref();
    facts.add("worktree", worktree.map(|worktree| plain(&worktree.path)));
    facts.add("branch", worktree.map(|worktree| plain(&worktree.branch)));
    let access = Some(&task.access).filter(|access| **access != Access::Unmanaged);
    facts.add("access", access.map(|access| plain(access.as_str())));
    facts.add("kept by", enforced(task));
    facts.add("queue", Some(plain(&task.queue)));
    facts.add("priority", Some(task.priority).filter(|priority| *priority != 0));
    facts.add("submitted", Some(local_time(task.created_at)));
    facts.add("started", task.started_at.map(local_time));
    facts.add("ended", task.ended_at.map(local_time));
    facts.add("in line", Some(length(task.queue_ms)).filter(|_| task.queue_ms >= 100));
    facts.add("ran", task.duration_ms.map(length));
    facts.add(
        "attempt",
        Some(format!("{} of {}", task.attempt, task.max_attempts)).filter(|_| task.attempt > 0),
    );
    facts.add("output", Some(output(task)).filter(|_| task.output_bytes > 0));
    facts.add("memory", task.peak_memory_bytes.map(bytes));
    facts.add("CPU", task.cpu_ms.map(length));
    facts.add(
        "start by",
        task.wait_deadline.filter(|_| !task.is_terminal()).map(local_time),
    );
    facts.add("timeout", task.timeout_ms.map(length));
    facts.add("idle timeout", task.idle_timeout_ms.map(length));
    facts.add("after", Some(ids(&task.after)).filter(|ids| !ids.is_empty()));
    facts.add(
        "requires",
        Some(plain(&task.requires.join(", "))).filter(|text| !text.is_empty()),
    );
    facts.add("parent", task.parent);
    facts.add("repeats", task.retry_of);
    facts.add("repeated by", task.retried_by);
    facts.add("usage", task.usage.as_ref().and_then(usage));
    facts.add("session", task.session.as_ref().map(|session| plain(&session.id)));
    facts.add(
        "go on with",
        task.session.as_ref().map(|session| plain(&session.resume_command)),
    );
    facts.add("origin", task.origin.as_ref().and_then(origin));
    for (key, value) in &task.labels {
        facts.add("label", Some(plain(&format!("{key}={value}"))));
    }
    for leftover in &task.leftovers {
        facts.add("left running", Some(plain(leftover)));
    }
    facts.0
}

#[derive(Default)]
struct Facts(Vec<(&'static str, String)>);

impl Facts {
    fn add(&mut self, name: &'static str, value: Option<impl ToString>) {
        self.0.extend(value.map(|value| (name, value.to_string())));
    }
}

/// Who keeps it from writing, and how.
fn enforced(task: &Task) -> Option<String> {
    let detail = task.enforcement_detail.as_deref().map(plain);
    match (task.enforcement.as_ref().map(|word| plain(word.as_str())), detail) {
        (Some(word), Some(detail)) => Some(format!("{word}: {detail}")),
        (word, detail) => word.or(detail),
    }
}

fn output(task: &Task) -> String {
    let cut = if task.output_truncated {
        ", the middle was not kept"
    } else {
        ""
    };
    format!("{}{cut}", bytes(task.output_bytes))
}

fn bytes(count: u64) -> String {
    match count {
        0..10_000 => format!("{count} B"),
        10_000..10_000_000 => format!("{} kB", count / 1_000),
        10_000_000..10_000_000_000 => format!("{} MB", count / 1_000_000),
        _ => format!("{} GB", count / 1_000_000_000),
    }
}

/// `codex, model gpt-5.5, effort high`
fn agent(task: &Task) -> Option<String> {
    let mut shown = plain(task.agent.as_deref()?);
    for (word, value) in [("model", &task.model), ("effort", &task.effort)] {
        if let Some(value) = value {
            shown = format!("{shown}, {word} {}", plain(value));
        }
    }
    Some(shown)
}

/// `1,234 tokens in (1,000 cached), 56 out, $0.02`; nothing if nothing is known.
fn usage(usage: &Usage) -> Option<String> {
    let mut parts = Vec::new();
    if let Some(input) = usage.input_tokens {
        let cached = usage.cached_input_tokens.filter(|cached| *cached > 0);
        let cached = cached.map(|cached| format!(" ({cached} cached)")).unwrap_or_default();
        parts.push(format!("{input} tokens in{cached}"));
    }
    parts.extend(usage.output_tokens.map(|output| format!("{output} out")));
    parts.extend(usage.cost_usd.map(|cost| format!("${cost:.4}")));
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// `shell, session 0199, https://…`
fn origin(origin: &Origin) -> Option<String> {
    let mut parts: Vec<String> = origin.source.iter().map(|source| plain(source)).collect();
    for (word, value) in [
        ("session ", &origin.session),
        ("message ", &origin.message),
        ("", &origin.url),
        ("key ", &origin.key),
    ] {
        parts.extend(value.as_deref().map(|value| format!("{word}{}", plain(value))));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn ids(ids: &[u64]) -> String {
    ids.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
}

/// A word as a shell would want it typed.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", plain(word).replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::sample::task;

    #[test]
    fn the_page_leaves_out_what_there_is_not() {
        let mut sample = task(12, "running");
        sample.command = Some(vec!["sh".into(), "-c".into(), "echo it's".into()]);
        sample.attempt = 1;
        sample.duration_ms = Some(1_500);
        sample.output_bytes = 12_345;
        let page = task_page(&sample, Screen::new(true)).join("\n");
        let without_times: Vec<_> = page.lines().filter(|line| !line.contains("submitted")).collect();
        insta::assert_snapshot!(without_times.join("\n"), @r"
        task 12  running
          name         make test
          command      sh -c 'echo it'\''s'
          folder       /w
          queue        default
          ran          1.5s
          attempt      1 of 1
          output       12 kB
        ");
    }

    #[test]
    fn a_task_of_a_newer_daemon_is_shown_with_its_own_words() {
        let mut words = serde_json::to_value(task(13, "running")).expect("a task is JSON");
        words["state"] = "dreaming".into();
        words["kind"] = "dance".into();
        words["access"] = "look-and-touch".into();
        words["enforcement"] = "goodwill".into();
        words["trigger"]["by"] = "moon".into();
        words["waiting_for"] = serde_json::json!([{ "kind": "full-moon" }]);
        words["outcome"] = serde_json::json!({ "reason": "sunrise", "agent_error": "sleepy", "message": "woke up" });
        words["of_tomorrow"] = serde_json::json!({});
        let newer: Task = serde_json::from_value(words).expect("it is read all the same");
        let page = task_page(&newer, Screen::new(true)).join("\n");
        for word in ["dreaming", "sunrise", "look-and-touch", "goodwill", "woke up"] {
            assert!(page.contains(word), "{word}: {page}");
        }
    }
}
