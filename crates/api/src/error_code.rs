//! Everything that can be wrong, as a closed list of codes. Each has a page in `docs/errors/`.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $status:literal, $exit:literal, $title:literal;)+) => {
        /// What was wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum ErrorCode {
            $($(#[$doc])* #[serde(rename = $word)] $name,)+
        }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable word.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// The HTTP status it answers with.
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status),+ }
            }

            /// The exit code of a command that meets it.
            pub fn exit_code(self) -> u8 {
                match self { $(Self::$name => $exit),+ }
            }

            /// A short sentence for it.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title),+ }
            }
        }
    };
}

error_codes! {
    /// The body, a parameter or a header cannot be understood.
    BadRequest = "bad-request", 400, 2, "the request cannot be understood";
    /// The spec asks for something impossible.
    BadSpec = "bad-spec", 400, 2, "the task cannot be accepted as asked";
    /// A task to wait for, or a parent, does not exist.
    UnknownDependency = "unknown-dependency", 400, 125, "a task it names does not exist";
    /// No valid token was presented.
    NotSignedIn = "not-signed-in", 401, 125, "no valid token";
    /// The caller may not do this.
    Forbidden = "forbidden", 403, 1, "not allowed";
    /// There is no such task.
    TaskNotFound = "task-not-found", 404, 125, "no such task";
    /// There is no such thing at this address.
    NotFound = "not-found", 404, 125, "no such address";
    /// The address exists, but not with this method.
    MethodNotAllowed = "method-not-allowed", 405, 125, "this method is not allowed here";
    /// The idempotency key was used with another request.
    KeyReused = "key-reused", 409, 1, "the idempotency key was used for another request";
    /// The task's state forbids it.
    StateForbids = "state-forbids", 409, 1, "the state of the task forbids it";
    /// A later task of the chain is active.
    ChainActive = "chain-active", 409, 1, "a later task of its chain is active";
    /// The dependencies would form a circle.
    DependencyCycle = "dependency-cycle", 409, 1, "the tasks would wait for each other";
    /// The child could only start after its own ancestor ends.
    WouldDeadlock = "would-deadlock", 409, 1, "it could only start after its own ancestor ends";
    /// The agent it asks for is not on this machine.
    AgentNotInstalled = "agent-not-installed", 409, 125, "the agent is not installed";
    /// Too deep in the family, or too large a family.
    FamilyTooLarge = "family-too-large", 409, 1, "too many tasks inside tasks";
    /// The worktree cannot be landed or given up as things stand.
    NotLandable = "not-landable", 409, 1, "the worktree cannot be landed or removed as things stand";
    /// What the task works on is gone.
    SourceGone = "source-gone", 410, 1, "what the task works on is gone";
    /// The body is too large.
    TooLarge = "too-large", 413, 2, "the request is too large";
    /// The body is not JSON.
    NotJson = "not-json", 415, 2, "the body must be application/json";
    /// Too many wrong tokens or codes came from the same address.
    TooManyAttempts = "too-many-attempts", 429, 125, "too many wrong tokens or codes";
    /// The daemon has too much to do right now.
    Busy = "busy", 503, 125, "the daemon is busy; try again";
    /// The daemon was told to stop; the tasks go on without it.
    DaemonStopping = "daemon-stopping", 503, 125, "the daemon was stopped";
    /// The database cannot take the change.
    StoreUnavailable = "store-unavailable", 503, 125, "the database cannot be written";
    /// A stored record cannot be read.
    Damaged = "damaged", 500, 125, "a stored record is damaged";
    /// A fault of Longhaul.
    Internal = "internal", 500, 125, "a fault of Longhaul itself";
}

// Written out, because the derive does not see words that come out of a macro.
impl PartialSchema for ErrorCode {
    fn schema() -> RefOr<Schema> {
        let words = Self::ALL.iter().map(|code| code.word());
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("What was wrong."))
            .enum_values(Some(words));
        schema.into()
    }
}

impl ToSchema for ErrorCode {}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
