//! Whether an agent is signed in: by what is set, by what it keeps, or by asking it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use longhaul_agents::{Adapter, SignIn};

use crate::programs::{self, ProgramEnd};

/// An agent that takes longer does not tell.
const LIMIT: Duration = Duration::from_secs(30);

/// More of a settings file is not looked at.
const LONGEST_SETTINGS_BYTES: u64 = 1 << 20;

/// Whether it is signed in; nothing if that cannot be told. Blocks.
pub(super) fn is_signed_in(
    adapter: &dyn Adapter,
    program: &Path,
    environment: &BTreeMap<String, String>,
) -> Option<bool> {
    let is_set = |names: &[&str]| {
        names
            .iter()
            .any(|name| environment.get(*name).is_some_and(|value| !value.is_empty()))
    };
    match adapter.sign_in() {
        SignIn::Unknown => None,
        SignIn::Arguments(arguments) => asked(program, arguments, environment),
        SignIn::Ask {
            arguments,
            variables,
            elsewhere,
        } => {
            if is_set(variables) {
                return Some(true);
            }
            let folder = adapter.settings_folder(environment);
            let has = |(file, setting): &(&str, &str)| {
                folder
                    .as_ref()
                    .is_some_and(|folder| has_setting(&folder.join(file), setting))
            };
            // It is set up to get by without signing in; whether that works, only a run shows.
            if elsewhere.iter().any(has) {
                return None;
            }
            asked(program, arguments, environment)
        }
        SignIn::Traces { variables, files } => {
            let home = environment.get("HOME").map(Path::new);
            let has_file = |file: &&str| home.is_some_and(|home| home.join(file).is_file());
            // No trace is no proof: there are keyrings, and providers that need no account.
            (is_set(variables) || files.iter().any(has_file)).then_some(true)
        }
    }
}

fn asked(program: &Path, arguments: &[&str], environment: &BTreeMap<String, String>) -> Option<bool> {
    let words: Vec<&str> = program.to_str().into_iter().chain(arguments.iter().copied()).collect();
    match programs::run(&words, Path::new("/"), Some(environment), LIMIT) {
        Ok(ProgramEnd::Exited(0)) => Some(true),
        Ok(ProgramEnd::Exited(1)) => Some(false),
        // Another code is no answer to the question.
        _ => None,
    }
}

fn has_setting(file: &Path, setting: &str) -> bool {
    let mut text = String::new();
    let read = File::open(file).and_then(|file| file.take(LONGEST_SETTINGS_BYTES).read_to_string(&mut text));
    read.is_ok() && text.lines().any(|line| line.trim_start().starts_with(setting))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// An agent whose own answer is this exit code.
    fn signed_in(
        agent: &str,
        exit_code: i32,
        settings: Option<(&str, &str)>,
        variables: &[(&str, &str)],
    ) -> Option<bool> {
        let home = tempfile::tempdir().expect("a folder");
        let program = home.path().join("agent");
        fs::write(&program, format!("#!/bin/sh\nexit {exit_code}\n")).expect("a file");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("its mode");
        if let Some((file, text)) = settings {
            let file = home.path().join(file);
            fs::create_dir_all(file.parent().expect("inside")).expect("a folder");
            fs::write(file, text).expect("a file");
        }
        let mut environment: BTreeMap<String, String> = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        environment.insert("HOME".to_owned(), home.path().display().to_string());
        is_signed_in(longhaul_agents::adapter(agent).expect("known"), &program, &environment)
    }

    #[test]
    fn an_agent_that_can_be_asked_is_asked() {
        assert_eq!(signed_in("codex", 0, None, &[]), Some(true));
        assert_eq!(signed_in("codex", 1, None, &[]), Some(false));
        assert_eq!(signed_in("codex", 2, None, &[]), None);
    }

    #[test]
    fn a_key_in_the_environment_is_enough_and_a_provider_of_ones_own_is_not_known() {
        assert_eq!(signed_in("codex", 1, None, &[("CODEX_API_KEY", "k")]), Some(true));
        assert_eq!(signed_in("codex", 1, None, &[("CODEX_API_KEY", "")]), Some(false));
        let own = (".codex/config.toml", "model = \"m\"\nmodel_provider = \"own\"\n");
        assert_eq!(signed_in("codex", 1, Some(own), &[]), None);
        let openai = (".codex/config.toml", "model = \"m\"\n[model_providers.own]\n");
        assert_eq!(signed_in("codex", 1, Some(openai), &[]), Some(false));
    }

    #[test]
    fn no_trace_is_no_proof() {
        assert_eq!(signed_in("gemini", 0, None, &[]), None);
        assert_eq!(signed_in("gemini", 0, None, &[("GEMINI_API_KEY", "k")]), Some(true));
        let kept = (".gemini/oauth_creds.json", "{}");
        assert_eq!(signed_in("gemini", 0, Some(kept), &[]), Some(true));
    }
}
