//! Answers of every kind come through whole, and what was asked for reaches the model.

use longhaul_testkit::RealAgent;
use longhaul_testkit::stub_model::{HELLO, UNICODE, huge};

use crate::stage::{Stage, completed};

crate::with_each_agent!(
    a_plain_answer_is_the_result_with_session_and_usage,
    the_model_and_a_prompt_of_odd_characters_arrive_as_given,
    a_writer_runs_a_command_and_its_activity_shows_it,
    a_reader_changes_nothing,
    a_slow_answer_is_waited_for,
    a_huge_answer_is_kept_to_the_byte,
);

fn a_plain_answer_is_the_result_with_session_and_usage(agent: RealAgent) {
    let Some(stage) = Stage::set(agent) else { return };
    let ran = stage.run(&[], "stub-plain please");
    ran.ok();
    assert_eq!(ran.text().trim_end(), HELLO);

    let task = stage.newest();
    completed(&task);
    assert_eq!(task["agent"], agent.name());
    assert_eq!(task["summary"], HELLO);
    let session = task["session"]["id"].as_str().expect("the session is known");
    let by_hand = task["session"]["resume_command"]
        .as_str()
        .expect("how to resume by hand");
    assert!(by_hand.contains(session) && by_hand.contains(agent.name()), "{by_hand}");
    // Gemini asks a small model first which model to ask, and counts that as well.
    let requests = if agent == RealAgent::Gemini { 2 } else { 1 };
    let usage = &task["usage"];
    assert_eq!(usage["input_tokens"], 1234 * requests, "{usage}");
    assert_eq!(usage["cached_input_tokens"], 1000 * requests, "{usage}");
    assert_eq!(usage["output_tokens"], 56 * requests, "{usage}");
}

fn the_model_and_a_prompt_of_odd_characters_arrive_as_given(agent: RealAgent) {
    let Some(stage) = Stage::set(agent) else { return };
    let (asked_for, seen_as) = match agent {
        RealAgent::Codex => ("gpt-5.5", "gpt-5.5"),
        RealAgent::Claude => ("claude-haiku-4-5", "claude-haiku-4-5"),
        RealAgent::OpenCode => ("stub/stub-2", "stub-2"),
        RealAgent::Gemini => ("gemini-2.5-pro", "gemini-2.5-pro"),
    };
    let prompt = "--weird \"quoted\" $HOME `x` \\n 'single' stub-md\nsecond line 🧑‍🚀 עברית — ende";
    let file = stage.world.path("prompt.txt");
    std::fs::write(&file, prompt).expect("the world can be written");
    let call = stage
        .world
        .longhaul(["run", "-d", "--agent", agent.name(), "--model", asked_for]);
    let id = call.arg("--prompt-file").arg(&file).run().ok().id();
    completed(&stage.ended(id));

    let seen = stage.asked("stub-md");
    assert!(
        seen.model.starts_with(seen_as),
        "asked for {asked_for}, was asked of {}",
        seen.model
    );
    assert!(seen.prompt.ends_with(prompt), "{:?}", seen.prompt);
    let result = String::from_utf8(stage.result(id)).expect("text stays text");
    assert_eq!(result, UNICODE);
}

fn a_writer_runs_a_command_and_its_activity_shows_it(agent: RealAgent) {
    let Some(stage) = Stage::set(agent) else { return };
    let id = stage.submit(&["--write"], "stub-write");
    completed(&stage.ended(id));

    let written = std::fs::read_to_string(stage.world.path("file.txt")).expect("the command ran");
    assert_eq!(written, "hi\n");
    let result = String::from_utf8(stage.result(id)).expect("text stays text");
    assert!(
        result.contains("wrote-it"),
        "the tool's result went back to the model: {result}"
    );
    let activity = stage.activity(id);
    let of = |kind: &str| activity.iter().filter(|one| one["type"] == kind).count();
    assert_eq!((of("tool-call"), of("tool-result")), (1, 1), "{activity:#?}");
    assert!(of("message") >= 2, "{activity:#?}");
    let shown = stage.world.longhaul(["activity", &id.to_string()]).run();
    assert!(shown.ok().text().contains("wrote-it"), "{}", shown.text());
}

fn a_reader_changes_nothing(agent: RealAgent) {
    let Some(stage) = Stage::set(agent) else { return };
    let id = stage.submit(&[], "stub-write");
    let task = stage.ended(id);
    assert_eq!(task["access"], "read-only");
    assert!(!stage.world.path("file.txt").exists(), "a reader wrote: {task:#}");
    // Where the kernel keeps it from writing, it has all its tools, and the model hears how they fared.
    if task["enforcement"] == "kernel" {
        let last = stage.model.prompts().pop();
        let last = last.unwrap_or_else(|| panic!("it never asked: {task:#}"));
        assert_eq!(last.tool_results, 1, "{last:#?}");
        let result = String::from_utf8_lossy(&stage.result(id)).into_owned();
        assert!(!result.contains("wrote-it"), "{result}");
    }
}

fn a_slow_answer_is_waited_for(agent: RealAgent) {
    let Some(stage) = Stage::set(agent) else { return };
    let id = stage.submit(&[], "stub-midway=gate");
    stage.asked("midway");
    assert_eq!(stage.world.state(id), "running");
    stage.model.open("gate");
    completed(&stage.ended(id));
    assert_eq!(
        String::from_utf8_lossy(&stage.result(id)).trim_end(),
        "First half, second half."
    );
}

fn a_huge_answer_is_kept_to_the_byte(agent: RealAgent) {
    let Some(stage) = Stage::set(agent) else { return };
    let id = stage.submit(&[], "stub-huge=2000000");
    completed(&stage.ended(id));
    let (result, sent) = (stage.result(id), huge(2_000_000));
    assert_eq!(result.len(), sent.len());
    assert!(result == sent.as_bytes(), "the same size, but not the same text");
}
