//! OpenCode's recordings.

use longhaul_agents::{Conclusion, Kind, Stated, adapter};
use longhaul_model::AgentError;

use crate::recording::{ENDED_S, Recording, read};

const ONE_STEP: [u64; 4] = [1234, 1000, 56, 7];
const TWO_STEPS: [u64; 4] = [2468, 2000, 112, 14];

fn run(case: &str) -> Recording {
    read("opencode", case)
}

fn failure(recording: &Recording) -> (AgentError, String) {
    match recording.conclusion() {
        Conclusion::Failed(trouble) => {
            assert!(!trouble.is_usage_limit, "{trouble:?}");
            (trouble.class, trouble.message)
        }
        other => panic!("it failed, and this is told: {other:?}"),
    }
}

#[test]
fn a_plain_answer_is_completed_with_session_usage_and_message() {
    let plain = run("plain");
    assert_eq!(plain.conclusion(), Conclusion::Completed);
    assert_eq!(plain.message(), "Hello from the stub model.");
    assert_eq!(plain.tokens(), ONE_STEP);
    assert_eq!(plain.reading.usage.as_ref().and_then(|usage| usage.cost_usd), Some(0.0));
    assert_eq!(plain.reading.stated, Some(Stated::Success));
    assert_eq!(plain.reading.unknown_lines, 0);
}

#[test]
fn the_session_is_known_from_the_first_line() {
    let resumed = run("resume_b");
    assert_eq!(run("resume_a").reading.session, resumed.reading.session);
    assert_eq!(
        resumed.told(),
        [
            "session ses_e08285620ffemWz0iDa3SkXxsR -",
            "message USER TEXTS:\n[1] '\"stub-echo first-secret-alpha\"'\n[3] '\"stub-echo second-secret-beta\"'",
        ]
    );
    assert_eq!(resumed.tokens(), ONE_STEP, "a resumed run counts itself alone");
}

#[test]
fn a_command_is_a_call_and_its_result_with_the_exit_code() {
    let write = run("write");
    assert_eq!(write.conclusion(), Conclusion::Completed);
    assert_eq!(
        write.told(),
        [
            "session ses_e082f8c74ffeHVVH0YyTbKRQq6 -",
            "message I will run a command (1).",
            "call call_3e38b0cd26 bash: echo hi > file.txt && echo wrote-it",
            "result call_3e38b0cd26 ok 0: wrote-it\n",
            "message Done. Last tool result was: wrote-it\n",
        ]
    );
    assert_eq!(write.message(), "Done. Last tool result was: wrote-it\n");
    assert_eq!(write.tokens(), TWO_STEPS);
}

#[test]
fn a_written_file_is_told() {
    let edit = run("edit");
    assert_eq!(edit.conclusion(), Conclusion::Completed);
    let told = edit.told();
    assert!(
        told.contains(&"call call_296e899ef4 write: /home/user/project/edited.txt".to_owned()),
        "{told:?}"
    );
    assert!(
        told.contains(&"files add /home/user/project/edited.txt".to_owned()),
        "{told:?}"
    );
}

#[test]
fn a_plan_is_told_with_what_is_done() {
    assert!(run("plan").told().contains(&"plan [x] look, [ ] act".to_owned()));
}

#[test]
fn two_tools_at_once_have_each_their_result() {
    let told = run("par").told();
    assert_eq!(
        told[1..7],
        [
            "message Running two commands.",
            "call call_d1d4017de7 bash: echo par-one",
            "result call_d1d4017de7 ok 0: par-one\n",
            "call call_80f3be6a54 bash: echo par-two",
            "result call_80f3be6a54 ok 0: par-two\n",
            "message Hello from the stub model.",
        ]
    );
}

#[test]
fn a_helper_is_a_tool_and_its_words_are_not_the_answer() {
    let sub = run("sub");
    assert_eq!(sub.conclusion(), Conclusion::Completed);
    assert_eq!(sub.message(), "Hello from the stub model.");
    assert!(sub.told().contains(&"call call_c045daf984 task: sub work".to_owned()));
}

#[test]
fn reasoning_is_told_apart_from_the_answer() {
    let think = run("think_flag");
    assert_eq!(think.message(), "Hello from the stub model.");
    assert_eq!(
        think.told()[1],
        "reasoning Let me think about it.\nStep two of thinking."
    );
    assert_eq!(run("think").conclusion(), Conclusion::Completed);
}

