//! What the readers make of the recordings of the real agents. One file for each agent; every expected value was
//! looked up in the recording.

mod claude;
mod codex;
mod gemini;
mod opencode;
mod recording;
mod story;
