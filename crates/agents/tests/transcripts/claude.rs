//! Claude Code.

use longhaul_agents::{Conclusion, Exit, Stated, Trouble, adapter};
use longhaul_model::AgentError;

use crate::story::{cases, lines, told, usage, words};

const HELLO: &str = "Hello from the stub model.";
/// What one request costs with the model of most recordings.
const REQUEST_USD: f64 = 0.002_256;

fn failed(conclusion: &Conclusion) -> (AgentError, &str) {
    match conclusion {
        Conclusion::Failed(Trouble {
            class,
            message,
            is_usage_limit: false,
            resets: None,
        }) => (*class, message),
        other => panic!("not a failure: {other:?}"),
    }
}

#[test]
fn every_recorded_case_ends_as_it_did() {
    for (case, exit) in cases("claude") {
        let told = told("claude", &case);
        let conclusion = &told.conclusion;
        match case.as_str() {
            "empty" => assert_eq!(*conclusion, Conclusion::NoFinalMessage, "{case}"),
            "ctx" => assert_eq!(failed(conclusion).0, AgentError::ContextFull, "{case}"),
            "cut" => {
                let detail = "the answer was cut off by the model's limit of output tokens";
                assert_eq!(failed(conclusion), (AgentError::Other, detail), "{case}");
            }
            "maxturns" => assert_eq!(
                failed(conclusion),
                (AgentError::Other, "Reached maximum number of turns (1)"),
                "{case}"
            ),
            "err400" => assert_eq!(
                failed(conclusion),
                (AgentError::Other, "API Error: 400 stub error 400"),
                "{case}"
            ),
            "err401" => {
                let message = "Failed to authenticate. API Error: 401 stub error 401";
                assert_eq!(failed(conclusion), (AgentError::NotSignedIn, message), "{case}");
            }
            "noauth" => assert_eq!(
                failed(conclusion),
                (AgentError::NotSignedIn, "Not logged in · Please run /login"),
                "{case}"
            ),
            "err429" => {
                let message = "API Error: Request rejected (429) · stub error 429";
                assert_eq!(failed(conclusion), (AgentError::Overloaded, message), "{case}");
            }
            "refuse" => assert_eq!(failed(conclusion).0, AgentError::Refused, "{case}"),
            "err500" | "err529" | "limit" | "quota_api_key" | "drop" => {
                assert_eq!(failed(conclusion).0, AgentError::Overloaded, "{case}")
            }
            "oauth_quota" => {
                let message = "You've hit your 5-hour limit · resets 8:53am (UTC)".to_owned();
                assert_eq!(
                    *conclusion,
                    Conclusion::UsageLimitReached {
                        resets_at_s: Some(1_795_164_805),
                        message
                    },
                    "{case}"
                );
            }
            "resume_bad" => {
                let message = "No conversation found with session ID: 00000000-0000-4000-8000-000000000000";
                assert_eq!(failed(conclusion), (AgentError::Other, message), "{case}");
            }
            // It exits with 0 when it is interrupted, and is not done.
            "sig_INT_tool" => assert_eq!(failed(conclusion), (AgentError::Other, "it was interrupted"), "{case}"),
            _ => {
                assert_eq!(exit, Exit::Code(0), "{case}");
                assert_eq!(*conclusion, Conclusion::Completed, "{case}");
            }
        }
        assert_eq!(told.reading.unknown_lines, 0, "{case}: {:?}", lines(&told));
    }
}

#[test]
fn a_plain_answer() {
    let told = told("claude", "plain");
    let session = told.reading.session.clone().expect("a session");
    assert_eq!(
        lines(&told),
        [format!("session {session} claude-opus-5-5"), format!("says {HELLO}")]
    );
    assert_eq!(told.reading.message.as_deref(), Some(HELLO));
    assert_eq!(told.reading.model.as_deref(), Some("claude-opus-5-5"));
    assert_eq!(told.reading.usage, usage(1, 0, Some(REQUEST_USD)));
}

#[test]
fn commands_and_what_they_gave() {
    let told = told("claude", "two");
    assert_eq!(
        lines(&told)[1..],
        [
            "says I will run a command (1).",
            "calls Bash: echo first {\"command\":\"echo first\",\"description\":\"run a shell command\"}",
            "result: first",
            "says I will run a command (2).",
            "calls Bash: echo second {\"command\":\"echo second\",\"description\":\"run a shell command\"}",
            "result: second",
            "says Done. Last tool result was: second",
        ]
    );
    assert_eq!(told.reading.usage, usage(3, 0, Some(0.006_768)));
}

