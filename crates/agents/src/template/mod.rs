//! An agent of the user's own: how it is started and read stands in the configuration.

mod launch;
mod parse;
mod placeholder;
mod text;

use std::collections::BTreeMap;
use std::path::Path;

use crate::adapter::{Adapter, Capability, Folders, Marks, Parser, SignIn};
use crate::launch::{Launch, Request};
use crate::reading::{Reading, UsageScope};
use crate::settings::{TemplateOutput, TemplateSettings};
use crate::shell::quoted;
use crate::transcript::Transcript;
use placeholder::Placeholder;

/// An agent of the user's own.
#[derive(Debug)]
pub(crate) struct Template {
    name: String,
    settings: TemplateSettings,
    install: String,
    capabilities: Vec<Capability>,
}

/// Why settings make no agent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// Neither an agent that comes with Longhaul nor one of the user's own.
    #[error("there is no such agent, and no `command` that would make one")]
    NoCommand,
    /// An agent of this name comes with Longhaul.
    #[error("an agent of this name comes with Longhaul; `command` makes another one, under another name")]
    NameTaken,
    /// The name has characters that a name must not have.
    #[error("a name is made of small letters, digits and `-`")]
    Name,
    /// Something that looks like a placeholder and is none.
    #[error(
        "`{{{word}}}` in `{key}` is no placeholder; there are {{prompt_file}}, {{model}}, {{effort}}, {{session}} and {{cwd}}"
    )]
    UnknownPlaceholder {
        /// The key.
        key: &'static str,
        /// The word.
        word: String,
    },
    /// A placeholder where it would have no value.
    #[error("`{{{word}}}` has no value in `{key}`; {cure}")]
    MisplacedPlaceholder {
        /// The key.
        key: &'static str,
        /// The word.
        word: &'static str,
        /// What to do instead.
        cure: &'static str,
    },
    /// `resume` does not say with what to go on.
    #[error("`resume` does not say where {{session}} goes")]
    ResumeWithoutSession,
    /// A JSON pointer that is none.
    #[error("`{pointer}` in `{key}` is no JSON pointer: it begins with `/`, as `/message/text`")]
    Pointer {
        /// The key.
        key: &'static str,
        /// The pointer.
        pointer: String,
    },
}

impl Template {
    /// The agent that these settings describe.
    pub(crate) fn new(name: &str, settings: &TemplateSettings) -> Result<Self, TemplateError> {
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || !name.chars().all(is_name) {
            return Err(TemplateError::Name);
        }
        if settings.command.first().is_none_or(String::is_empty) {
            return Err(TemplateError::NoCommand);
        }
        check_placeholders(settings)?;
        check_pointers(&settings.output)?;
        let has = |words: &[String], placeholder| words.iter().any(|word| placeholder::holds(word, placeholder));
        let capabilities = [
            (!settings.resume.is_empty(), Capability::Resume),
            (!settings.model_arguments.is_empty(), Capability::Model),
            (!settings.effort_arguments.is_empty(), Capability::Effort),
            (has(&settings.command, Placeholder::Session), Capability::ChosenSession),
            (!settings.read_only.is_empty(), Capability::ReadOnly),
        ];
        let program = &settings.command[0];
        Ok(Self {
            name: name.to_owned(),
            install: settings
                .install
                .clone()
                .unwrap_or_else(|| format!("see to it that `{program}` is on the PATH")),
            capabilities: capabilities
                .into_iter()
                .filter_map(|(is_able, capability)| is_able.then_some(capability))
                .collect(),
            settings: settings.clone(),
        })
    }
}

fn check_placeholders(settings: &TemplateSettings) -> Result<(), TemplateError> {
    use Placeholder::{Effort, Model, Session};
    const GROUPED: &str = "arguments for it have a key of their own, so that they are left out where there is none";
    const NO_SESSION: &str = "it stands in `resume`, or in `command` for an agent that lets one choose it";
    let keys: [(&'static str, &[String], &[Placeholder]); 6] = [
        ("command", &settings.command, &[Model, Effort]),
        ("resume", &settings.resume, &[Model, Effort]),
        ("read_only", &settings.read_only, &[Model, Effort, Session]),
        ("write", &settings.write, &[Model, Effort, Session]),
        ("model_arguments", &settings.model_arguments, &[Effort, Session]),
        ("effort_arguments", &settings.effort_arguments, &[Model, Session]),
    ];
    for (key, words, misplaced) in keys {
        for word in words {
            for found in placeholder::found(word) {
                let found = found.map_err(|word| TemplateError::UnknownPlaceholder { key, word })?;
                if misplaced.contains(&found) {
                    return Err(TemplateError::MisplacedPlaceholder {
                        key,
                        word: found.word(),
                        cure: if found == Session { NO_SESSION } else { GROUPED },
                    });
                }
            }
        }
    }
    let resumes = settings.resume.iter().any(|word| placeholder::holds(word, Session));
    if settings.resume.is_empty() || resumes {
        Ok(())
    } else {
        Err(TemplateError::ResumeWithoutSession)
    }
}

fn check_pointers(output: &TemplateOutput) -> Result<(), TemplateError> {
    let TemplateOutput::Lines {
        message,
        session,
        error,
    } = output
    else {
        return Ok(());
    };
    let pointers = [
        ("message", Some(message)),
        ("session", session.as_ref()),
        ("error", error.as_ref()),
    ];
    for (key, pointer) in pointers {
        if let Some(pointer) = pointer.filter(|pointer| !pointer.starts_with('/')) {
            return Err(TemplateError::Pointer {
                key,
                pointer: pointer.clone(),
            });
        }
    }
    Ok(())
}

impl Adapter for Template {
    fn name(&self) -> &str {
        &self.name
    }

    fn program(&self) -> &str {
        &self.settings.command[0]
    }

    fn install_command(&self) -> &str {
        &self.install
    }

    fn capabilities(&self) -> &[Capability] {
        &self.capabilities
    }

    fn launch(&self, request: &Request<'_>) -> Launch {
        launch::launch(&self.settings, request)
    }

    fn parser(&self) -> Box<dyn Parser> {
        match &self.settings.output {
            TemplateOutput::Text => Box::new(text::Text::default()),
            TemplateOutput::Lines {
                message,
                session,
                error,
            } => Box::new(Transcript::new(parse::TemplateDialect {
                message: message.clone(),
                session: session.clone(),
                error: error.clone(),
            })),
        }
    }

    fn usage_scope(&self) -> UsageScope {
        UsageScope::Run
    }

    fn resume_command(&self, session: &str) -> String {
        let words: Vec<String> = self
            .settings
            .resume
            .iter()
            .map(|word| quoted(&placeholder::filled(word, Placeholder::Session, session)))
            .collect();
        words.join(" ")
    }

    fn says_session_is_gone(&self, _reading: &Reading, _stderr: &str) -> bool {
        // Its words for that are not known.
        false
    }

    fn folders(&self, _environment: &BTreeMap<String, String>, _cwd: Option<&Path>) -> Folders {
        Folders::default()
    }

    fn marks(&self) -> Marks {
        // What it makes of the environment nobody told us.
        Marks::default()
    }

    fn sign_in(&self) -> SignIn {
        SignIn::Unknown
    }
}
