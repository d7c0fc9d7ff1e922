//! `{model}` and the like in the arguments of a template.

/// What can be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placeholder {
    /// A file that holds the prompt.
    PromptFile,
    /// The model.
    Model,
    /// The effort.
    Effort,
    /// The session: the one to go on with, or the id of a new one.
    Session,
    /// The folder the task works in.
    Cwd,
}

impl Placeholder {
    const ALL: [Self; 5] = [Self::PromptFile, Self::Model, Self::Effort, Self::Session, Self::Cwd];

    /// The word between the braces.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::PromptFile => "prompt_file",
            Self::Model => "model",
            Self::Effort => "effort",
            Self::Session => "session",
            Self::Cwd => "cwd",
        }
    }

    fn written(self) -> String {
        format!("{{{}}}", self.word())
    }
}

/// The placeholders in this argument. A single small word between braces that is none is given back as it is; braces
/// around anything else are the program's own.
pub(super) fn found(argument: &str) -> Vec<Result<Placeholder, String>> {
    let mut found = Vec::new();
    for behind in argument.split('{').skip(1) {
        let Some((word, _)) = behind.split_once('}') else {
            continue;
        };
        if word.is_empty() || !word.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
            continue;
        }
        let known = Placeholder::ALL.into_iter().find(|known| known.word() == word);
        found.push(known.ok_or_else(|| word.to_owned()));
    }
    found
}

/// Whether this argument holds that placeholder.
pub(super) fn holds(argument: &str, placeholder: Placeholder) -> bool {
    argument.contains(&placeholder.written())
}

/// The argument with the value in place of the placeholder.
pub(super) fn filled(argument: &str, placeholder: Placeholder, value: &str) -> String {
    argument.replace(&placeholder.written(), value)
}

/// The argument with all these values in their places; a value is never looked into.
pub(super) fn all_filled(argument: &str, values: &[(Placeholder, &str)]) -> String {
    let mut filled = String::with_capacity(argument.len());
    let mut rest = argument;
    while let Some(at) = rest.find('{') {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = values
            .iter()
            .map(|(placeholder, value)| (placeholder.written(), value))
            .find(|(written, _)| rest.starts_with(written.as_str()));
        let taken = match known {
            Some((written, value)) => {
                filled.push_str(value);
                written.len()
            }
            None => {
                filled.push('{');
                1
            }
        };
        rest = &rest[taken..];
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_that_are_the_programs_own_are_left_alone() {
        assert_eq!(found(r#"{"a":{}} ${HOME} {A} {x y}"#), []);
        assert_eq!(
            found("--m={model}{nonsense}"),
            [Ok(Placeholder::Model), Err("nonsense".to_owned())]
        );
    }

    #[test]
    fn what_is_filled_in_is_not_looked_into_again() {
        let values = [(Placeholder::Cwd, "/{model}"), (Placeholder::Model, "m")];
        assert_eq!(all_filled("{cwd}:{model}:{effort}:{", &values), "/{model}:m:{effort}:{");
    }
}