#[test]
fn the_final_message_is_kept_byte_for_byte() {
    let md = run("md");
    assert_eq!(
        md.message(),
        "# Título — résumé ✅\n\n- item *one* `code`\n- 日本語 / العربية / עברית\n\n```rust\nfn main() { println!(\"{}\\n\", \
         \"héllo\"); }\n```\n\n> quote with U+2028:\u{2028}after, U+0085:\u{85}after, zero-width:\u{200b}x, tab:\tT, \
         ansi:\u{1b}[31mred\u{1b}[0m, bell:\u{7}, astral: 🧑\u{200d}🚀𝔘\n\n{\"looks\":\"like \
         json\"}\n{\"type\":\"result\",\"is_error\":true}\n\nLast line — fin\n"
    );
    let slow = run("slow");
    assert!(slow.message().starts_with("word0 word1 "), "{}", slow.message());
    assert!(
        slow.message().ends_with(" word23 "),
        "the blank at the end is the agent's"
    );
}

#[test]
fn an_answer_without_words_is_none() {
    let empty = run("empty");
    assert_eq!(empty.conclusion(), Conclusion::NoFinalMessage);
    assert_eq!(empty.reading.message, None);
}

#[test]
fn an_answer_that_was_cut_off_is_no_success() {
    let cut = run("cut");
    assert_eq!(cut.exit, Some(0));
    assert_eq!(cut.message(), "This answer is cut");
    assert_eq!(
        failure(&cut),
        (
            AgentError::Other,
            "the answer is cut off at the model's token limit".to_owned()
        )
    );
}

#[test]
fn what_it_said_before_it_was_cut_off_by_a_slow_reader_is_not_the_answer() {
    // Exit 0 and a torn last line: what a pipe does to it, and the reason why it writes to a file.
    let torn = run("huge_slow_reader_truncated");
    assert_eq!(torn.reading.stated, None);
    assert_eq!(torn.reading.unknown_lines, 1);
    assert!(matches!(&torn.activity[1].kind, Kind::Unknown { line } if line.len() < 5000));
}

#[test]
fn errors_are_told_by_the_status_of_the_service() {
    for (case, class, message) in [
        ("err400", AgentError::Other, "stub error 400"),
        ("err401", AgentError::NotSignedIn, "stub error 401"),
        ("err404", AgentError::Other, "stub error 404"),
    ] {
        let recording = run(case);
        assert_eq!(recording.exit, Some(1));
        assert_eq!(failure(&recording), (class, message.to_owned()), "{case}");
        assert_eq!(recording.reading.message, None, "{case}");
    }
}

#[test]
fn a_limit_that_outlasts_its_own_retries_is_waited_for() {
    let limit = run("limit");
    assert_eq!(limit.exit, Some(1));
    assert_eq!(
        limit.conclusion(),
        Conclusion::UsageLimitReached {
            resets_at_s: Some(ENDED_S + 2),
            message: "stub error 429".to_owned(),
        }
    );
}

#[test]
fn an_answer_that_the_service_withholds_is_refused() {
    let refuse = run("refuse");
    assert_eq!(refuse.exit, Some(1));
    assert_eq!(failure(&refuse).0, AgentError::Refused);
    assert_eq!(refuse.message(), "I cannot help with that.");
}

#[test]
fn a_command_that_fails_is_told_with_its_code_and_is_not_the_end() {
    let failtool = run("failtool");
    assert_eq!(failtool.conclusion(), Conclusion::Completed);
    assert_eq!(failtool.told()[3], "result call_2190_43 ok 3: to-stderr\n");
}

#[test]
fn a_long_answer_is_whole_and_a_tools_long_output_is_what_it_told() {
    let huge = run("huge");
    assert_eq!(huge.conclusion(), Conclusion::Completed);
    assert!(huge.message().starts_with("line 0000000 of a long answer"));
    assert!(huge.message().len() >= 100_000, "{}", huge.message().len());
    assert_eq!(run("bigtool").conclusion(), Conclusion::Completed);
    assert_eq!(run("messages").message(), "First message.\n\nSecond message.");
    assert!(
        run("plan_todo")
            .told()
            .contains(&"plan [ ] look, [ ] change, [ ] check".to_owned())
    );
}

#[test]
fn an_error_is_not_always_the_end_but_explains_a_bad_one() {
    // The context overflowed, it was compacted, an answer came, and it exited 1 all the same.
    let ctx = run("ctx");
    assert_eq!(ctx.message(), "Hello from the stub model.");
    assert_eq!(ctx.reading.stated, Some(Stated::Success));
    assert_eq!(failure(&ctx).0, AgentError::ContextFull);
    let told = ctx.told();
    assert_eq!(told[1], "error This model's maximum context length is 8192 tokens.");
    assert!(told[3].starts_with("notice The previous request exceeded"), "{told:?}");
}

