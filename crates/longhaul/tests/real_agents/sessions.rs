//! A session goes on in a later task, or does not, as was asked.

use longhaul_testkit::RealAgent;

use crate::stage::{Stage, completed};

crate::with_each_agent!(a_session_is_resumed_by_its_task_and_a_retry_starts_afresh);

fn a_session_is_resumed_by_its_task_and_a_retry_starts_afresh(agent: RealAgent) {
    let Some(stage) = Stage::set(agent) else { return };
    let first = stage.submit(&[], "remember alpha, stub-plain");
    let first_task = stage.ended(first);
    completed(&first_task);
    let session = &first_task["session"]["id"];

    let second = stage.submit(&["--resume", &first.to_string()], "and now beta, stub-echo");
    let second_task = stage.ended(second);
    completed(&second_task);
    assert_eq!(
        &second_task["session"]["id"], session,
        "another session: {second_task:#}"
    );
    let told = String::from_utf8_lossy(&stage.result(second)).into_owned();
    assert!(
        told.contains("remember alpha") && told.contains("and now beta"),
        "{told}"
    );
    // Codex counts over the whole session; a task's usage is its own.
    let (first_used, second_used) = (&first_task["usage"], &second_task["usage"]);
    assert_eq!(
        first_used["input_tokens"], second_used["input_tokens"],
        "{second_task:#}"
    );

    let call = stage
        .world
        .longhaul(["retry", &second.to_string(), "--force", "--json"]);
    let third = call.run().ok().json()["task_id"].as_u64().expect("a new task");
    let third_task = stage.ended(third);
    completed(&third_task);
    assert_ne!(
        &third_task["session"]["id"], session,
        "the same session: {third_task:#}"
    );
    let told = String::from_utf8_lossy(&stage.result(third)).into_owned();
    assert!(
        !told.contains("remember alpha") && told.contains("and now beta"),
        "{told}"
    );
}
