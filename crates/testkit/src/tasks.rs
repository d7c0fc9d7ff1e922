//! The tasks of a world: submitted as a user would, and watched from outside.

use serde_json::{Value, json};

use crate::wait::{PATIENCE, wait_for};
use crate::world::{World, fake_agent};

impl World {
    /// Submits a command with `longhaul run -d` and these options; its id.
    #[track_caller]
    pub fn submit(&self, options: &[&str], command: &[&str]) -> u64 {
        let call = self.longhaul(["run", "-d"]).args(options).arg("--").args(command);
        let id = call.run().ok().id();
        self.acknowledge(id);
        id
    }

    /// Submits a shell script with `longhaul run -d` and these options; its id.
    #[track_caller]
    pub fn submit_script(&self, options: &[&str], script: &str) -> u64 {
        self.submit(options, &["sh", "-c", script])
    }

    /// Submits a fake agent with this script and `longhaul run -d`; it leaves marks. Its id.
    #[track_caller]
    pub fn submit_agent(&self, options: &[&str], script: &[&str]) -> u64 {
        let command = self.agent(script);
        self.submit(options, &command.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// The command line of a fake agent that leaves marks and then does `script`.
    pub fn agent(&self, script: &[&str]) -> Vec<String> {
        let marks = self.marks().to_string_lossy().into_owned();
        let fixed = [fake_agent().to_string_lossy().into_owned(), "--marks".to_owned(), marks];
        fixed
            .into_iter()
            .chain(script.iter().map(|word| (*word).to_owned()))
            .collect()
    }

    /// Submits over the API; `spec` gets `kind` and `cwd` if it has none. Its id.
    #[track_caller]
    pub fn post_task(&self, spec: Value) -> u64 {
        let task = self.api().post("/api/v1/tasks", &self.spec(spec)).expect(201);
        let id = task["id"].as_u64().expect("a task has an id");
        self.acknowledge(id);
        id
    }

    /// A submit's body with `kind` and `cwd` filled in.
    pub fn spec(&self, mut spec: Value) -> Value {
        let fields = spec.as_object_mut().expect("a spec is an object");
        fields.entry("kind").or_insert(json!("command"));
        fields
            .entry("cwd")
            .or_insert(json!(self.path("").to_string_lossy().trim_end_matches('/')));
        spec
    }

    /// Notes that the submit of this task was acknowledged.
    pub fn acknowledge(&self, id: u64) {
        self.acknowledged
            .lock()
            .expect("no test panics while it notes")
            .insert(id);
    }

    /// The task as the API gives it.
    ///
    /// # Panics
    /// If it is unknown.
    #[track_caller]
    pub fn task(&self, id: u64) -> Value {
        self.api().get(&format!("/api/v1/tasks/{id}")).expect(200)
    }

    /// The task's state.
    #[track_caller]
    pub fn state(&self, id: u64) -> String {
        self.task(id)["state"].as_str().expect("a task has a state").to_owned()
    }

    /// Waits until the task is in this state, and gives it.
    #[track_caller]
    pub fn reach(&self, id: u64, state: &str) -> Value {
        let mut last = Value::Null;
        let reached = wait_for(PATIENCE, || {
            last = self.task(id);
            (last["state"] == state).then_some(())
        });
        assert!(reached.is_some(), "task {id} did not become {state}: {last:#}");
        last
    }

    /// Waits until the task is terminal, and gives it.
    #[track_caller]
    pub fn finish(&self, id: u64) -> Value {
        let mut last = Value::Null;
        let ended = wait_for(PATIENCE, || {
            last = self.task(id);
            is_terminal(&last["state"]).then_some(())
        });
        assert!(ended.is_some(), "task {id} did not end: {last:#}");
        last
    }

    /// The task's history, oldest first.
    #[track_caller]
    pub fn history(&self, id: u64) -> Vec<Value> {
        let answer = self.api().get(&format!("/api/v1/tasks/{id}/history")).expect(200);
        first_list(&answer)
    }

    /// Every task, oldest first.
    #[track_caller]
    pub fn tasks(&self) -> Vec<Value> {
        let api = self.api();
        let mut all = Vec::new();
        let mut target = "/api/v1/tasks?limit=100".to_owned();
        loop {
            let page = api.get(&target).expect(200);
            all.extend(first_list(&page));
            match &page["next"] {
                Value::Null => break,
                cursor => {
                    let cursor = cursor.as_str().map_or_else(|| cursor.to_string(), str::to_owned);
                    target = format!("/api/v1/tasks?limit=100&cursor={cursor}");
                }
            }
        }
        all.sort_by_key(|task| task["id"].as_u64());
        all
    }

    /// All output of a task, as the API gives it raw.
    #[track_caller]
    pub fn output(&self, id: u64) -> Vec<u8> {
        let api = self.api();
        let mut all = Vec::new();
        let mut offset = 0_u64;
        loop {
            let answer = api.get(&format!("/api/v1/tasks/{id}/output?offset={offset}"));
            assert_eq!(answer.status, 200, "{}", answer.text());
            let next = answer
                .header("longhaul-next-offset")
                .and_then(|text| text.parse().ok())
                .unwrap_or(offset);
            if next <= offset {
                return all;
            }
            all.extend_from_slice(&answer.body);
            offset = next;
        }
    }
}

/// Whether this is the word of a terminal state.
pub fn is_terminal(state: &Value) -> bool {
    ["completed", "failed", "canceled", "interrupted"]
        .iter()
        .any(|terminal| state == terminal)
}

/// The list in an answer: the answer itself, or its only field that is one.
pub fn first_list(answer: &Value) -> Vec<Value> {
    match answer {
        Value::Array(list) => list.clone(),
        Value::Object(fields) => fields
            .values()
            .find_map(|field| field.as_array().cloned())
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}
