//! Gemini's recordings.

use longhaul_agents::{Conclusion, Stated, adapter};
use longhaul_model::AgentError;

use crate::recording::{ENDED_S, Recording, read};

fn run(case: &str) -> Recording {
    read("gemini", case)
}

fn failure(recording: &Recording) -> (AgentError, String) {
    match recording.conclusion() {
        Conclusion::Failed(trouble) => (trouble.class, trouble.message),
        other => panic!("it failed, and this is told: {other:?}"),
    }
}

#[test]
fn pieces_of_an_answer_are_one_message_byte_for_byte() {
    let md = run("md");
    assert_eq!(md.conclusion(), Conclusion::Completed);
    // Recorded without `--raw-output`: this version takes out what looks like an escape sequence, piece by piece.
    let answer = "# Título — résumé ✅\n\n- item *one* `code`\n- 日本語 / العربية / עברית\n\n```rust\nfn main() { \
                  println!(\"{}\\n\", \"héllo\"); }\n```\n\n> quote with U+2028:\u{2028}after, U+0085:\u{85}after, \
                  zero-width:\u{200b}x, tab:\tT, ansi:red\u{1b}[0m, bell:\u{7}, astral: \
                  🧑\u{200d}🚀𝔘\n\n{\"looks\":\"like json\"}\n{\"type\":\"result\",\"is_error\":true}\n\nLast line — fin\n";
    assert_eq!(md.message(), answer);
    assert_eq!(
        md.told(),
        [
            "session fd4b2d4f-5f74-4650-be88-5316bcdec1a3 auto".to_owned(),
            format!("message {answer}"),
        ]
    );
    let slow = run("slow");
    assert!(slow.message().starts_with("word0 word1 "));
    assert!(
        slow.message().ends_with(" word19 "),
        "the blank at the end is the agent's"
    );
}

#[test]
fn a_plain_answer_is_completed() {
    let plain = run("plain");
    assert_eq!(plain.conclusion(), Conclusion::Completed);
    assert_eq!(plain.message(), "Hello from the stub model.");
}

#[test]
fn what_was_said_before_a_tool_is_not_the_answer() {
    let write = run("write_yolo");
    assert_eq!(write.conclusion(), Conclusion::Completed);
    assert_eq!(
        write.message(),
        "Done. Last tool result was: {\"output\": \"<untrusted_context>\\nOutput: wrote-it\\nProcess Group PGID: \
         20848\\n</untrusted_context>\"}"
    );
    assert_eq!(
        write.told()[..4],
        [
            "session b6e678bd-5af9-45a4-b259-46398c54042a auto",
            "message I will run a command (1).",
            "call run_shell_command__fc-d21e25d1 run_shell_command: echo hi > file.txt && echo wrote-it",
            "result run_shell_command__fc-d21e25d1 ok -: wrote-it",
        ]
    );
    assert_eq!(write.reading.unknown_lines, 0);
}

#[test]
fn usage_counts_every_model_it_used() {
    // Three requests of 1,234 tokens: one chose the model, two answered.
    assert_eq!(run("write_yolo").tokens(), [3702, 3000, 168, 0]);
    assert_eq!(run("think").tokens(), [2468, 2000, 112, 0]);
    assert_eq!(
        run("resume_b").tokens(),
        [2468, 2000, 112, 0],
        "a resumed run counts itself alone"
    );
}

#[test]
fn a_written_file_is_told_once_it_is_written() {
    let told = run("edit_yolo").told();
    assert_eq!(
        told[2..5],
        [
            "call write_file__fc-5d5e7390 write_file: /home/user/project/edited.txt",
            "result write_file__fc-5d5e7390 ok -: ",
            "files change /home/user/project/edited.txt",
        ]
    );
}

#[test]
fn two_tools_at_once_have_each_their_result() {
    let par = run("par");
    assert_eq!(par.message(), "Hello from the stub model.");
    assert_eq!(
        par.told()[2..6],
        [
            "call run_shell_command__fc-eab5856f run_shell_command: echo par-one",
            "call run_shell_command__fc-e818720f run_shell_command: echo par-two",
            "result run_shell_command__fc-eab5856f ok -: par-one",
            "result run_shell_command__fc-e818720f ok -: par-two",
        ]
    );
}

#[test]
fn a_helper_is_a_tool() {
    let sub = run("sub");
    assert_eq!(sub.message(), "Hello from the stub model.");
    assert!(
        sub.told()
            .contains(&"call invoke_agent__fc-fcbd2e06 invoke_agent: generalist".to_owned())
    );
}

