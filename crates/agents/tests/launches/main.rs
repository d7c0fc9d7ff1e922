//! How each agent is started: the exact command line, its environment and what it reads.

mod gemini;
mod opencode;
mod requests;
mod templates;
