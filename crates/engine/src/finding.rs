//! One thing that was looked at, and how bad it is.

/// How bad a finding is; the worst comes first in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something does not work.
    Problem,
    /// Something works less well than it could.
    Warning,
    /// All is well.
    Ok,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A stable word for it.
    pub code: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What was found.
    pub message: String,
    /// What to do about it; nothing if nothing needs doing.
    pub cure: Option<String>,
}

impl Finding {
    pub(crate) fn ok(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            level: Level::Ok,
            message: message.into(),
            cure: None,
        }
    }

    /// Something works less well than it could.
    pub(crate) fn warning(code: &'static str, message: impl Into<String>, cure: impl Into<String>) -> Self {
        Self::bad(code, Level::Warning, message, cure)
    }

    /// Something is not as it should be.
    pub(crate) fn bad(code: &'static str, level: Level, message: impl Into<String>, cure: impl Into<String>) -> Self {
        Self {
            code,
            level,
            message: message.into(),
            cure: Some(cure.into()),
        }
    }
}