#[test]
fn the_session_stays_the_same_when_it_goes_on() {
    assert_eq!(
        run("resume_a").reading.session.as_deref(),
        Some("93e51092-86cf-4c98-a668-a5f4f8661a9c")
    );
    assert_eq!(run("resume_a").reading.session, run("resume_b").reading.session);
    assert!(run("resume_b").message().ends_with("second-secret-beta'"));
    assert_eq!(run("plan").conclusion(), Conclusion::Completed);
}

#[test]
fn a_session_that_is_gone_is_said_so() {
    let gone = run("resume_bad");
    let gemini = adapter("gemini").expect("it exists");
    assert_eq!(gone.exit, Some(42));
    assert!(gemini.says_session_is_gone(&gone.reading, &gone.stderr));
    assert_eq!(gone.conclusion(), Conclusion::AsExited);
    let other = run("noauth");
    assert!(!gemini.says_session_is_gone(&other.reading, &other.stderr));
}

#[test]
fn errors_are_told_by_the_status_of_the_service() {
    for (case, exit, class, message) in [
        ("err400", 144, AgentError::Other, "stub error 400"),
        ("err401", 145, AgentError::NotSignedIn, "stub error 401"),
        (
            "ctx",
            144,
            AgentError::ContextFull,
            "The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).",
        ),
    ] {
        let recording = run(case);
        assert_eq!(recording.exit, Some(exit));
        assert_eq!(failure(&recording), (class, message.to_owned()), "{case}");
    }
}

#[test]
fn without_an_account_it_says_so_on_standard_error_alone() {
    let noauth = run("noauth");
    assert_eq!(noauth.exit, Some(41));
    let (class, message) = failure(&noauth);
    assert_eq!(class, AgentError::NotSignedIn);
    assert!(message.starts_with("Please set an Auth method"), "{message}");
}

#[test]
fn a_quota_is_a_usage_limit_and_its_reset_is_on_standard_error() {
    let quota = run("quota");
    assert_eq!(quota.exit, Some(173));
    assert_eq!(
        quota.conclusion(),
        Conclusion::UsageLimitReached {
            resets_at_s: Some(ENDED_S + 3_600),
            message: "You have exhausted your daily quota on this model.".to_owned(),
        }
    );
}

#[test]
fn an_empty_answer_is_an_error_though_it_exits_0() {
    let empty = run("empty");
    assert_eq!(empty.exit, Some(0));
    assert_eq!(empty.reading.message, None);
    let (class, message) = failure(&empty);
    assert_eq!(class, AgentError::Other);
    assert!(message.starts_with("The model returned an empty response"), "{message}");
}

#[test]
fn a_stream_that_breaks_off_is_an_error() {
    let drop = run("drop");
    assert_eq!(drop.exit, Some(0));
    assert_eq!(
        failure(&drop),
        (
            AgentError::Other,
            "Model stream ended without a finish reason.".to_owned()
        )
    );
    assert_eq!(failure(&run("empty_twice")).0, AgentError::Other);
}

#[test]
fn a_command_that_fails_is_not_the_end() {
    let failtool = run("failtool");
    assert_eq!(failtool.conclusion(), Conclusion::Completed);
    assert_eq!(
        failtool.told()[3],
        "result run_shell_command__call_2190_50 ok -: to-stderr"
    );
    let two = run("two");
    assert_eq!(two.conclusion(), Conclusion::Completed);
    assert_eq!(two.tokens(), [4936, 4000, 224, 0]);
    assert!(run("write_file").told().contains(&"files change edited.txt".to_owned()));
}

#[test]
fn a_long_answer_is_whole() {
    let huge = run("huge");
    assert_eq!(huge.conclusion(), Conclusion::Completed);
    assert!(huge.message().starts_with("line 0000000 of a long answer"));
    assert!(huge.message().len() >= 100_000, "{}", huge.message().len());
    let lines: Vec<&str> = huge.message().lines().collect();
    let (last, others) = lines.split_last().expect("there are lines");
    assert!(
        others.iter().all(|line| line.ends_with("which is kept whole")),
        "{last}"
    );
    assert_eq!(run("bigtool").conclusion(), Conclusion::Completed);
}

#[test]
fn an_answer_that_was_cut_off_looks_like_any_other() {
    // A gap of this agent: it states success, and nothing in its stream tells the cut.
    let cut = run("cut");
    assert_eq!(cut.message(), "This answer is cut");
    assert_eq!(cut.reading.stated, Some(Stated::Success));
}

#[test]
fn a_torn_stream_states_nothing() {
    // Exit 0 and a torn last line: what a pipe does to it, and the reason why it writes to a file.
    let torn = run("bigout_slow_reader_truncated");
    assert_eq!(torn.reading.stated, None);
    assert_eq!(
        torn.told()[2],
        "call run_shell_command__fc-44238941 run_shell_command: seq 1 200000"
    );
    assert_eq!(torn.reading.unknown_lines, 1, "the torn line");
}

