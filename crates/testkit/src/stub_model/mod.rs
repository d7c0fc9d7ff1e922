//! A scripted model server on loopback that speaks the four protocols of the real coding agents.
//!
//! What the model does is written in the newest prompt (`words.rs` lists the words, `script.rs` the inline script), so a
//! test says in one place what it asks for and what it will get. Nothing leaves the machine.
//!
//! What this is not: a check of what agents send. It answers whatever it can read, and notes what it saw.

mod conversation;
mod gates;
mod http;
mod journal;
mod long_answer;
mod perform;
mod protocols;
mod script;
mod seen;
mod server;
mod steering;
mod words;

pub use long_answer::huge;
pub use seen::Seen;
pub use server::StubModel;
pub use words::{HELLO, UNICODE};
