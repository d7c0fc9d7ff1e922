//! What hunts for anything that was missed. There is no recovery mode: these run after every start, and then in every
//! periodic round. Each is told what it needs, defines what it hunts, and may run twice without harm.

mod board;
pub(crate) mod dependencies;
mod due;
mod families;
mod loans;
pub(crate) mod orphans;
pub(crate) mod prerequisites;
pub(crate) mod retention;
mod rounds;
mod stops;
#[cfg(test)]
mod tests;
pub(crate) mod worktrees;

pub(crate) use rounds::Rounds;
