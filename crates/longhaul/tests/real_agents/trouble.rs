//! What the model's side does wrong: refused, limited, overloaded, silent.

use longhaul_testkit::{RealAgent, wait_for, wait_until};

use crate::stage::{LONG, Stage, completed, failed};

crate::with_each_agent!(
    nobody_signed_in_is_told_as_that,
    a_server_in_trouble_is_never_a_success,
    a_model_that_says_nothing_ends_with_the_idle_timeout,
    an_empty_answer_is_no_success,
);

fn nobody_signed_in_is_told_as_that(agent: RealAgent) {
    let Some(stage) = Stage::set(agent) else { return };
    let ran = stage.run(&[], "stub-err=401");
    assert_eq!(ran.code, Some(1), "{}", ran.talk());
    let task = stage.newest();
    failed(&task, "agent-error", Some("not-signed-in"));
    assert!(task["outcome"]["hint"].is_string(), "a cure: {task:#}");
}

fn a_server_in_trouble_is_never_a_success(agent: RealAgent) {
    let Some(stage) = Stage::set(agent) else { return };
    let id = stage.submit(&[], "stub-err=500");
    // These two try again for ever, without a word; only a cancel or a time limit ends that.
    if matches!(agent, RealAgent::OpenCode | RealAgent::Gemini) {
        wait_until("it has tried again", LONG, || stage.model.prompts().len() > 1);
        assert_eq!(stage.world.state(id), "running");
        stage.world.longhaul(["cancel", &id.to_string()]).run().ok();
        assert_eq!(stage.world.state(id), "canceled");
    } else {
        failed(&stage.ended(id), "agent-error", Some("overloaded"));
    }
}

fn a_model_that_says_nothing_ends_with_the_idle_timeout(agent: RealAgent) {
    let Some(stage) = Stage::set(agent) else { return };
    let id = stage.submit(&["--idle-timeout", "5s"], "stub-hang");
    failed(&stage.ended(id), "idle-timeout", None);
    stage.asked("hang");
}

fn an_empty_answer_is_no_success(agent: RealAgent) {
    let Some(stage) = Stage::set(agent) else { return };
    let id = stage.submit(&[], "stub-empty");
    let task = stage.ended(id);
    assert_eq!(task["state"], "failed", "{task:#}");
    let reason = task["outcome"]["reason"].as_str().unwrap_or_default();
    assert!(["no-final-message", "agent-error"].contains(&reason), "{task:#}");
}

/// Codex tells the time at which its limit is over, to the minute.
#[test]
fn a_usage_limit_parks_until_it_is_over_and_without_parking_it_fails() {
    let Some(stage) = Stage::set(RealAgent::Codex) else {
        return;
    };
    let id = stage.submit(&[], "stub-quota=7200");
    let parked = stage.reached(id, "parked", |task| task["state"] == "waiting");
    let wait = &parked["waiting_for"][0];
    assert_eq!(wait["kind"], "usage-limit", "{parked:#}");
    assert!(wait["until"].is_string(), "{parked:#}");
    assert!(parked["session"]["id"].is_string(), "its session is kept: {parked:#}");
    stage.world.longhaul(["cancel", &id.to_string()]).run().ok();

    let id = stage.submit(&["--no-park"], "stub-quota=7200");
    failed(&stage.ended(id), "usage-limit", None);
}

#[test]
fn a_limit_that_names_no_time_parks_as_well() {
    let Some(stage) = Stage::set(RealAgent::Gemini) else {
        return;
    };
    let id = stage.submit(&[], "stub-quota=7200");
    let parked = stage.reached(id, "parked", |task| task["state"] == "waiting");
    assert_eq!(parked["waiting_for"][0]["kind"], "usage-limit", "{parked:#}");
    stage.world.longhaul(["cancel", &id.to_string()]).run().ok();
}

/// Claude tells the second at which the limit of a subscription is over.
#[test]
fn a_parked_task_resumes_its_session_when_the_limit_is_over() {
    let agent = RealAgent::Claude;
    let Some(stage) = Stage::set(agent) else { return };
    agent.subscribe(&stage.world);
    let id = stage.submit(&[], "remember alpha, stub-quota=4*1");
    let parked = wait_for(LONG, || {
        let task = stage.world.task(id);
        let is_parked = task["state"] == "waiting" && task["waiting_for"][0]["kind"] == "usage-limit";
        is_parked.then_some(task)
    });
    let parked = parked.unwrap_or_else(|| panic!("it is not parked: {:#}", stage.world.task(id)));
    let task = stage.ended(id);
    completed(&task);
    assert_eq!(task["session"]["id"], parked["session"]["id"], "another session");
    let last = stage.model.prompts().pop().expect("it asked again");
    assert!(last.prompts[0].contains("remember alpha"), "{last:#?}");
    assert!(last.prompts.len() > 1, "the earlier turn is gone: {last:#?}");
}

/// Too many requests, with a time after which to ask again; Gemini is not here, since it asks again for minutes.
#[test]
fn too_many_requests_are_no_success_where_parking_is_off() {
    for agent in [RealAgent::Codex, RealAgent::Claude, RealAgent::OpenCode] {
        let Some(stage) = Stage::set(agent) else { return };
        let id = stage.submit(&["--no-park"], "stub-limit=1");
        let task = stage.ended(id);
        match agent {
            // Only this one says when to ask again.
            RealAgent::OpenCode => failed(&task, "usage-limit", None),
            _ => failed(&task, "agent-error", Some("overloaded")),
        }
    }
}
