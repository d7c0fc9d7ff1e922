//! The small process that owns one attempt's operating-system life, and the daemon's side of it.
//!
//! An attempt has a folder. The daemon seals a [`Spec`] into it ([`launch`]), starts the supervisor and may then
//! forget it; the supervisor ([`supervise`]) walks the steps, keeps the output, ends the process tree when asked, and
//! leaves a [`Receipt`]. Everything else here reads that folder: [`inspect`] finds out what became of an attempt,
//! [`stop`] asks it to end, [`sweep`] clears up after a supervisor that was killed, [`output::Reader`] reads along.
//!
//! What this is not: it knows no agent, no task state, no database and no configuration, and it never interprets
//! output. Sealed spec in, receipt out.

mod cgroup;
mod clock;
mod document;
mod environment;
mod folder;
mod identity;
mod mark;
mod process;
mod raw_text;
mod receipt;
mod signal;
mod spec;
mod started;
mod stop_request;

pub mod inspect;
pub mod kill_mode;
pub mod launch;
pub mod machine;
pub mod neutral;
pub mod output;
pub mod sandbox;
pub mod stop;
mod supervise;
mod supervised;
pub mod sweep;

pub use cgroup::ControlGroups;
pub use document::ReadError;
pub use environment::Environment;
pub use folder::AttemptFolder;
pub use identity::{Identity, IdentityError};
pub use inspect::{Found, inspect};
pub use receipt::{
    End, Exit, Leftover, LeftoverAction, OutputReport, Receipt, Resources, StepEnd, StepReport, StopSeen,
};
pub use sandbox::{Layers, Level, Mode, Reached, Sandbox};
pub use signal::Signal;
pub use spec::{Act, Capture, KillMode, Leftovers, OutputCap, Role, Rung, Spec, Stdin, Step, When};
pub use started::{Leader, Started};
pub use stop_request::StopRequest;
pub use supervise::supervise;
pub use supervised::Supervised;
pub use sweep::{Swept, sweep};