#[test]
fn two_commands_at_once_each_have_their_result() {
    let told = told("claude", "par");
    let lines = lines(&told);
    assert_eq!(lines[4..6], ["result: par-one", "result: par-two"]);
}

#[test]
fn a_written_file_is_told_with_its_path() {
    let told = told("claude", "edit_acceptedits");
    assert_eq!(
        lines(&told)[2..],
        [
            "calls Write: /home/user/project/edited.txt {\"content\":\"line one\\nline two ✅\\n\",\"file_path\":\"/home/user/project/edited.txt\"}",
            "result: File created successfully at: /home/user/project/edited.txt (file state is current in your context — no need to Read it back)",
            "files add /home/user/project/edited.txt",
            &format!("says {HELLO}"),
        ]
    );
}

#[test]
fn a_denied_permission_is_noted_and_the_answer_that_follows_counts() {
    for (case, denied) in [
        (
            "edit_plan",
            "Cannot write to /home/user/project/edited.txt while in plan mode.",
        ),
        (
            "write_default",
            "Output redirection to '/home/user/project/file.txt' needs approval.",
        ),
    ] {
        let told = told("claude", case);
        let lines = lines(&told);
        assert!(lines[3].starts_with(&format!("notes {denied}")), "{}", lines[3]);
        assert!(lines[4].starts_with(&format!("error: {denied}")), "{}", lines[4]);
        assert!(!lines.iter().any(|line| line.starts_with("files")), "{lines:?}");
        assert_eq!(told.reading.stated, Some(Stated::Success));
    }
}

#[test]
fn reasoning() {
    let told = told("claude", "think");
    assert_eq!(
        lines(&told)[1..],
        [
            "thinks Let me think about it.\nStep two of thinking.",
            &format!("says {HELLO}")
        ]
    );
}

#[test]
fn what_a_helper_does_is_its_own_and_its_tokens_count() {
    let told = told("claude", "sub");
    let lines = lines(&told);
    assert_eq!(lines[1], "says Starting a subagent.");
    assert!(lines[2].starts_with("calls Agent: sub work {"), "{}", lines[2]);
    assert!(lines[3].starts_with("helper calls Bash: ls -la {"), "{}", lines[3]);
    assert!(lines[4].starts_with("helper result: total 8\n"), "{}", lines[4]);
    assert_eq!(told.reading.message.as_deref(), Some(HELLO));
    // Two requests of its own, two of its helper.
    assert_eq!(told.reading.usage, usage(4, 0, Some(0.009_024)));
}

#[test]
fn the_last_of_several_results_counts_and_their_tokens_add_up() {
    let told = told("claude", "bg");
    assert_eq!(told.reading.usage, usage(3, 0, Some(0.006_768)));
    let lines = lines(&told);
    assert_eq!(lines.iter().filter(|line| line.starts_with("session")).count(), 1);
    assert!(
        lines.contains(&"notes Background command \"run a shell command\" completed (exit code 0)".to_owned()),
        "{lines:?}"
    );
    // The second turn began and its result is missing: nothing is known to be done.
    let stream = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/claude/bg.jsonl")).expect("a recording");
    let cut = stream[..stream.len() - 1]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .expect("lines")
        + 1;
    let told = words("claude", &stream[..cut], b"", &Exit::Code(0));
    assert_eq!(told.reading.stated, None);
    assert_eq!(told.conclusion, Conclusion::NoFinalMessage);
}

#[test]
fn a_resumed_session_keeps_its_id_and_only_its_money_goes_on() {
    let (first, second) = (told("claude", "resume_a"), told("claude", "resume_b"));
    assert_eq!(
        first.reading.session.as_deref(),
        Some("ae589af5-e2eb-4f74-a76a-0e5212cda764")
    );
    assert_eq!(second.reading.session, first.reading.session);
    assert_eq!(first.reading.usage, usage(1, 0, Some(REQUEST_USD)));
    assert_eq!(second.reading.usage, usage(1, 0, Some(0.004_511_999_999_999_999_5)));
}

#[test]
fn a_session_that_does_not_exist_is_gone_and_nothing_else_is() {
    let claude = adapter("claude").expect("known");
    for (case, _) in cases("claude") {
        let told = told("claude", &case);
        assert_eq!(
            claude.says_session_is_gone(&told.reading, &told.stderr),
            case == "resume_bad",
            "{case}"
        );
    }
    assert_eq!(told("claude", "resume_bad").reading.session, None);
}