#[test]
fn another_format_is_kept_line_for_line_and_states_nothing() {
    let other = run("json_fmt");
    assert_eq!(other.reading.stated, None);
    assert_eq!(other.reading.message, None);
    assert!(other.reading.unknown_lines > 50);
}

/// Lines that were never recorded: their shapes are those of the program's own source.
mod written {
    use longhaul_agents::Reading;

    use super::*;
    use crate::recording::concluded;

    fn read_lines(lines: &[&str], stderr: &str) -> Reading {
        let mut parser = adapter("gemini").expect("it exists").parser();
        parser.read(0, lines.join("\n").as_bytes());
        parser.read_stderr(stderr.as_bytes());
        parser.finish();
        parser.reading().clone()
    }

    const ANSWER: &str = r#"{"type":"message","role":"assistant","content":"So far.","delta":true}"#;
    const SUCCESS: &str = r#"{"type":"result","status":"success","stats":{}}"#;

    #[test]
    fn a_loop_is_no_success() {
        let warning = r#"{"type":"error","severity":"warning","message":"Loop detected, stopping execution"}"#;
        match concluded(&read_lines(&[ANSWER, warning, SUCCESS], ""), 0) {
            Conclusion::Failed(trouble) => assert_eq!(trouble.message, "Loop detected, stopping execution"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_warning_that_was_got_over_does_not_undo_a_success() {
        let warning = r#"{"type":"error","severity":"warning","message":"A skill could not be loaded"}"#;
        assert_eq!(
            concluded(&read_lines(&[warning, ANSWER, SUCCESS], ""), 0),
            Conclusion::Completed
        );
    }

    #[test]
    fn a_success_without_words_after_the_last_tool_has_no_final_message() {
        let result = r#"{"type":"tool_result","tool_id":"t","status":"success","output":"x"}"#;
        assert_eq!(
            concluded(&read_lines(&[ANSWER, result, SUCCESS], ""), 0),
            Conclusion::NoFinalMessage
        );
    }

    #[test]
    fn an_answer_over_the_token_limit_is_incomplete_and_a_blocked_one_refused() {
        let ended = |message: &str| {
            let error = format!(r#"{{"type":"error","severity":"error","message":"{message}"}}"#);
            let result = r#"{"type":"result","status":"error","stats":{}}"#;
            read_lines(&[ANSWER, &error, result], "").stated
        };
        assert!(matches!(
            ended("Model response was truncated because it exceeded the token limit. Try using /compress."),
            Some(Stated::Incomplete { .. })
        ));
        match ended("The model response was blocked due to safety settings.") {
            Some(Stated::Failure(trouble)) => assert_eq!(trouble.class, AgentError::Refused),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_quota_that_tells_its_reset_in_its_own_words() {
        let result = r#"{"type":"result","timestamp":"2026-11-20T07:36:21.844Z","status":"error","error":{"type":"unknown","message":"[API Error: You have exhausted your capacity on this model. Your quota will reset after 2h13m40s.]\nPlease wait"}}"#;
        assert_eq!(
            concluded(&read_lines(&[result], ""), 1),
            Conclusion::UsageLimitReached {
                resets_at_s: Some(ENDED_S + 8_020),
                message: "You have exhausted your capacity on this model. Your quota will reset after 2h13m40s."
                    .to_owned(),
            }
        );
    }

    #[test]
    fn an_error_that_only_standard_error_tells_has_its_class() {
        let stderr = |case: &str| read("gemini", case).stderr;
        let class = |case: &str, code| match concluded(&read_lines(&[], &stderr(case)), code) {
            Conclusion::Failed(trouble) => trouble.class,
            other => panic!("{case}: {other:?}"),
        };
        assert_eq!(class("err401", 145), AgentError::NotSignedIn);
        assert_eq!(class("ctx", 144), AgentError::ContextFull);
        assert!(matches!(
            concluded(&read_lines(&[], &stderr("quota")), 173),
            Conclusion::UsageLimitReached {
                resets_at_s: Some(_),
                ..
            }
        ));
    }

    #[test]
    fn a_crowd_is_no_usage_limit() {
        let result = r#"{"type":"result","status":"error","error":{"type":"unknown","message":"[API Error: {\"error\":{\"code\":503,\"message\":\"The model is overloaded.\",\"status\":\"UNAVAILABLE\"}}]"}}"#;
        match concluded(&read_lines(&[result], ""), 247) {
            Conclusion::Failed(trouble) => assert_eq!(trouble.class, AgentError::Overloaded),
            other => panic!("{other:?}"),
        }
    }
}
