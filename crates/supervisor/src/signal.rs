//! A signal by its name, as people and receipts write it: `SIGTERM`.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A signal of this system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signal(i32);

const NAMES: [(i32, &str); 27] = [
    (libc::SIGHUP, "SIGHUP"),
    (libc::SIGINT, "SIGINT"),
    (libc::SIGQUIT, "SIGQUIT"),
    (libc::SIGILL, "SIGILL"),
    (libc::SIGTRAP, "SIGTRAP"),
    (libc::SIGABRT, "SIGABRT"),
    (libc::SIGBUS, "SIGBUS"),
    (libc::SIGFPE, "SIGFPE"),
    (libc::SIGKILL, "SIGKILL"),
    (libc::SIGUSR1, "SIGUSR1"),
    (libc::SIGSEGV, "SIGSEGV"),
    (libc::SIGUSR2, "SIGUSR2"),
    (libc::SIGPIPE, "SIGPIPE"),
    (libc::SIGALRM, "SIGALRM"),
    (libc::SIGTERM, "SIGTERM"),
    (libc::SIGCHLD, "SIGCHLD"),
    (libc::SIGCONT, "SIGCONT"),
    (libc::SIGSTOP, "SIGSTOP"),
    (libc::SIGTSTP, "SIGTSTP"),
    (libc::SIGTTIN, "SIGTTIN"),
    (libc::SIGTTOU, "SIGTTOU"),
    (libc::SIGURG, "SIGURG"),
    (libc::SIGXCPU, "SIGXCPU"),
    (libc::SIGXFSZ, "SIGXFSZ"),
    (libc::SIGVTALRM, "SIGVTALRM"),
    (libc::SIGPROF, "SIGPROF"),
    (libc::SIGSYS, "SIGSYS"),
];

impl Signal {
    /// Interrupt, as by Ctrl-C.
    pub const INT: Self = Self(libc::SIGINT);
    /// Please end.
    pub const TERM: Self = Self(libc::SIGTERM);
    /// The terminal is gone.
    pub const HUP: Self = Self(libc::SIGHUP);
    /// End with a core file.
    pub const QUIT: Self = Self(libc::SIGQUIT);
    /// End now; cannot be refused.
    pub const KILL: Self = Self(libc::SIGKILL);
    pub(crate) const STOP: Self = Self(libc::SIGSTOP);
    pub(crate) const CONT: Self = Self(libc::SIGCONT);
    pub(crate) const CHLD: Self = Self(libc::SIGCHLD);
    pub(crate) const USR1: Self = Self(libc::SIGUSR1);

    pub(crate) const fn from_raw(number: i32) -> Self {
        Self(number)
    }

    pub(crate) const fn raw(self) -> i32 {
        self.0
    }

    /// `SIGTERM` for 15; `SIG34` for one without a name.
    pub fn name(self) -> String {
        match NAMES.iter().find(|(number, _)| *number == self.0) {
            Some((_, name)) => (*name).to_owned(),
            None => format!("SIG{}", self.0),
        }
    }

    /// The signal of that name; `None` if there is none.
    pub fn from_name(name: &str) -> Option<Self> {
        NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(number, _)| Self(*number))
            .or_else(|| {
                let number = name.strip_prefix("SIG")?.parse().ok()?;
                (1..=64).contains(&number).then_some(Self(number))
            })
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name())
    }
}

impl Serialize for Signal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name())
    }
}

impl<'de> Deserialize<'de> for Signal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| serde::de::Error::custom(format_args!("no such signal: {name}")))
    }
}
