//! The whole way with the real coding agents: the pinned CLIs from npm, a stub model on loopback, the real binary.
//!
//! They are in `target/agents` (`cargo xtask agents`; `cargo xtask test` does it). Without them each test says loudly
//! that it is skipped. Nothing here is about how an agent's stream is read, line by line: that is the adapters' own
//! business, tested on recordings.

mod answers;
mod enforcement;
mod reviews;
mod sessions;
mod stage;
mod stops;
mod trouble;

/// Makes a test of each function for each agent.
macro_rules! with_each_agent {
    ($($name:ident),+ $(,)?) => {
        crate::with_each_agent!(@ codex Codex $($name)+);
        crate::with_each_agent!(@ claude Claude $($name)+);
        crate::with_each_agent!(@ opencode OpenCode $($name)+);
        crate::with_each_agent!(@ gemini Gemini $($name)+);
    };
    (@ $module:ident $agent:ident $($name:ident)+) => {
        mod $module {
            $(#[test]
            fn $name() {
                super::$name(longhaul_testkit::RealAgent::$agent);
            })+
        }
    };
}
use with_each_agent;
