//! Nobody matches on the kind of a task but the model, the executors and the server's `kinds/`. Whoever wants to know what a
//! kind allows asks its rules (`work.rules()`), and whoever wants its words asks for them (`work.agent()`).
//!
//! Making work of a kind is no match, and tests may look at anything. Text is looked at, not syntax: what stands before and
//! after the name of a variant tells a pattern from a value.

use super::Finding;
use super::tree::Tree;

/// Where the kinds live.
const ROOMS: [&str; 3] = [
    "crates/model/",
    "crates/engine/src/executors/",
    "crates/server/src/kinds/",
];

/// The types whose variants are the kinds.
const TYPES: [&str; 2] = ["Work::", "TaskKind::"];
/// Where the kinds are listed, one in a line: `Clone => "clone",`.
const LIST: &str = "crates/model/src/kind.rs";

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let kinds = kinds(tree.text(LIST).unwrap_or_default());
    if kinds.is_empty() {
        return vec![format!("{LIST}: the list of kinds cannot be found there")];
    }
    let files = tree.below("crates/").filter(|(path, _)| is_looked_at(path));
    let found = |(path, text)| {
        let lines = matching_lines(text, &kinds).into_iter();
        lines.map(move |line| {
            format!(
                "{path}:{line}: matches on the kind of a task; ask its rules (`work.rules()`) or its words (`work.agent()`, \
                 `work.landing()`), or move what only this kind does into its executor"
            )
        })
    };
    files.flat_map(found).collect()
}

/// The kinds, as their variants are called.
fn kinds(list: &str) -> Vec<&str> {
    let words = list.split("words!(TaskKind").nth(1).unwrap_or_default();
    let lines = words.lines().skip(1).take_while(|line| !line.starts_with('}'));
    lines.filter_map(|line| Some(line.split_once("=>")?.0.trim())).collect()
}

fn is_looked_at(path: &str) -> bool {
    let is_product = path.ends_with(".rs") && path.contains("/src/") && !path.contains("/tests");
    is_product && !path.starts_with("crates/testkit/") && !ROOMS.iter().any(|room| path.starts_with(room))
}

/// The lines, counted from 1, in which a variant stands as a pattern or is compared. Tests below are left out.
fn matching_lines(text: &str, kinds: &[&str]) -> Vec<usize> {
    let product = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut lines = Vec::new();
    for name in TYPES {
        for (at, _) in product.match_indices(name) {
            let is_whole = !product[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_');
            let rest = &product[at + name.len()..];
            let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
            let (variant, after) = rest.split_at(end);
            if is_whole && kinds.contains(&variant) && is_pattern(&product[..at], after) {
                lines.push(product[..at].matches('\n').count() + 1);
            }
        }
    }
    lines.sort_unstable();
    lines.dedup();
    lines
}

/// Whether what stands between is a pattern, or compared, and not a value that is made.
fn is_pattern(before: &str, after: &str) -> bool {
    let begin = before.rfind([';', '{', '}']).map_or(0, |end| end + 1);
    let statement = &before[begin..];
    let is_bound = statement
        .rfind("let ")
        .is_some_and(|bound| !statement[bound..].contains('='));
    let is_asked = statement.contains("matches!(") || [" == ", " != "].iter().any(|equal| statement.ends_with(equal));
    is_bound || is_asked || is_followed_as_a_pattern(after_its_fields(after))
}

/// What follows the fields of a variant, if it has some.
fn after_its_fields(after: &str) -> &str {
    let fields = after.trim_start();
    if !fields.starts_with(['(', '{']) {
        return after;
    }
    let mut depth = 0_usize;
    for (at, c) in fields.char_indices() {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return &fields[at + c.len_utf8()..];
        }
    }
    ""
}

fn is_followed_as_a_pattern(after: &str) -> bool {
    // The rest of a tuple's pattern stands on the same line.
    let next = after.trim_start_matches([' ', ')', ',', '_']).trim_start();
    let is_alternative = next.starts_with('|') && !next.starts_with("||");
    is_alternative
        || next.starts_with("=>")
        || next.starts_with("==")
        || next.starts_with("!=")
        || next.starts_with("if ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: &str = "words!(TaskKind, \"kind\", {\n    Command => \"command\",\n    Clone => \"clone\",\n    \
                         Agent => \"agent\",\n    Land => \"land\",\n});\n";

    fn found(path: &str, text: &str) -> usize {
        check(&Tree::from(&[(path, text), (LIST, KINDS)])).len()
    }

    #[test]
    fn a_list_of_kinds_that_cannot_be_found_is_an_error() {
        assert_eq!(check(&Tree::from(&[(LIST, "")])).len(), 1);
        assert_eq!(kinds(KINDS), ["Command", "Clone", "Agent", "Land"]);
    }

    #[test]
    fn a_match_on_the_kind_is_found_wherever_it_stands() {
        for text in [
            "match &spec.work {\n    Work::Agent(work) => 1,\n    _ => 2,\n}",
            "if let Work::Agent(work) = &mut spec.work {",
            "let Work::Land(land) = &job.work else { return };",
            "if matches!(task.spec.work, Work::Land(_)) {",
            "let (Work::Command { .. }, Some(found)) = (&work, 1) else {",
            "match (work, access) {\n (Work::Land(_) | Work::Clone { .. }, _, _) => 1,",
            "x.is_some_and(|kind| kind == TaskKind::Agent)",
            "match kind {\n    TaskKind::Clone\n    | TaskKind::Land => 1,",
        ] {
            assert!(found("crates/engine/src/dispatch.rs", text) > 0, "{text}");
            assert_eq!(found("crates/engine/src/executors/deploy.rs", text), 0, "{text}");
            assert_eq!(found("crates/engine/tests/story.rs", text), 0, "{text}");
        }
    }

    #[test]
    fn making_work_of_a_kind_is_no_match() {
        for text in [
            "let work = Work::Land(LandWork { task, manner });",
            "Spec::new(Work::Command { command }, \"/w\")",
            "agent_work(request).map(Work::Agent)",
            "submit::request(context, TaskKind::Agent, arguments)?",
            "Some(x) => Work::Agent(x),\n    _ => other,",
            "#[cfg(test)]\nmod tests {\n    let Work::Agent(work) = work else { panic!() };\n}",
            "HomeWork::Agent(x) => 1",
        ] {
            assert_eq!(found("crates/engine/src/dispatch.rs", text), 0, "{text}");
        }
    }
}
