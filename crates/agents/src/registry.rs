//! The agents there are, one line for each.

use crate::adapter::Adapter;
use crate::claude::Claude;
use crate::codex::Codex;
use crate::gemini::Gemini;
use crate::opencode::OpenCode;

/// Every agent, in the order in which they are shown.
static ADAPTERS: &[&dyn Adapter] = &[&Codex, &Claude, &OpenCode, &Gemini];

/// Every agent that comes with Longhaul.
pub fn adapters() -> &'static [&'static dyn Adapter] {
    ADAPTERS
}

/// The agent of this name; nothing if there is none.
pub fn adapter(name: &str) -> Option<&'static dyn Adapter> {
    adapters().iter().copied().find(|adapter| adapter.name() == name)
}
