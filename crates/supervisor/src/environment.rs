//! The environment of a task: secret, therefore apart from the spec and unlinked as soon as it is read.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::document::VERSION;
use crate::raw_text::RawText;

/// Names and values of every process of an attempt. Its `Debug` shows names only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// Sets a variable, replacing one of the same name.
    pub fn set(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        self.0.insert(name.into(), value.into());
    }

    /// Takes a variable away. One that is not set is fine.
    pub fn unset(&mut self, name: impl AsRef<OsStr>) {
        self.0.remove(name.as_ref());
    }

    /// The value of a variable; `None` if it is not set.
    pub fn get(&self, name: impl AsRef<OsStr>) -> Option<&OsStr> {
        self.0.get(name.as_ref()).map(OsString::as_os_str)
    }

    /// All variables in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.0.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }
}

impl<N: Into<OsString>, V: Into<OsString>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

/// The file's form.
#[derive(Serialize, Deserialize)]
pub(crate) struct EnvironmentFile {
    version: u32,
    variables: Vec<(RawText, RawText)>,
}

impl From<&Environment> for EnvironmentFile {
    fn from(environment: &Environment) -> Self {
        let pair = |(name, value): (&OsStr, &OsStr)| (RawText(name.to_owned()), RawText(value.to_owned()));
        Self {
            version: VERSION,
            variables: environment.iter().map(pair).collect(),
        }
    }
}

impl From<EnvironmentFile> for Environment {
    fn from(file: EnvironmentFile) -> Self {
        file.variables
            .into_iter()
            .map(|(name, value)| (name.0, value.0))
            .collect()
    }
}
