//! No test waits by sleeping: it waits for a condition, with a deadline.
//!
//! The poll inside such a helper is allowed: there the deadline stands within a few lines above.
//! The scripted agent is a program under test's control, not a test; it lives in `crates/testkit/src/bin` and may.

use super::Finding;
use super::tree::Tree;

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let call = concat!("sle", "ep(");
    let is_test = |path: &str| {
        path.ends_with(".rs")
            && path.contains("/tests/")
            && !path.contains("fake_agent")
            && !path.contains("fake-agent")
    };
    let mut findings = Vec::new();
    for (path, text) in tree.below("crates/").filter(|(path, _)| is_test(path)) {
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let above = &lines[index.saturating_sub(4)..index];
            let is_poll = above
                .iter()
                .any(|line| line.contains("elapsed()") || line.contains("deadline"));
            if line.contains(call) && !is_poll {
                findings.push(format!(
                    "{path}:{}: a test that sleeps; wait for the condition, with a deadline",
                    index + 1
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleeping_test_is_found_and_a_sleeping_program_is_not() {
        let call = concat!("std::thread::sle", "ep(second);");
        let shell = r#"world.longhaul(["run", "--", "sleep", "60"]);"#;
        let found = |path: &str, text: &str| check(&Tree::from(&[(path, text)])).len();
        assert_eq!(found("crates/longhaul/tests/cancel.rs", call), 1);
        let poll = format!("assert!(begun.elapsed() < limit);\n{call}");
        assert_eq!(found("crates/longhaul/tests/world.rs", &poll), 0);
        assert_eq!(found("crates/longhaul/tests/cancel.rs", shell), 0);
        assert_eq!(found("crates/testkit/src/bin/fake_agent.rs", call), 0);
    }
}
