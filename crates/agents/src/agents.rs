//! The agents of one daemon: those that come with Longhaul and those of its configuration.

use std::collections::BTreeMap;
use std::fmt;

use crate::adapter::Adapter;
use crate::registry;
use crate::settings::AgentSettings;
use crate::template::{Template, TemplateError};

/// The agents there are, and what is set about them.
#[derive(Clone, Default)]
pub struct Agents {
    own: Vec<&'static Template>,
    settings: BTreeMap<String, AgentSettings>,
}

/// What is wrong about the settings of an agent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("using [agents.{agent}] of the configuration")]
pub struct AgentsError {
    /// Its name.
    pub agent: String,
    /// What is wrong.
    #[source]
    pub problem: TemplateError,
}

impl Agents {
    /// The agents that come with Longhaul and those of these settings, by name.
    ///
    /// What is made of the settings is kept for the rest of the process, which reads its configuration once.
    pub fn new(settings: BTreeMap<String, AgentSettings>) -> Result<Self, AgentsError> {
        let mut own = Vec::new();
        for (name, set) in &settings {
            let wrong = |problem| AgentsError {
                agent: name.clone(),
                problem,
            };
            match (&set.template, registry::adapter(name)) {
                (Some(_), Some(_)) => return Err(wrong(TemplateError::NameTaken)),
                (Some(template), None) => {
                    let template = Template::new(name, template).map_err(wrong)?;
                    own.push(&*Box::leak(Box::new(template)));
                }
                (None, Some(_)) => {}
                (None, None) => return Err(wrong(TemplateError::NoCommand)),
            }
        }
        Ok(Self { own, settings })
    }

    /// The agent of this name; nothing if there is none.
    pub fn adapter(&self, name: &str) -> Option<&'static dyn Adapter> {
        self.all().find(|adapter| adapter.name() == name)
    }

    /// Every agent, in the order in which they are shown.
    pub fn all(&self) -> impl Iterator<Item = &'static dyn Adapter> {
        let own = self.own.iter().map(|template| *template as &'static dyn Adapter);
        registry::adapters().iter().copied().chain(own)
    }

    /// What is set about the agent of this name.
    pub fn settings(&self, name: &str) -> AgentSettings {
        self.settings.get(name).cloned().unwrap_or_default()
    }
}

impl PartialEq for Agents {
    fn eq(&self, other: &Self) -> bool {
        // What is made of equal settings is equal.
        self.settings == other.settings
    }
}

impl fmt::Debug for Agents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Agents").field("settings", &self.settings).finish()
    }
}
