//! No test waits by sleeping: it waits for a condition, with a deadline.
//!
//! Looked at are the test files, the test modules inside `src/`, and the browser's tests. The poll inside a helper that
//! waits is allowed: there the deadline stands within a few lines above. The scripted agent is a program under test's
//! control, not a test; it lives in `crates/testkit/src/bin` and may.

use super::Finding;
use super::tree::Tree;

const SLEEP: &str = concat!("sle", "ep(");
/// Both ways in which a test in the browser can let time pass.
const PAUSES: [&str; 2] = ["waitForTimeout(", "=> setTimeout("];
/// Where the pause is the act itself: the page is scrolled as a hand does it, in pieces.
const PACED: &str = "web/e2e/many.spec.ts";

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files() {
        let calls: &[&str] = match path {
            PACED => continue,
            _ if path.starts_with("web/e2e/") && path.ends_with(".ts") => &PAUSES,
            _ if path.starts_with("crates/") && path.ends_with(".rs") => &[SLEEP],
            _ => continue,
        };
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in lines.iter().enumerate().skip(first_line_of_tests(path, &lines)) {
            let above = &lines[index.saturating_sub(4)..index];
            let is_poll = above
                .iter()
                .any(|line| line.contains("elapsed()") || line.contains("deadline"));
            if calls.iter().any(|call| line.contains(call)) && !is_poll {
                findings.push(format!(
                    "{path}:{}: a test that sleeps; wait for the condition, with a deadline",
                    index + 1
                ));
            }
        }
    }
    findings
}

/// Where the tests of a file begin: at its start for a file of tests, at its test module for one of the program. Behind
/// the last line if there are none.
fn first_line_of_tests(path: &str, lines: &[&str]) -> usize {
    let is_scripted_agent = path.contains("fake_agent") || path.contains("fake-agent");
    let is_all_tests = path.starts_with("web/e2e/") || path.contains("/tests/") || path.ends_with("tests.rs");
    if is_scripted_agent {
        return lines.len();
    }
    if is_all_tests {
        return 0;
    }
    let is_test_module = |pair: &[&str]| pair[0].trim() == "#[cfg(test)]" && pair[1].trim_start().starts_with("mod ");
    lines.windows(2).position(is_test_module).unwrap_or(lines.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&Tree::from(&[(path, text)])).len()
    }

    #[test]
    fn a_sleeping_test_is_found_and_a_sleeping_program_is_not() {
        let call = concat!("std::thread::sle", "ep(second);");
        let shell = r#"world.longhaul(["run", "--", "sleep", "60"]);"#;
        assert_eq!(found("crates/longhaul/tests/cancel.rs", call), 1);
        let poll = format!("assert!(begun.elapsed() < limit);\n{call}");
        assert_eq!(found("crates/longhaul/tests/world.rs", &poll), 0);
        assert_eq!(found("crates/longhaul/tests/cancel.rs", shell), 0);
        assert_eq!(found("crates/testkit/src/bin/fake_agent.rs", call), 0);
        assert_eq!(found("crates/engine/src/outbox.rs", call), 0);
    }

    #[test]
    fn a_sleep_in_a_test_module_is_found_behind_the_program() {
        let call = concat!("std::thread::sle", "ep(second);");
        let both =
            format!("fn wait() {{ {call} }}\n\n#[cfg(test)]\nmod tests {{\n    fn it_waits() {{ {call} }}\n}}\n");
        let findings = check(&Tree::from(&[("crates/engine/src/outbox.rs", &both)]));
        assert_eq!(findings.len(), 1);
        assert!(
            findings[0].starts_with("crates/engine/src/outbox.rs:5:"),
            "{findings:?}"
        );
        assert_eq!(found("crates/engine/src/attempts/tests.rs", call), 1);
    }

    #[test]
    fn a_pause_in_the_browser_is_found_and_a_limit_on_a_test_is_not() {
        assert_eq!(found("web/e2e/live.spec.ts", "await page.waitForTimeout(500);"), 1);
        let promise = "await new Promise((done) => setTimeout(done, 50));";
        assert_eq!(found("web/e2e/live.spec.ts", promise), 1);
        assert_eq!(found("web/e2e/live.spec.ts", "test.setTimeout(150_000);"), 0);
        assert_eq!(found("web/src/lib/toasts.ts", promise), 0);
    }
}
