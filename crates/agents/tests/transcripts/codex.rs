//! Codex.

use longhaul_agents::{Conclusion, Exit, Trouble, adapter};
use longhaul_model::AgentError;

use crate::story::{cases, lines, told, usage, words};

const HELLO: &str = "Hello from the stub model.";
const NO_METADATA: &str = "notes Model metadata for `stub-1` not found. Defaulting to fallback metadata; this can degrade performance and cause issues.";

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
    for (case, exit) in cases("codex") {
        let told = told("codex", &case);
        let conclusion = &told.conclusion;
        match case.as_str() {
            "empty" | "empty_no_item" => assert_eq!(*conclusion, Conclusion::NoFinalMessage, "{case}"),
            "ctx" => assert_eq!(failed(conclusion).0, AgentError::ContextFull, "{case}"),
            "cut" => {
                let detail = "the answer was cut off by the model's limit of output tokens";
                assert_eq!(failed(conclusion), (AgentError::Other, detail), "{case}");
            }
            "err400" => assert_eq!(failed(conclusion).0, AgentError::Other, "{case}"),
            "err401" | "noauth" => {
                let message =
                    "unexpected status 401 Unauthorized: stub error 401, url: http://127.0.0.1:18080/v1/responses";
                assert_eq!(failed(conclusion), (AgentError::NotSignedIn, message), "{case}");
            }
            "err429" => {
                let message = "exceeded retry limit, last status: 429 Too Many Requests";
                assert_eq!(failed(conclusion), (AgentError::Overloaded, message), "{case}");
            }
            "err500" | "err529" | "refused_nounb" | "drop" | "limit" => {
                assert_eq!(failed(conclusion).0, AgentError::Overloaded, "{case}")
            }
            "resume_bad" => assert_eq!(failed(conclusion).0, AgentError::Other, "{case}"),
            // It says 7:56 AM, in its own time zone; the seconds are cut off, so it is meant at the latest at 7:57.
            "quota" => match conclusion {
                Conclusion::UsageLimitReached { resets_at_s, message } => {
                    assert_eq!(*resets_at_s, Some(1_795_161_420), "2026-11-20T07:57:00Z");
                    assert!(message.starts_with("You’ve hit your usage limit."), "{message}");
                }
                other => panic!("{other:?}"),
            },
            "quota_in_20s" => {
                // 1:09 PM: at the latest at 13:10:00.
                assert!(
                    matches!(
                        conclusion,
                        Conclusion::UsageLimitReached {
                            resets_at_s: Some(1_795_180_200),
                            ..
                        }
                    ),
                    "{conclusion:?}"
                );
            }
            "refuse" => assert_eq!(failed(conclusion).0, AgentError::Refused, "{case}"),
            // Stopped from outside: it told nothing of its end.
            "hang_TERM" | "sig_INT_tool" => assert_eq!(*conclusion, Conclusion::AsExited, "{case}"),
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
    let told = told("codex", "plain");
    assert_eq!(
        lines(&told),
        [
            "session 01a1f7bc-5c71-7220-9a19-b4b4b61b60ce -",
            NO_METADATA,
            &format!("says {HELLO}")
        ]
    );
    assert_eq!(
        told.reading.session.as_deref(),
        Some("01a1f7bc-5c71-7220-9a19-b4b4b61b60ce")
    );
    assert_eq!(told.reading.message.as_deref(), Some(HELLO));
    assert_eq!(told.reading.phase.as_deref(), Some("answering"));
    assert_eq!(told.reading.usage, usage(1, 7, None));
}

#[test]
fn commands_and_what_they_gave() {
    let told = told("codex", "two");
    assert_eq!(
        lines(&told)[2..],
        [
            "says I will run a command (1).",
            "calls shell: echo first",
            "result 0: first\n",
            "says I will run a command (2).",
            "calls shell: echo second",
            "result 0: second\n",
            "says Done. Last tool result was: Chunk ID: 6ec65d\nWall time: 0.0019 seconds\nProcess exited with code 0\nOriginal token count: 2\nOutput:\nsecond\n",
        ]
    );
    // Figures of the whole thread: three requests.
    assert_eq!(told.reading.usage, usage(3, 21, None));
}

#[test]
fn two_commands_in_one_message() {
    let told = told("codex", "par");
    assert_eq!(
        lines(&told)[3..],
        [
            "calls shell: echo par-one",
            "result 0: par-one\n",
            "calls shell: echo par-two",
            "result 0: par-two\n",
            &format!("says {HELLO}")
        ]
    );
}

#[test]
fn a_command_that_still_runs_at_the_end_has_no_result() {
    let told = told("codex", "longtool");
    let lines = lines(&told);
    assert!(lines[2].starts_with("calls shell: for i in 1 2 3"), "{}", lines[2]);
    assert!(!lines.iter().any(|line| line.starts_with("result")));
    assert_eq!(told.conclusion, Conclusion::Completed);
}

#[test]
fn changed_files_whichever_tool_the_model_has() {
    for case in ["m55_edit", "m6_edit"] {
        let told = told("codex", case);
        assert_eq!(
            lines(&told)[1..],
            [
                "says Using a tool.",
                "files add /home/user/project/edited.txt",
                &format!("says {HELLO}")
            ]
        );
    }
}

#[test]
fn reasoning() {
    let told = told("codex", "think");
    assert_eq!(
        lines(&told)[2..],
        [
            "thinks Let me think about it.\nStep two of thinking.",
            &format!("says {HELLO}")
        ]
    );
}

#[test]
fn a_helper_is_a_tool_and_does_not_answer() {
    let told = told("codex", "sub");
    assert_eq!(
        lines(&told)[2..],
        [
            "says Starting a subagent.",
            "calls spawn_agent: stub-plain in a subagent",
            "result: 01a1f7ee-7ac6-74e0-badf-f0029bd70602: pending_init",
            &format!("says {HELLO}"),
        ]
    );
}

#[test]
fn a_resumed_thread_keeps_its_id_and_its_figures_go_on() {
    let (first, second) = (told("codex", "resume_a"), told("codex", "resume_b"));
    assert_eq!(
        first.reading.session.as_deref(),
        Some("01a1f7c2-79e3-76c0-9d41-c8bd6ba4fa1f")
    );
    assert_eq!(second.reading.session, first.reading.session);
    assert_eq!(first.reading.usage, usage(1, 7, None));
    assert_eq!(second.reading.usage, usage(2, 14, None));
}

#[test]
fn a_thread_that_does_not_exist_is_gone_and_nothing_else_is() {
    let codex = adapter("codex").expect("known");
    for (case, _) in cases("codex") {
        let told = told("codex", &case);
        assert_eq!(
            codex.says_session_is_gone(&told.reading, &told.stderr),
            case == "resume_bad",
            "{case}"
        );
    }
    let gone = told("codex", "resume_bad");
    let message = "thread/resume: thread/resume failed: no rollout found for thread id 00000000-0000-7000-8000-000000000000 (code -32600)";
    assert_eq!(failed(&gone.conclusion), (AgentError::Other, message));
}

#[test]
fn every_odd_character_of_an_answer_is_kept() {
    let told = told("codex", "md");
    let message = told.reading.message.expect("an answer");
    assert!(message.starts_with("# Título — résumé ✅\n\n- item *one* `code`\n- 日本語 / العربية / עברית\n"));
    assert!(message.contains("U+2028:\u{2028}after, U+0085:\u{85}after, zero-width:\u{200b}x, tab:\tT, ansi:\u{1b}[31mred\u{1b}[0m, bell:\u{7}, astral: 🧑‍🚀𝔘\n"));
    assert!(message.ends_with("{\"type\":\"result\",\"is_error\":true}\n\nLast line — fin\n"));
}

#[test]
fn what_it_gets_over_is_noted_and_an_error_is_told_once() {
    assert_eq!(
        lines(&told("codex", "err500"))[1..],
        [
            "notes Reconnecting... 1/2 (We’re currently experiencing high demand, which may cause temporary errors.)",
            "notes Reconnecting... 2/2 (We’re currently experiencing high demand, which may cause temporary errors.)",
            "fails We’re currently experiencing high demand, which may cause temporary errors.",
        ]
    );
}

#[test]
fn a_cut_answer_is_kept_as_far_as_it_came() {
    assert_eq!(
        told("codex", "cut").reading.message.as_deref(),
        Some("This answer is cut")
    );
}

#[test]
fn a_stopped_command_shows_what_was_going_on() {
    let told = told("codex", "sig_INT_tool");
    assert_eq!(
        lines(&told)[1..],
        [
            "says I will run a command (1).",
            "calls shell: sleep 25 & wait; echo slept"
        ]
    );
    assert_eq!(told.reading.phase.as_deref(), Some("shell"));
    assert_eq!(told.reading.usage, None);
}

/// Items that no recording has, written after the types that Codex publishes.
#[test]
fn plans_searches_and_tools_of_others() {
    let stream = r#"{"type":"thread.started","thread_id":"t"}
{"type":"item.started","item":{"id":"i1","type":"todo_list","items":[{"text":"look","completed":true},{"text":"mend","completed":false}]}}
{"type":"item.completed","item":{"id":"i2","type":"web_search","query":"rust 2024"}}
{"type":"item.started","item":{"id":"i3","type":"mcp_tool_call","server":"docs","tool":"find","arguments":{"q":"x"},"status":"in_progress"}}
{"type":"item.completed","item":{"id":"i3","type":"mcp_tool_call","server":"docs","tool":"find","arguments":{"q":"x"},"result":{"content":[{"type":"text","text":"found"}]},"status":"completed"}}
{"type":"item.completed","item":{"id":"i4","type":"mcp_tool_call","server":"docs","tool":"find","arguments":null,"error":{"message":"no"},"status":"failed"}}
{"type":"item.completed","item":{"id":"i5","type":"file_change","changes":[{"path":"a","kind":"update"}],"status":"failed"}}
{"type":"item.completed","item":{"id":"i6","type":"hologram"}}
{"type":"turn.paused"}
"#;
    let told = words("codex", stream.as_bytes(), b"", &Exit::Code(1));
    assert_eq!(
        lines(&told)[1..],
        [
            "plan [x] look, [ ] mend",
            "calls web_search: rust 2024",
            "result: ",
            "calls docs.find: docs.find {\"q\":\"x\"}",
            "result: found",
            "calls docs.find: docs.find",
            "error: no",
            "notes a patch was not applied: a",
            r#"unknown {"type":"item.completed","item":{"id":"i6","type":"hologram"}}"#,
            r#"unknown {"type":"turn.paused"}"#,
        ]
    );
    assert_eq!(told.reading.unknown_lines, 2);
    assert_eq!(told.conclusion, Conclusion::AsExited);
}

#[test]
fn words_tell_the_class_of_an_error() {
    for (message, class) in [
        (
            "stream disconnected before completion: Incomplete response returned, reason: content_filter",
            AgentError::Refused,
        ),
        ("unexpected status 403 Forbidden: no", AgentError::NotSignedIn),
        (
            "Your access token could not be refreshed because you have since logged out. Please sign in again.",
            AgentError::NotSignedIn,
        ),
        (
            "Selected model is at capacity. Please try a different model.",
            AgentError::Overloaded,
        ),
        ("unexpected status 503 Service Unavailable: x", AgentError::Overloaded),
        (
            "Quota exceeded. Check your plan and billing details.",
            AgentError::Other,
        ),
    ] {
        let line = format!("{{\"type\":\"turn.failed\",\"error\":{{\"message\":\"{message}\"}}}}\n");
        let told = words("codex", line.as_bytes(), b"", &Exit::Code(1));
        assert_eq!(failed(&told.conclusion), (class, message));
    }
}

#[test]
fn a_limit_that_says_no_time_is_still_a_limit() {
    let line = "{\"type\":\"turn.failed\",\"error\":{\"message\":\"You’ve hit your usage limit. Try again later.\"}}\n";
    let told = words("codex", line.as_bytes(), b"", &Exit::Code(1));
    let message = "You’ve hit your usage limit. Try again later.".to_owned();
    assert_eq!(
        told.conclusion,
        Conclusion::UsageLimitReached {
            resets_at_s: None,
            message
        }
    );
}
