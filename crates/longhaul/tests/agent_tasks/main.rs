//! Agents as tasks, through the front door: prompts, verdicts, sessions, usage limits, activity and delivery.

mod activity;
mod delivery;
mod limits;
mod prompts;
mod sessions;
mod stage;
mod verdicts;
