//! The environment of tasks that nobody's shell submits: the configured one, else that of the last shell.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

type Environment = BTreeMap<String, String>;

/// Remembers the last shell.
#[derive(Debug)]
pub(crate) struct ShellEnvironment {
    /// Empty if nothing is configured.
    configured: Environment,
    last: Mutex<Environment>,
}

impl ShellEnvironment {
    /// `fallback` holds until a shell submits something.
    pub(crate) fn new(configured: Environment, fallback: Environment) -> Self {
        Self {
            configured,
            last: Mutex::new(fallback),
        }
    }

    /// Notes the environment of a shell that submitted something.
    pub(crate) fn remember(&self, seen: &Environment) {
        self.last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone_from(seen);
    }

    /// That of the last shell: it knows the desktop that the user sits at.
    pub(crate) fn last(&self) -> Environment {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What a task gets that nobody's shell submits.
    pub(crate) fn without_submitter(&self) -> Environment {
        if self.configured.is_empty() {
            self.last()
        } else {
            self.configured.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(value: &str) -> Environment {
        Environment::from([("PATH".to_owned(), value.to_owned())])
    }

    #[test]
    fn the_last_shell_counts_unless_something_is_configured() {
        let shells = ShellEnvironment::new(Environment::new(), path("/fallback"));
        assert_eq!(shells.without_submitter(), path("/fallback"));
        shells.remember(&path("/shell"));
        assert_eq!(shells.without_submitter(), path("/shell"));
        let configured = ShellEnvironment::new(path("/set"), path("/fallback"));
        configured.remember(&path("/shell"));
        assert_eq!(
            (configured.without_submitter(), configured.last()),
            (path("/set"), path("/shell"))
        );
    }
}
