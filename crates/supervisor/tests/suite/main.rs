//! The supervisor with real processes, started as the daemon starts it. Every test has its own folder, and fails if a
//! process of its attempt is left behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed, and says where")]

mod ends;
mod limits;
mod loss;
mod output;
mod records;
#[cfg(target_os = "linux")]
mod sandbox;
mod steps;
mod stops;
mod trees;
mod world;
