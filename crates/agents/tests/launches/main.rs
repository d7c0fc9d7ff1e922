//! How each agent is started: the exact command line, its environment and what it reads.

mod claude;
mod codex;
mod gemini;
mod opencode;
mod requests;
mod templates;
