//! A seeded crash monkey: random work, random kills, a new start, and the seven rules after every round.

use longhaul_testkit::{Api, Dice, PATIENCE, Signal, World, is_terminal, processes, wait_for, wait_until};
use serde_json::{Value, json};

/// Rounds of one run; `LONGHAUL_MONKEY_ROUNDS` asks for more.
const ROUNDS: u64 = 20;
const SEED: u64 = 20_261_120;

#[expect(
    clippy::disallowed_methods,
    reason = "how long and by which seed is asked of whoever runs the tests"
)]
fn asked(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

/// What the monkey knows about its world.
struct Monkey {
    world: World,
    dice: Dice,
    gate: u64,
}

impl Monkey {
    /// An API call that may find nobody; nothing then.
    fn call(&self, method: &str, target: &str, body: &Value) -> Option<(u16, Value)> {
        let answer = Api::new(&self.world.socket()?)
            .request(method, target)
            .json(body)
            .try_send()
            .ok()?;
        Some((
            answer.status,
            serde_json::from_slice(&answer.body).unwrap_or(Value::Null),
        ))
    }

    fn submit(&mut self) {
        let gate = format!("gate{}", self.gate);
        let escapee = format!("escapee{}", self.dice.throw());
        let shapes: [&[&str]; 7] = [
            &[],
            &["--exit", "3"],
            &["--say", "x", "--wait-for", &gate],
            &["--escape", &escapee, "--wait-for", &gate],
            &["--print-mib", "1", "--wait-for", &gate, "--exit", "9"],
            &["--die", "KILL"],
            &["--hold-pipe", &escapee],
        ];
        let script = *self.dice.pick(&shapes);
        let mut spec = json!({"command": self.world.agent(script), "retries": self.dice.below(2)});
        spec["retry_lost"] = json!(self.dice.below(3) == 0);
        spec["priority"] = json!(self.dice.below(3));
        let spec = self.world.spec(spec);
        if let Some((201, task)) = self.call("POST", "/api/v1/tasks", &spec) {
            self.world.acknowledge(task["id"].as_u64().expect("a task has an id"));
        }
    }

    fn some_task(&mut self) -> u64 {
        let newest = self.call("GET", "/api/v1/tasks?limit=1", &Value::Null);
        let newest = newest
            .and_then(|(_, page)| page["tasks"][0]["id"].as_u64())
            .unwrap_or(0);
        newest.saturating_sub(self.dice.below(12))
    }

    fn act(&mut self) {
        let id = self.some_task();
        let act = *self
            .dice
            .pick(&["cancel", "cancel", "retry", "redispatch", "hold", "release", "top"]);
        if let Some((202, answer)) = self.call("POST", &format!("/api/v1/tasks/{id}/{act}"), &Value::Null)
            && let Some(new) = answer["task_id"].as_u64()
        {
            self.world.acknowledge(new);
        }
    }

    fn kill(&mut self) {
        let all = self.world.processes();
        let kind = self.dice.below(5);
        let chosen: Vec<_> = all
            .iter()
            .filter(|process| match kind {
                0 | 1 => process.is_daemon(),
                2 => process.supervises().is_some(),
                3 => process.variable("LONGHAUL_TASK_ID").is_some() && process.supervises().is_none(),
                _ => true,
            })
            .map(|process| process.pid)
            .collect();
        // All of them at the end of the dice, else one.
        let victims = match chosen.len() {
            0 => &[][..],
            _ if kind == 0 || kind == 4 => &chosen[..],
            many => {
                let place = self.dice.below(many as u64) as usize;
                &chosen[place..=place]
            }
        };
        for pid in victims {
            processes::send(*pid, Signal::KILL);
        }
        wait_until("the victims are gone", PATIENCE, || {
            victims.iter().all(|pid| !processes::is_alive(*pid))
        });
    }

    fn round(&mut self) {
        for _ in 0..6 + self.dice.below(10) {
            match self.dice.below(10) {
                0..=5 => self.submit(),
                6..=7 => self.act(),
                8 => {
                    self.world.open_gate(&format!("gate{}", self.gate));
                    self.gate += 1;
                }
                _ => self.kill(),
            }
        }
        self.kill();
        self.world.open_gate(&format!("gate{}", self.gate));
        self.gate += 1;
    }

    /// A new start; every task ends; the rules hold.
    fn settle(&mut self) {
        self.world.api();
        for _ in 0..=self.gate {
            self.world.open_gate(&format!("gate{}", self.gate));
        }
        let mut open = Vec::new();
        let settled = wait_for(PATIENCE * 2, || {
            open = self
                .world
                .tasks()
                .into_iter()
                .filter(|task| !is_terminal(&task["state"]))
                .collect();
            for task in &open {
                if task["waiting_for"][0]["kind"] == "held" {
                    self.call("POST", &format!("/api/v1/tasks/{}/release", task["id"]), &Value::Null);
                }
            }
            open.is_empty().then_some(())
        });
        assert!(
            settled.is_some(),
            "these never end: {open:#?}; alive: {:#?}",
            self.world.processes()
        );
        self.world.check_truth();
    }
}

#[test]
fn whatever_the_monkey_kills_the_seven_rules_hold() {
    let rounds = asked("LONGHAUL_MONKEY_ROUNDS", ROUNDS);
    let seed = asked("LONGHAUL_MONKEY_SEED", SEED);
    // Shown only if the test fails: the way to see the same run again.
    println!("LONGHAUL_MONKEY_ROUNDS={rounds} LONGHAUL_MONKEY_SEED={seed}");
    let mut monkey = Monkey {
        world: World::new(),
        dice: Dice::new(seed),
        gate: 0,
    };
    monkey.world.longhaul(["limit", "default", "6"]).run().ok();
    for round in 0..rounds {
        println!("round {round}");
        if !monkey.world.is_answering() {
            monkey.world.api();
        }
        monkey.round();
        if round % 4 == 3 || round + 1 == rounds {
            monkey.settle();
        }
    }
}
