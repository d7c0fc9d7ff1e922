//! What tests stand on: private worlds around the real binary, scripted programs, and the suite every store must pass.
//!
//! A test begins with a [`World`]. What a world can do lies by subject: its folders, environment and calls in `world`, a
//! daemon started by hand in `daemon`, tasks submitted and watched in `tasks`, the rules that hold after every fault in
//! `truth`, living processes by what they are to it in `residents`, git repositories in `repositories`, and the ways in
//! over TCP in `doors`.

mod daemon;
mod dice;
mod doors;
mod http;
mod invocation;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
pub mod marks;
mod normalize;
pub mod processes;
mod real_agent;
mod repositories;
mod residents;
mod sse;
#[cfg(feature = "store-suite")]
pub mod store_suite;
pub mod stub_model;
mod tasks;
mod truth;
mod wait;
mod world;

pub use daemon::{Daemon, DaemonStart};
pub use dice::Dice;
pub use doors::PageSession;
pub use http::{Answer, Api, Request};
pub use invocation::{Invocation, Ran, Spawned};
pub use normalize::normalize;
pub use real_agent::RealAgent;
pub use repositories::{text, worktree};
pub use rustix::process::Signal;
pub use sse::{Events, StreamEvent};
pub use tasks::{first_list, is_terminal};
pub use wait::{PATIENCE, wait_for, wait_until};
pub use world::{World, fake_agent, intruder};
