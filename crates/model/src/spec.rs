//! What was asked. A spec is immutable once its task runs.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::{Access, Isolation};
use crate::id::{QueueName, TaskId};
use crate::life::Policy;
use crate::origin::Origin;
use crate::prerequisite::Prerequisite;
use crate::words::words;
use crate::work::{Work, WorkError, absolute};

/// What was asked of a task, complete: two tasks with equal specs and environments are the same request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The work itself, by kind.
    pub work: Work,
    /// The folder it works in; absolute.
    pub cwd: String,
    /// A name for people; nothing means that one is made from the work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The queue it stands in.
    #[serde(default)]
    pub queue: QueueName,
    /// Higher goes first.
    #[serde(default)]
    pub priority: i32,
    /// What it may do to its workspace.
    #[serde(default)]
    pub access: Access,
    /// Where it works if it writes.
    #[serde(default)]
    pub isolation: Isolation,
    /// Tasks that must complete first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<TaskId>,
    /// What else must be true first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<Prerequisite>,
    /// Not before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// When waiting to start ends in failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_deadline: Option<Timestamp>,
    /// How long the program may run, in milliseconds; nothing for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// How long it may show no sign of life, in milliseconds; nothing for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_timeout_ms: Option<u64>,
    /// Automatic attempts after the first.
    #[serde(default)]
    pub retries: u32,
    /// Whether a lost attempt is retried too.
    #[serde(default)]
    pub retry_lost: bool,
    /// What happens to processes it leaves behind.
    #[serde(default)]
    pub leftovers: Leftovers,
    /// Whether it gets a terminal.
    #[serde(default)]
    pub pty: bool,
    /// What it reads on standard input.
    #[serde(default)]
    pub stdin: StandardInput,
    /// The file mode mask of its submitter; nothing means the daemon's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub umask: Option<u32>,
    /// Whether it is held back from the start.
    #[serde(default)]
    pub hold: bool,
    /// Its submitter's own notes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Where it came from.
    #[serde(default)]
    pub origin: Origin,
    /// What to tell of it.
    #[serde(default)]
    pub notify: Notify,
    /// What its worktree is made from; nothing means what the workspace has checked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Whether its worktree begins with the workspace's uncommitted changes.
    #[serde(default, skip_serializing_if = "is_false")]
    pub with_changes: bool,
    /// The task whose worktree it goes on in; nothing means one of its own, if it has one at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worktree_of: Option<TaskId>,
    /// Whether the branch it is to land on is merged into its worktree before it begins.
    #[serde(default, skip_serializing_if = "is_false")]
    pub onto_target: bool,
}

/// What a task reads on standard input.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StandardInput {
    /// Nothing: `/dev/null`.
    #[default]
    Nothing,
    /// This file, opened when the attempt starts.
    File(String),
    /// These bytes, kept in base64.
    Base64(String),
}

/// What happens to processes that a program leaves behind when it ends by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Leftovers {
    /// They are asked to stop, and killed after two seconds.
    #[default]
    Stop,
    /// They are left running, and listed.
    Keep,
}

/// What to tell of a task to those who are not looking.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Notify {
    /// Every end, and what keeps it from going on.
    All,
    /// What somebody should do something about: failures, interruptions, usage limits, conflicts.
    Problems,
    /// Completions.
    Done,
    /// Nothing.
    #[default]
    None,
}

words!(Leftovers, "leftovers", {
    Stop => "stop",
    Keep => "keep",
});

words!(Notify, "notify", {
    All => "all",
    Problems => "problems",
    Done => "done",
    None => "none",
});

/// What makes a spec impossible to accept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// The work itself.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// A label without a name.
    #[error("a label needs a name")]
    UnnamedLabel,
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

impl Spec {
    /// A spec that asks for `work` in `cwd`, and for defaults in everything else.
    pub fn new(work: Work, cwd: impl Into<String>) -> Self {
        Self {
            work,
            cwd: cwd.into(),
            name: None,
            queue: QueueName::default(),
            priority: 0,
            access: Access::default(),
            isolation: Isolation::default(),
            after: Vec::new(),
            requires: Vec::new(),
            not_before: None,
            wait_deadline: None,
            timeout_ms: None,
            idle_timeout_ms: None,
            retries: 0,
            retry_lost: false,
            leftovers: Leftovers::default(),
            pty: false,
            stdin: StandardInput::default(),
            umask: None,
            hold: false,
            labels: BTreeMap::new(),
            origin: Origin::default(),
            notify: Notify::default(),
            base: None,
            with_changes: false,
            worktree_of: None,
            onto_target: false,
        }
    }

    /// Refuses what no attempt could ever do.
    pub fn check(&self) -> Result<(), SpecError> {
        absolute("cwd", &self.cwd)?;
        self.work.check()?;
        if let StandardInput::File(path) = &self.stdin {
            absolute("stdin", path)?;
        }
        if self.labels.keys().any(String::is_empty) {
            Err(SpecError::UnnamedLabel)
        } else {
            Ok(())
        }
    }

    /// The part that decides how the task may live.
    pub fn policy(&self) -> Policy {
        Policy {
            max_attempts: self.retries.saturating_add(1),
            retry_lost: self.retry_lost,
            deadline: self.wait_deadline,
            max_parkings: self.work.max_parkings(),
        }
    }

    /// The name it is shown by: its own, or one made from the work, at most 80 characters on one line.
    pub fn shown_name(&self) -> String {
        let made = self.name.clone().unwrap_or_else(|| self.work.told());
        let line: String = made.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if line.chars().count() <= 80 {
            line
        } else {
            line.chars().take(79).chain(['…']).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(words: &[&str]) -> Spec {
        Spec::new(
            Work::Command {
                command: words.iter().map(|word| (*word).to_owned()).collect(),
            },
            "/w",
        )
    }

    #[test]
    fn what_no_attempt_could_do_is_refused() {
        assert_eq!(command(&[]).check(), Err(WorkError::EmptyCommand.into()));
        assert_eq!(
            command(&["a\0b"]).check(),
            Err(WorkError::NulByte { field: "command" }.into())
        );
        let relative = Spec {
            cwd: "w".to_owned(),
            ..command(&["true"])
        };
        assert!(matches!(
            relative.check(),
            Err(SpecError::Work(WorkError::RelativePath { field: "cwd", .. }))
        ));
        let option = Spec::new(
            Work::Clone {
                url: "--upload-pack=x".to_owned(),
                dir: "/d".to_owned(),
            },
            "/w",
        );
        assert_eq!(option.check(), Err(WorkError::DashedUrl.into()));
        assert_eq!(command(&["true"]).check(), Ok(()));
    }

    #[test]
    fn the_shown_name_is_one_short_line_without_credentials() {
        assert_eq!(command(&["sh", "-c", "a\nb"]).shown_name(), "sh -c a b");
        assert_eq!(command(&["x", &"y".repeat(100)]).shown_name().chars().count(), 80);
        let clone = Work::Clone {
            url: "https://me:secret@host/x@y.git".to_owned(),
            dir: "/d".to_owned(),
        };
        assert_eq!(Spec::new(clone, "/w").shown_name(), "clone https://host/x@y.git");
    }

    #[test]
    fn an_unknown_field_of_a_stored_spec_is_refused() {
        let mut stored = serde_json::to_value(command(&["true"])).expect("a spec is JSON");
        assert!(serde_json::from_value::<Spec>(stored.clone()).is_ok());
        stored["colour"] = "red".into();
        assert!(serde_json::from_value::<Spec>(stored).is_err());
    }
}
