//! What happens inside the supervisor process.
//!
//! One thread, one `poll` over signals, output and the next deadline; nothing wakes it more often than once a second
//! while the program is quiet. [`life`] is the order of things, [`steps`] the walk, [`run`] the loop around one
//! running program.

mod acts;
mod birth;
mod capture;
mod idle;
mod ladder;
mod leftovers;
mod life;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
use macos as platform;
mod log;
mod program_path;
mod remove_tree;
mod requests;
mod run;
mod sandbox;
mod signals;
mod spawn;
mod steps;
mod tree;

pub use life::supervise;
