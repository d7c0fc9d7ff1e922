//! One attempt in the hands of the daemon: seal its folder, start its supervisor, follow it, ask it to stop, and find
//! out what became of it.
//!
//! What this is not: the supervisor. It starts, signals and waits for no process of a task.

mod ask;
mod confinement;
mod end;
mod enforcement;
mod follow;
mod gather;
mod launch;
mod life;
mod next;
mod owned;
mod prepare;
mod seal;
mod start_error;
mod stop;
#[cfg(test)]
mod tests;

pub(crate) use owned::Attempts;
