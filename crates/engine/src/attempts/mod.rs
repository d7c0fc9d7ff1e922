//! One attempt in the hands of the daemon: seal its folder, start its supervisor, watch it, ask it to stop, and find
//! out what became of it.
//!
//! What this is not: the supervisor. It starts, signals and waits for no process of a task.

mod care;
pub(crate) mod confinement;
mod end;
mod launch;
mod life;
mod next;
mod stop;
#[cfg(test)]
mod tests;

pub(crate) use care::{Care, Watched};
pub(crate) use launch::create_private_folder;
pub(crate) use life::{adopt, start};
pub(crate) use stop::stop;
