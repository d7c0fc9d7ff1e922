//! How a task ended, in a closed list of reasons.

use serde::{Deserialize, Serialize};

use crate::words::words;

/// Why a task ended as it did. The list is closed; `docs/reference/reasons.md` is printed from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The program exited by itself; `exit_code` has its code.
    Exit,
    /// A signal that nobody at Longhaul sent ended the program.
    Signal,
    /// The run timeout passed.
    Timeout,
    /// The idle timeout passed without a sign of life.
    IdleTimeout,
    /// The agent exited 0 without giving a final message.
    NoFinalMessage,
    /// The agent reported an error; `agent_error` has its class.
    AgentError,
    /// The agent's usage limit is reached and parking is off.
    UsageLimit,
    /// The program could not be started.
    SpawnError,
    /// A step around the program failed.
    Setup,
    /// The asked-for enforcement is not to be had on this machine.
    Enforcement,
    /// A task it depends on did not complete.
    Dependency,
    /// A prerequisite can never be met.
    Prerequisite,
    /// The deadline of the wait passed.
    Deadline,
    /// Somebody ended it.
    Canceled,
    /// The machine, the supervisor or the node was lost, so nobody saw the end.
    Lost,
}

impl Reason {
    /// What it means, and what to do about it: two sentences for people.
    pub fn explained(self) -> (&'static str, &'static str) {
        match self {
            Self::Exit => (
                "The program exited by itself with the code shown.",
                "Read its output: `longhaul logs ID`.",
            ),
            Self::Signal => (
                "A signal ended the program, and Longhaul did not send it.",
                "SIGKILL often means that memory ran out.",
            ),
            Self::Timeout => (
                "The run timeout passed and the program was stopped.",
                "Give it longer with `--timeout`.",
            ),
            Self::IdleTimeout => (
                "Nothing moved for the idle timeout and the program was stopped.",
                "Give it longer with `--idle-timeout`.",
            ),
            Self::NoFinalMessage => (
                "The agent exited 0 without a final message.",
                "Look at `longhaul activity ID`.",
            ),
            Self::AgentError => (
                "The agent reported an error.",
                "`agent_error` names its class; follow the hint.",
            ),
            Self::UsageLimit => (
                "The agent's usage limit is reached.",
                "Redispatch after the reset, or allow parking.",
            ),
            Self::SpawnError => (
                "The program could not be started.",
                "Check its name, its mode and the folder.",
            ),
            Self::Setup => (
                "A step before or after the program failed.",
                "Read its output: `longhaul logs ID`.",
            ),
            Self::Enforcement => (
                "This machine cannot give the asked-for enforcement.",
                "See `longhaul doctor`.",
            ),
            Self::Dependency => (
                "A task it depends on did not complete.",
                "Mend that one, then retry this one.",
            ),
            Self::Prerequisite => ("A prerequisite can never be met.", "Mend what it names, then retry."),
            Self::Deadline => (
                "It waited past its deadline.",
                "Mend what it waited for, or give it longer.",
            ),
            Self::Canceled => (
                "Somebody ended it, and it is gone.",
                "Retry or redispatch it if that was a mistake.",
            ),
            Self::Lost => (
                "Nobody saw the end, so none is claimed.",
                "Check what it left behind, then retry.",
            ),
        }
    }

    /// Whether `--retries` covers it. An agent's `overloaded` error is covered too: see [`Outcome::is_retried`].
    pub fn is_covered_by_retries(self) -> bool {
        matches!(
            self,
            Self::Exit | Self::Signal | Self::Timeout | Self::IdleTimeout | Self::NoFinalMessage
        )
    }
}

words!(Reason, "reason", {
    Exit => "exit",
    Signal => "signal",
    Timeout => "timeout",
    IdleTimeout => "idle-timeout",
    NoFinalMessage => "no-final-message",
    AgentError => "agent-error",
    UsageLimit => "usage-limit",
    SpawnError => "spawn-error",
    Setup => "setup",
    Enforcement => "enforcement",
    Dependency => "dependency",
    Prerequisite => "prerequisite",
    Deadline => "deadline",
    Canceled => "canceled",
    Lost => "lost",
});

/// The class of an error that an agent reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AgentError {
    /// It has no credentials, or they are refused.
    NotSignedIn,
    /// Its service is too busy, or out of reach.
    Overloaded,
    /// The conversation no longer fits the model.
    ContextFull,
    /// The model declined.
    Refused,
    /// Anything else.
    Other,
}

words!(AgentError, "agent_error", {
    NotSignedIn => "not-signed-in",
    Overloaded => "overloaded",
    ContextFull => "context-full",
    Refused => "refused",
    Other => "other",
});

/// How a task ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Why.
    pub reason: Reason,
    /// The program's exit code; nothing if it did not exit by itself.
    pub exit_code: Option<i32>,
    /// The name of the signal that ended it (`SIGKILL`); nothing otherwise.
    pub signal: Option<String>,
    /// The class of the agent's error; nothing for other reasons.
    pub agent_error: Option<AgentError>,
    /// One sentence for people.
    pub message: String,
    /// What to do next; nothing if nothing is known to help.
    pub hint: Option<String>,
}

impl Outcome {
    /// An outcome with a reason and a sentence, and nothing else.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self {
            reason,
            exit_code: None,
            signal: None,
            agent_error: None,
            message: message.into(),
            hint: None,
        }
    }

    /// The program exited by itself with `code`.
    pub fn exited(code: i32) -> Self {
        Self {
            exit_code: Some(code),
            ..Self::new(Reason::Exit, format!("exited with code {code}"))
        }
    }

    /// The program was ended by the signal of this name.
    pub fn signaled(signal: impl Into<String>) -> Self {
        let signal = signal.into();
        let message = format!("ended by {signal}");
        Self {
            signal: Some(signal),
            ..Self::new(Reason::Signal, message)
        }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Whether `--retries` covers this failure.
    pub fn is_retried(&self) -> bool {
        self.reason.is_covered_by_retries()
            || (self.reason == Reason::AgentError && self.agent_error == Some(AgentError::Overloaded))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_never_cover_what_would_fail_again_or_was_asked_for() {
        for reason in [
            Reason::SpawnError,
            Reason::Setup,
            Reason::Dependency,
            Reason::Prerequisite,
            Reason::Canceled,
        ] {
            assert!(!Outcome::new(reason, "").is_retried(), "{reason}");
        }
        let overloaded = Outcome {
            agent_error: Some(AgentError::Overloaded),
            ..Outcome::new(Reason::AgentError, "")
        };
        assert!(overloaded.is_retried());
    }
}