#[test]
fn a_session_that_is_gone_is_said_so() {
    let gone = run("resume_bad");
    let opencode = adapter("opencode").expect("it exists");
    assert!(opencode.says_session_is_gone(&gone.reading, &gone.stderr));
    assert_eq!(failure(&gone), (AgentError::Other, "Session not found".to_owned()));
    let other = run("err401");
    assert!(!opencode.says_session_is_gone(&other.reading, &other.stderr));
}

#[test]
fn tools_that_do_not_exist_and_denied_ones_are_the_models_affair() {
    assert_eq!(
        run("write_denied").message(),
        "NO-SHELL-TOOL among glob,grep,read,skill,task,todowrite,webfetch"
    );
    assert_eq!(run("ask").conclusion(), Conclusion::Completed);
}

/// Lines that were never recorded: their shapes are those of the program's own source.
mod written {
    use longhaul_agents::Reading;

    use super::*;
    use crate::recording::concluded;

    fn read_lines(lines: &[&str], stderr: &str) -> Reading {
        let mut parser = adapter("opencode").expect("it exists").parser();
        parser.read(0, lines.join("\n").as_bytes());
        parser.read_stderr(stderr.as_bytes());
        parser.finish();
        parser.reading().clone()
    }

    const START: &str = r#"{"type":"step_start","timestamp":1,"sessionID":"ses_1","part":{"messageID":"m1"}}"#;
    const TOOLS: &str = r#"{"type":"step_finish","timestamp":1,"sessionID":"ses_1","part":{"reason":"tool-calls"}}"#;
    const STOP: &str = r#"{"type":"step_finish","timestamp":1,"sessionID":"ses_1","part":{"reason":"stop"}}"#;

    fn said(text: &str) -> String {
        format!(r#"{{"type":"text","timestamp":1,"sessionID":"ses_1","part":{{"messageID":"m1","text":"{text}"}}}}"#)
    }

    #[test]
    fn a_refused_permission_is_no_success_though_it_exits_0() {
        let reading = read_lines(
            &[START, &said("Let me look."), TOOLS],
            "\u{1b}[93m\u{1b}[1m! \u{1b}[0mpermission requested: external_directory (/etc/*); auto-rejecting\n",
        );
        match concluded(&reading, 0) {
            Conclusion::Failed(trouble) => assert_eq!(
                trouble.message,
                "it ended since a permission was refused: external_directory (/etc/*)"
            ),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_was_said_before_the_tools_is_not_the_answer() {
        let reading = read_lines(&[START, &said("Let me look."), TOOLS, START, STOP], "");
        assert_eq!(reading.message, None);
        assert_eq!(concluded(&reading, 0), Conclusion::NoFinalMessage);
    }

    #[test]
    fn several_texts_of_one_message_are_the_answer_together() {
        let reading = read_lines(&[START, &said("One."), &said("Two."), STOP], "");
        assert_eq!(reading.message.as_deref(), Some("One.\n\nTwo."));
    }

    #[test]
    fn a_run_that_ends_in_the_middle_of_a_step_is_no_success() {
        let reading = read_lines(&[START, &said("One."), STOP, START], "");
        assert_eq!(concluded(&reading, 0), Conclusion::NoFinalMessage);
    }

    #[test]
    fn a_usage_limit_is_told_with_the_time_it_is_reset() {
        let error = r#"{"type":"error","timestamp":1795159104358,"sessionID":"ses_1","error":{"name":"APIError","data":{"message":"Too many requests","statusCode":429,"responseHeaders":{"retry-after":"600"},"responseBody":"{\"error\":{\"type\":\"insufficient_quota\"}}"}}}"#;
        assert_eq!(
            concluded(&read_lines(&[error], ""), 1),
            Conclusion::UsageLimitReached {
                resets_at_s: Some(ENDED_S + 600),
                message: "Too many requests".to_owned(),
            }
        );
        let crowd = error
            .replace("insufficient_quota", "rate_limit_error")
            .replace("retry-after", "date");
        match concluded(&read_lines(&[&crowd], ""), 1) {
            Conclusion::Failed(trouble) => assert_eq!(trouble.class, AgentError::Overloaded),
            other => panic!("{other:?}"),
        }
    }
}
