//! What besides other tasks must be true before a task may start.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Something that is probed before a task may start.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Prerequisite {
    /// A file or folder must exist.
    File {
        /// Where; relative to the task's folder unless absolute.
        path: String,
    },
    /// A TCP port must accept a connection.
    Tcp {
        /// Host name or address, IPv6 without brackets.
        host: String,
        /// Port.
        port: u16,
    },
    /// An HTTP URL must answer with a 2xx status.
    Http {
        /// The URL with its scheme.
        url: String,
    },
    /// A shell command must exit 0. Exit code 100 says "never": the task fails at once.
    Command {
        /// What `sh -c` gets.
        command: String,
    },
}

/// What was typed is not a prerequisite.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{typed}` is not a prerequisite: write file:PATH, tcp:HOST:PORT, http:URL or cmd:COMMAND")]
pub struct PrerequisiteError {
    /// The text as typed.
    pub typed: String,
}

impl Prerequisite {
    /// The exit code by which a `cmd:` prerequisite says that it can never be met.
    pub const NEVER: i32 = 100;
}

impl FromStr for Prerequisite {
    type Err = PrerequisiteError;

    fn from_str(typed: &str) -> Result<Self, PrerequisiteError> {
        let refuse = || PrerequisiteError {
            typed: typed.to_owned(),
        };
        let (scheme, rest) = typed.split_once(':').ok_or_else(refuse)?;
        if rest.trim().is_empty() {
            return Err(refuse());
        }
        match scheme {
            "file" => Ok(Self::File { path: rest.to_owned() }),
            "tcp" => {
                let (host, port) = rest.rsplit_once(':').ok_or_else(refuse)?;
                let host = host.trim_start_matches('[').trim_end_matches(']');
                let port = port.parse().ok().filter(|port| *port != 0).ok_or_else(refuse)?;
                if host.is_empty() {
                    Err(refuse())
                } else {
                    Ok(Self::Tcp {
                        host: host.to_owned(),
                        port,
                    })
                }
            }
            // `http:URL` names the scheme of the prerequisite; a bare URL is what people paste, so it is taken too.
            "http" | "https" => {
                let url = if rest.starts_with("//") { typed } else { rest };
                let is_url = url.starts_with("http://") || url.starts_with("https://");
                if is_url {
                    Ok(Self::Http { url: url.to_owned() })
                } else {
                    Err(refuse())
                }
            }
            "cmd" => Ok(Self::Command {
                command: rest.to_owned(),
            }),
            _ => Err(refuse()),
        }
    }
}

impl fmt::Display for Prerequisite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path } => write!(f, "file:{path}"),
            Self::Tcp { host, port } if host.contains(':') => write!(f, "tcp:[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "tcp:{host}:{port}"),
            Self::Http { url } => write!(f, "http:{url}"),
            Self::Command { command } => write!(f, "cmd:{command}"),
        }
    }
}

impl TryFrom<String> for Prerequisite {
    type Error = PrerequisiteError;

    fn try_from(typed: String) -> Result<Self, PrerequisiteError> {
        typed.parse()
    }
}

impl From<Prerequisite> for String {
    fn from(prerequisite: Prerequisite) -> Self {
        prerequisite.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_reads_back_as_the_same_prerequisite() {
        for typed in [
            "file:build/ready",
            "tcp:localhost:5432",
            "tcp:[::1]:5432",
            "http:http://localhost:8080/readyz",
            "cmd:docker ps | grep -q db",
        ] {
            let read: Prerequisite = typed.parse().expect("it is one");
            assert_eq!(read.to_string(), typed);
        }
        assert_eq!(
            "https://example.org/x".parse(),
            Ok(Prerequisite::Http {
                url: "https://example.org/x".to_owned()
            })
        );
    }

    #[test]
    fn what_cannot_be_probed_is_refused() {
        for typed in [
            "",
            "file",
            "file:",
            "tcp:host",
            "tcp::80",
            "tcp:h:0",
            "tcp:h:70000",
            "http:ftp://x",
            "disk:x",
        ] {
            assert!(typed.parse::<Prerequisite>().is_err(), "{typed}");
        }
    }
}
