//! What set a task off, derived from what is known of its origin. Where exactly it came from is its origin.

use jiff::Timestamp;

use crate::origin::Origin;
use crate::task::Task;
use crate::words::words;

/// What sort of source set a task off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TriggerSource {
    /// A person, at a shell or on the page.
    User,
    /// An agent: over MCP, or from inside a task.
    Agent,
    /// A program, over HTTP.
    Api,
    /// A schedule.
    Schedule,
    /// A forge, by an issue or a webhook.
    Forge,
    /// The system that embeds Longhaul, as its caller says.
    System,
    /// A rule of its caller.
    Policy,
}

words!(TriggerSource, "trigger", {
    User => "user",
    Agent => "agent",
    Api => "api",
    Schedule => "schedule",
    Forge => "forge",
    System => "system",
    Policy => "policy",
});

impl TriggerSource {
    /// Whether a caller states it of itself; all else Longhaul derives.
    pub fn is_stated(self) -> bool {
        matches!(self, Self::System | Self::Policy)
    }
}

/// What set a task off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// What sort of source.
    pub by: TriggerSource,
    /// More about it, for people; nothing if there is no more.
    pub detail: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl Trigger {
    /// What set this task off.
    pub fn of(task: &Task) -> Self {
        let origin = &task.spec.origin;
        if let Some(stated) = &origin.trigger {
            return Self {
                by: stated.by,
                detail: Some(stated.detail.clone()),
                at: task.created_at,
            };
        }
        let by = source_of(origin).unwrap_or(match task.parent {
            Some(_) => TriggerSource::Agent,
            None => TriggerSource::Api,
        });
        let detail = match by {
            TriggerSource::Agent => task.parent.map(|parent| format!("task {parent}")),
            TriggerSource::Api => origin.source.clone().filter(|source| source != "api"),
            _ => None,
        };
        Self {
            by,
            detail: detail.or_else(|| origin.url.clone()),
            at: task.created_at,
        }
    }
}

/// What the source that a task names belongs to; nothing if it names none that Longhaul itself would.
fn source_of(origin: &Origin) -> Option<TriggerSource> {
    match origin.source.as_deref()? {
        "shell" | "web" => Some(TriggerSource::User),
        "mcp" | "task" => Some(TriggerSource::Agent),
        "api" => Some(TriggerSource::Api),
        "schedule" => Some(TriggerSource::Schedule),
        "webhook" | "forge" => Some(TriggerSource::Forge),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_longhaul_itself_names_as_a_source_belongs_to_a_trigger() {
        let named = |source: &str| {
            source_of(&Origin {
                source: Some(source.to_owned()),
                ..Origin::default()
            })
        };
        assert_eq!(named("shell"), Some(TriggerSource::User));
        assert_eq!(named("web"), Some(TriggerSource::User));
        assert_eq!(named("mcp"), Some(TriggerSource::Agent));
        assert_eq!(named("task"), Some(TriggerSource::Agent));
        assert_eq!(named("webhook"), Some(TriggerSource::Forge));
        assert_eq!(named("our-platform"), None);
    }
}
