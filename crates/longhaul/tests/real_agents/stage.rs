//! One world with one agent and its model.

use std::time::Duration;

use longhaul_testkit::stub_model::{Seen, StubModel};
use longhaul_testkit::{Ran, RealAgent, World, is_terminal, wait_for};
use serde_json::Value;

/// Long enough for the slowest agent's start on a machine that is busy with other tests.
pub(crate) const LONG: Duration = Duration::from_secs(90);

/// A world in which an agent lives.
pub(crate) struct Stage {
    // Before the model, so that the agents of a world that is dropped go first.
    pub(crate) world: World,
    pub(crate) model: StubModel,
    pub(crate) agent: RealAgent,
}

impl Stage {
    /// Sets it; nothing if the agent is not installed, which has then been said.
    pub(crate) fn set(agent: RealAgent) -> Option<Self> {
        if !agent.is_there() {
            return None;
        }
        let (world, model) = (World::new(), StubModel::start());
        agent.move_in(&world, &model);
        Some(Self { world, model, agent })
    }

    /// Submits a prompt in the background; its id.
    #[track_caller]
    pub(crate) fn submit(&self, options: &[&str], prompt: &str) -> u64 {
        let call = self.world.longhaul(["run", "-d", "--agent", self.agent.name()]);
        let id = call.args(options).args(["--", prompt]).run().ok().id();
        self.world.acknowledge(id);
        id
    }

    /// Runs a prompt and stays attached; what the caller gets.
    #[track_caller]
    pub(crate) fn run(&self, options: &[&str], prompt: &str) -> Ran {
        let call = self.world.longhaul(["run", "--agent", self.agent.name()]);
        let mut spawned = call.args(options).args(["--", prompt]).spawn();
        let ran = spawned.wait_within(LONG);
        ran.unwrap_or_else(|| panic!("`run` did not return; tasks: {:#?}", self.world.tasks()))
    }

    /// The task, once it is terminal.
    #[track_caller]
    pub(crate) fn ended(&self, id: u64) -> Value {
        self.reached(id, "terminal", |task| is_terminal(&task["state"]))
    }

    /// The task, once this holds for it.
    #[track_caller]
    pub(crate) fn reached(&self, id: u64, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let reached = wait_for(LONG, || {
            last = self.world.task(id);
            holds(&last).then_some(())
        });
        assert!(
            reached.is_some(),
            "task {id} is not {what}: {last:#}\n{:#?}",
            self.model.requests()
        );
        last
    }

    /// The first question to the model that is about this.
    #[track_caller]
    pub(crate) fn asked(&self, about: &str) -> Seen {
        self.model.asked(about, LONG)
    }

    /// The final message, as `result` prints it.
    #[track_caller]
    pub(crate) fn result(&self, id: u64) -> Vec<u8> {
        self.world
            .longhaul(["result", &id.to_string()])
            .run()
            .ok()
            .stdout
            .clone()
    }

    /// The newest task.
    #[track_caller]
    pub(crate) fn newest(&self) -> Value {
        self.world.tasks().pop().expect("there is a task")
    }

    /// The activity of a task, oldest first.
    #[track_caller]
    pub(crate) fn activity(&self, id: u64) -> Vec<Value> {
        let api = self.world.api();
        let page = api.get(&format!("/api/v1/tasks/{id}/activity")).expect(200);
        page["activity"].as_array().expect("activity is a list").clone()
    }
}

/// Asserts that this ended well.
#[track_caller]
pub(crate) fn completed(task: &Value) {
    assert_eq!(task["state"], "completed", "{task:#}");
    assert_eq!(task["outcome"]["exit_code"], 0, "{task:#}");
}

/// Asserts that it failed for this reason, with this class of an agent's error if one is given.
#[track_caller]
pub(crate) fn failed(task: &Value, reason: &str, agent_error: Option<&str>) {
    assert_eq!(task["state"], "failed", "{task:#}");
    assert_eq!(task["outcome"]["reason"], reason, "{task:#}");
    assert_eq!(task["outcome"]["agent_error"].as_str(), agent_error, "{task:#}");
}
