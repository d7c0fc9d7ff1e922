//! One folder for each coding agent: how to start it (`launch`), how to read it (`parse`), and what it is able to do.
//!
//! Everything here is pure: what it needs to know is handed in, what it says is handed back. It starts nothing, opens
//! nothing, and has neither database nor network. What an agent prints is data; a line that is not understood is kept
//! and is never an error.

mod activity;
mod adapter;
mod agents;
mod claude;
mod codex;
mod conclusion;
mod gemini;
mod json;
mod launch;
mod lines;
mod marks;
mod opencode;
mod reading;
mod registry;
mod reset;
mod settings;
mod shell;
mod template;
mod text;
mod transcript;
mod trouble;

pub use activity::{Activity, FileChange, Kind, PlanStep};
pub use adapter::{Adapter, Capability, Folders, Marks, Parser, Remark, SignIn};
pub use agents::{Agents, AgentsError};
pub use conclusion::{Conclusion, Exit, conclude};
pub use launch::{Enforced, Launch, Request, WriteMode};
pub use marks::{leads_to_an_agents_things, marks_inside, session_marks};
pub use reading::{Reading, Stated, UsageScope};
pub use registry::{adapter, adapters};
pub use reset::Reset;
pub use settings::{AgentSettings, TemplateOutput, TemplateSettings};
pub use template::TemplateError;
pub use trouble::Trouble;