#[test]
fn every_odd_character_of_an_answer_is_kept() {
    let message = told("claude", "md").reading.message.expect("an answer");
    assert!(message.starts_with("# Título — résumé ✅\n\n- item *one* `code`\n- 日本語 / العربية / עברית\n"));
    assert!(message.contains("U+2028:\u{2028}after, U+0085:\u{85}after, zero-width:\u{200b}x, tab:\tT, ansi:\u{1b}[31mred\u{1b}[0m, bell:\u{7}, astral: 🧑‍🚀𝔘\n"));
    assert!(message.ends_with("{\"type\":\"result\",\"is_error\":true}\n\nLast line — fin\n"));
}

#[test]
fn tries_are_noted_and_an_error_is_told_once() {
    assert_eq!(
        lines(&told("claude", "err429"))[1..],
        [
            "notes rate limit (HTTP 429); attempt 1 of 2 in 512 ms",
            "notes rate limit (HTTP 429); attempt 2 of 2 in 1190 ms",
            "fails API Error: Request rejected (429) · stub error 429",
        ]
    );
    assert_eq!(told("claude", "err429").reading.message, None);
}

#[test]
fn a_limit_that_is_near_is_only_noted() {
    let told = told("claude", "oauth_ratewarn");
    assert_eq!(
        lines(&told)[1..],
        [
            format!("says {HELLO}"),
            "notes 92 % of the five-hour limit is used".to_owned()
        ]
    );
    assert_eq!(told.conclusion, Conclusion::Completed);
}

#[test]
fn a_cut_answer_is_kept_as_far_as_it_came() {
    assert_eq!(
        told("claude", "cut").reading.message.as_deref(),
        Some("This answer is cut")
    );
}

/// Lines that no recording has, after the documentation and after older versions.
#[test]
fn plans_structured_answers_and_the_limits_of_older_versions() {
    let stream = r#"{"type":"system","subtype":"init","session_id":"s","model":"m"}
{"type":"assistant","message":{"content":[{"type":"tool_use","id":"t","name":"TodoWrite","input":{"todos":[{"content":"look","status":"completed"},{"content":"mend","status":"in_progress"}]}}]},"parent_tool_use_id":null}
{"type":"assistant","message":{"content":[{"type":"hologram"}]},"parent_tool_use_id":null}
{"type":"system","subtype":"tomorrow"}
{"type":"result","subtype":"success","is_error":false,"result":"done","structured_output":{"ok":true},"num_turns":2,"session_id":"s"}
"#;
    let done = words("claude", stream.as_bytes(), b"", &Exit::Code(0));
    assert_eq!(lines(&done)[1], "plan [x] look, [ ] mend");
    assert_eq!(done.reading.unknown_lines, 2);
    assert_eq!(done.reading.message.as_deref(), Some("{\"ok\":true}"));
    assert_eq!(done.conclusion, Conclusion::Completed);

    let line = "{\"type\":\"result\",\"subtype\":\"success\",\"is_error\":true,\"result\":\"Claude AI usage limit reached|1795164805\"}";
    let limited = words("claude", line.as_bytes(), b"", &Exit::Code(1));
    let message = "Claude AI usage limit reached|1795164805".to_owned();
    assert_eq!(
        limited.conclusion,
        Conclusion::UsageLimitReached {
            resets_at_s: Some(1_795_164_805),
            message
        }
    );
    let line = "{\"type\":\"result\",\"subtype\":\"success\",\"is_error\":true,\"result\":\"You've hit your weekly limit · resets 3pm (UTC)\"}";
    let limited = words("claude", line.as_bytes(), b"", &Exit::Code(1));
    assert!(
        matches!(
            limited.conclusion,
            Conclusion::UsageLimitReached {
                resets_at_s: Some(1_795_186_860),
                ..
            }
        ),
        "{:?}",
        limited.conclusion
    );
}

#[test]
fn what_keeps_it_from_starting_is_its_error() {
    let told = words(
        "claude",
        b"",
        b"Error: Session ID 1 is already in use.\n",
        &Exit::Code(1),
    );
    assert_eq!(
        failed(&told.conclusion),
        (AgentError::Other, "Session ID 1 is already in use.")
    );
}
