//! The variables of all agents together, for those who must not overlook one.

use std::sync::LazyLock;

use crate::registry::adapters;

/// What any agent leaves to the programs it runs; taken from every agent that is started.
pub fn marks_inside() -> &'static [&'static str] {
    static ALL: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
        let marks = adapters().iter().map(|adapter| adapter.marks());
        marks.flat_map(|marks| marks.inside).copied().collect()
    });
    &ALL
}

/// Whether this variable leads an agent to its own things.
pub fn leads_to_an_agents_things(variable: &str) -> bool {
    let mut marks = adapters().iter().map(|adapter| adapter.marks());
    marks.any(|marks| marks.places.contains(&variable))
}

/// The variables by which agents tell their session to the programs they run.
pub fn session_marks() -> impl Iterator<Item = &'static str> {
    adapters().iter().filter_map(|adapter| adapter.marks().session)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test that cannot go on has failed, and says where")]

    use std::collections::BTreeMap;
    use std::path::Path;

    use super::*;
    use crate::adapter::{Adapter, SignIn};

    /// Where every program may be told to keep things; what is inherited of these is inherited for all of them.
    const OF_EVERY_PROGRAM: [&str; 2] = ["HOME", "XDG_"];

    #[test]
    fn every_agent_names_its_variables() {
        for adapter in adapters() {
            let (name, marks) = (adapter.name(), adapter.marks());
            assert!(
                !marks.inside.is_empty(),
                "{name}: how does a program know that it runs inside of it?"
            );
            assert!(!marks.places.is_empty(), "{name}: what leads it to its settings?");
            assert!(
                marks.session.is_none_or(|session| marks.inside.contains(&session)),
                "{name}"
            );
        }
    }

    #[test]
    fn no_two_agents_claim_the_same_variable() {
        let claims = |variable: &str| {
            let claiming = |adapter: &&&dyn Adapter| {
                let marks = adapter.marks();
                marks.inside.contains(&variable) || marks.places.contains(&variable)
            };
            adapters().iter().filter(claiming).count()
        };
        for adapter in adapters() {
            let marks = adapter.marks();
            for variable in marks.inside.iter().chain(marks.places) {
                assert_eq!(claims(variable), 1, "{variable}");
            }
        }
    }

    /// An adapter that learns to look at another variable must name it, or a reader could point it anywhere.
    #[test]
    fn no_adapter_knows_a_variable_that_it_does_not_name() {
        for adapter in adapters() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(adapter.name());
            let source = std::fs::read_to_string(folder.join("mod.rs")).expect("the adapter's own file");
            let marks = adapter.marks();
            let named: Vec<_> = marks
                .inside
                .iter()
                .chain(marks.places)
                .chain(asked_for(*adapter))
                .collect();
            for variable in variables(&source) {
                let is_of_every_program = OF_EVERY_PROGRAM.iter().any(|begin| variable.starts_with(begin));
                assert!(
                    is_of_every_program || named.contains(&&variable),
                    "{}: {variable}",
                    adapter.name()
                );
            }
        }
    }

    /// Those that sign it in: they lead nowhere.
    fn asked_for(adapter: &dyn Adapter) -> &'static [&'static str] {
        match adapter.sign_in() {
            SignIn::Ask { variables, .. } | SignIn::Traces { variables, .. } => variables,
            SignIn::Arguments(_) | SignIn::Unknown => &[],
        }
    }

    /// The texts of a file that are written like the name of a variable.
    fn variables(source: &str) -> impl Iterator<Item = &str> {
        let is_name = |text: &&str| {
            let is_of_a_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
            text.len() > 2 && text.bytes().all(is_of_a_name)
        };
        source.split('"').skip(1).step_by(2).filter(is_name)
    }

    #[test]
    fn what_leads_an_agent_elsewhere_moves_its_things() {
        let home = || BTreeMap::from([("HOME".to_owned(), "/home/me".to_owned())]);
        for (name, variable) in [("codex", "CODEX_HOME"), ("claude", "CLAUDE_CONFIG_DIR")] {
            let adapter = crate::adapter(name).expect("it comes with Longhaul");
            assert!(adapter.marks().places.contains(&variable), "{name}");
            let mut led = home();
            led.insert(variable.to_owned(), "/elsewhere".to_owned());
            assert_ne!(adapter.folders(&home(), None), adapter.folders(&led, None), "{name}");
        }
    }
}
