//! The page spells the words of the wire in one table, `web/src/lib/api/words.ts`; everywhere else it says `STATE.failed`.
//!
//! Which words there are is read from that table. A word that is nothing but a word of the wire (a state, anything with a
//! hyphen) may stand in no quotes elsewhere; one that means other things as well (`agent`, `write`, `signal`) may not be
//! compared with, nor given to a field that holds such words. Where the API has a closed list, the page's types see to it
//! that the table has every word; of the events it has none, so these are compared with the model here.

use longhaul_model::TABLE as TRANSITIONS;

use super::Finding;
use super::tree::Tree;

const TABLE: &str = "web/src/lib/api/words.ts";
/// Printed from the API.
const PRINTED: &str = "web/src/lib/api/types.ts";
/// The table whose words mean nothing else.
const STATES: &str = "STATE";
/// What holds a word of the wire; a word that comes after one of these and an `=` or `:` is one.
const FIELDS: [&str; 9] = [
    "state",
    "kind",
    "access",
    "isolation",
    "enforcement",
    "reason",
    "event",
    "source",
    "what",
];

/// A word of the table, and where its place in it is.
#[derive(Debug, PartialEq, Eq)]
struct Word {
    text: String,
    /// As the page says it: `STATE.failed`.
    name: String,
    /// Whether it means nothing else.
    is_only_that: bool,
}

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(table) = tree.text(TABLE) else {
        return Vec::new();
    };
    let words = words(table);
    let mut findings = spelt_by_hand(tree, &words);
    findings.extend(missing_events(&words));
    findings
}

fn missing_events(words: &[Word]) -> Vec<Finding> {
    let mut events: Vec<&str> = TRANSITIONS.iter().map(|row| row.event).collect();
    events.sort_unstable();
    events.dedup();
    events.retain(|event| words.iter().all(|word| word.text != *event));
    let missing = |event| format!("{TABLE}: the event '{event}' is missing");
    events.into_iter().map(missing).collect()
}

fn spelt_by_hand(tree: &Tree, words: &[Word]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.below("web/src/") {
        let is_page = path.ends_with(".ts") || path.ends_with(".svelte");
        if !is_page || path == TABLE || path == PRINTED {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            for word in words.iter().filter(|word| spells(line, word)) {
                let (text, name, line) = (&word.text, &word.name, index + 1);
                findings.push(format!(
                    "{path}:{line}: '{text}' is spelt by hand; say {name}, from {TABLE}"
                ));
            }
        }
    }
    findings
}

/// Every `name: 'word',` of every `export const TABLE = {`. Of two tables with one word the first names it.
fn words(table: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut of = "";
    for line in table.lines() {
        if let Some(rest) = line.strip_prefix("export const ") {
            of = rest.split([' ', ':']).next().unwrap_or_default();
        }
        let Some((name, text)) = entry(line) else { continue };
        if words.iter().all(|word| word.text != text) {
            words.push(Word {
                text: text.to_owned(),
                name: format!("{of}.{name}"),
                is_only_that: of == STATES || text.contains('-'),
            });
        }
    }
    words
}

fn entry(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.strip_prefix('\t')?.split_once(": '")?;
    let text = rest.strip_suffix("',")?;
    let is_name = name.chars().all(char::is_alphanumeric);
    is_name.then_some((name, text))
}

fn spells(line: &str, word: &Word) -> bool {
    ['\'', '"', '`'].iter().any(|quote| {
        let spelt = format!("{quote}{}{quote}", word.text);
        line.match_indices(&spelt).any(|(start, _)| {
            let (before, after) = (line[..start].trim_end(), line[start + spelt.len()..].trim_start());
            if word.is_only_that {
                // A class of the style sheet has its name from the state, or from something else.
                return !before.ends_with("class=");
            }
            is_compared(before, after) || is_given(before)
        })
    })
}

fn is_compared(before: &str, after: &str) -> bool {
    let is_case = before
        .strip_suffix("case")
        .is_some_and(|rest| !rest.ends_with(char::is_alphanumeric));
    is_case || before.ends_with("==") || before.ends_with("!=") || after.starts_with("==") || after.starts_with("!=")
}

fn is_given(before: &str) -> bool {
    let Some(before) = before.strip_suffix([':', '=']) else {
        return false;
    };
    let before = before.trim_end();
    let field = before.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next();
    field.is_some_and(|field| FIELDS.contains(&field))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "\
export const STATE = {
\trunning: 'running',
\tfailed: 'failed',
} as const satisfies Table<StateName>;
export const STATES: readonly StateName[] = Object.values(STATE);
export const KIND = {
\tagent: 'agent',
} as const satisfies Table<KindName>;
export const WAIT = {
\tusageLimit: 'usage-limit',
} as const satisfies Table<WaitName>;
export const ENFORCEMENT = {
\tagent: 'agent',
} as const satisfies Table<EnforcementName>;
";

    fn found(line: &str) -> Vec<Finding> {
        let files = [
            (TABLE, WORDS),
            (PRINTED, "state: 'running';"),
            ("web/src/lib/rules.ts", line),
        ];
        spelt_by_hand(&Tree::from(&files), &words(WORDS))
    }

    #[test]
    fn the_words_are_those_of_the_table() {
        let names: Vec<String> = words(WORDS).into_iter().map(|word| word.name).collect();
        assert_eq!(
            names,
            ["STATE.running", "STATE.failed", "KIND.agent", "WAIT.usageLimit"]
        );
    }

    #[test]
    fn a_state_stands_in_no_quotes_and_neither_does_a_word_with_a_hyphen() {
        for line in [
            "if (task.state === 'running') return;",
            "const ended = ['failed'];",
            "<StateMark state=\"running\" />",
            "case 'usage-limit':",
            "const limit = `usage-limit`;",
        ] {
            assert_eq!(found(line).len(), 1, "{line}");
        }
        assert!(found("if (task.state === STATE.running) return;").is_empty());
        assert!(found("const text = 'it is running';").is_empty());
        assert!(found("<span class=\"running\"></span>").is_empty());
    }

    #[test]
    fn a_word_with_other_meanings_is_not_compared_with_nor_given_to_a_field() {
        for line in [
            "return task.kind === 'agent';",
            "return 'agent' !== task.kind;",
            "\t\tcase 'agent':",
            "{ kind: 'agent', limit: 5 }",
            "draft.what = 'agent';",
        ] {
            assert_eq!(found(line).len(), 1, "{line}");
        }
        assert!(found("const NAMES = ['agent', 'queue'];").is_empty());
        assert!(found("made.push({ label: 'agent' });").is_empty());
    }

    #[test]
    fn an_event_that_the_table_lacks_is_found() {
        let missing = missing_events(&words(WORDS));
        assert!(
            missing.iter().any(|found| found.contains("'attempt-ended'")),
            "{missing:?}"
        );
    }

    #[test]
    fn the_finding_says_where_and_what_to_say_instead() {
        let [found] = &found("\nif (kind === 'agent') return;")[..] else {
            panic!("one finding");
        };
        assert!(found.starts_with("web/src/lib/rules.ts:2: 'agent'"), "{found}");
        assert!(found.contains("say KIND.agent"), "{found}");
    }
}
