//! A neutral start: what a daemon and a supervisor do not take over from whoever happened to start them.
//!
//! The first command of a user starts the daemon that serves all later ones, and the daemon starts every supervisor: what
//! that command had ignored or blocked would rule everybody's tasks.
//!
//! What this is not: what a task's program starts with. A program gets every signal back as it is by default at its birth.

mod signals;

pub use signals::{signals, wait_for_children};
