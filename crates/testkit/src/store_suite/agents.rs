//! What agents leave: sessions, final messages, and completions that wait for whoever asked for them.

use longhaul_model::{AgentWork, Facts, Fence, Session, Spec, TaskId, Work};
use longhaul_store::{Apply, CompletionFilter, TaskFilter};

use super::{StoreWorld, at, claimed, ended, new_task, succeeded};

fn agent(prompt: &str) -> Spec {
    let work = AgentWork {
        agent: "codex".to_owned(),
        prompt: prompt.to_owned(),
        model: None,
        effort: None,
        resume: None,
        answer_schema: None,
        review: None,
        max_parkings: 0,
    };
    Spec::new(Work::Agent(work), "/work")
}

fn with_session(id: &str) -> Facts {
    Facts {
        session: Some(Session {
            id: id.to_owned(),
            resume_command: format!("codex resume {id}"),
        }),
        ..Facts::default()
    }
}

/// Lets a task run to its end with this session and message.
async fn run(world: &StoreWorld, task: TaskId, session: &str, message: &str) {
    world.told(claimed(task, 1, 1)).await;
    world
        .told(Apply {
            facts: Some(with_session(session)),
            message: Some(message.to_owned()),
            ..ended(task, 1, succeeded(), 2)
        })
        .await;
}

async fn waiting(world: &StoreWorld, filter: &CompletionFilter) -> Vec<u64> {
    let tasks = world.store.untaken_completions(filter).await.expect("a read");
    tasks.iter().map(|task| task.id.get()).collect()
}

/// Whatever bytes it has, it comes back the same; and words deep inside it find the task.
pub async fn a_final_message_is_kept_byte_for_byte_and_found(world: &mut StoreWorld) {
    let task = world.submit(agent("ask")).await.id;
    let message = format!("first\n\u{0}\u{2028}{}\n  needle 🦀 ", "x ".repeat(9_000));
    run(world, task, "s", &message).await;
    world.reopen();
    let read = async |fence| world.store.message(task, Fence(fence)).await.expect("a read");
    assert_eq!(read(1).await.as_deref(), Some(message.as_str()));
    assert_eq!(read(2).await, None);
    let filter = TaskFilter {
        search: Some("needle".to_owned()),
        agent: Some("codex".to_owned()),
        ..TaskFilter::default()
    };
    let found = world.store.tasks(&filter, None, 10).await.expect("a read");
    assert_eq!(found.iter().map(|task| task.id).collect::<Vec<_>>(), [task]);
}

/// By the session itself, and by the subject and the agent.
pub async fn the_newest_task_of_a_session_is_found(world: &mut StoreWorld) {
    let subject = || {
        let mut spec = agent("ask");
        spec.origin.key = Some("issue".to_owned());
        spec
    };
    let first = world.submit(subject()).await.id;
    let second = world.submit(subject()).await.id;
    let third = world.submit(subject()).await.id;
    run(world, first, "a", "x").await;
    run(world, second, "a", "x").await;
    let of = async |session: &str, except| {
        let found = world.store.task_of_session(session, except).await.expect("a read");
        found.map(|task| task.id)
    };
    assert_eq!(of("a", None).await, Some(second));
    assert_eq!(of("a", Some(second)).await, Some(first));
    assert_eq!(of("b", None).await, None);
    // While it runs, too, and not any more once another attempt began without one.
    world.told(claimed(third, 1, 1)).await;
    let set = longhaul_store::FactsAmend {
        task: third,
        fence: Fence(1),
        facts: with_session("c")
            .session
            .map(longhaul_store::Fact::Session)
            .into_iter()
            .collect(),
        at: at(2),
    };
    world.store.facts_amend(set).await.expect("kept");
    assert_eq!(of("c", None).await, Some(third));
    let by_key = async |key: &str, agent: &str| {
        let found = world.store.task_of_origin_key(key, agent).await.expect("a read");
        found.map(|task| task.id)
    };
    assert_eq!(by_key("issue", "codex").await, Some(third));
    assert_eq!(by_key("issue", "claude").await, None);
    assert_eq!(by_key("other", "codex").await, None);
}

/// Once each, whoever asks how often, also after a restart.
pub async fn a_completion_waits_until_somebody_takes_it(world: &mut StoreWorld) {
    let mut spec = agent("ask");
    spec.origin.session = Some("chat".to_owned());
    let asked = world.submit(spec).await.id;
    let child = new_task(agent("help"));
    let child = longhaul_store::NewTask {
        parent: Some(asked),
        ..child
    };
    let child = world.store.task_insert(child).await.expect("stored").task.id;
    let nobodys = world.submit(agent("alone")).await.id;
    let all = CompletionFilter::default();
    assert!(waiting(world, &all).await.is_empty(), "nothing is over");
    for task in [asked, child, nobodys] {
        run(world, task, "s", "x").await;
    }
    world.reopen();
    assert_eq!(waiting(world, &all).await, [asked.get(), child.get()]);
    let of_chat = CompletionFilter {
        origin_session: Some("chat".to_owned()),
        parent: None,
    };
    let of_parent = CompletionFilter {
        origin_session: None,
        parent: Some(asked),
    };
    assert_eq!(waiting(world, &of_chat).await, [asked.get()]);
    assert_eq!(waiting(world, &of_parent).await, [child.get()]);
    let unknown = TaskId::new(999).expect("not zero");
    let take = vec![asked, nobodys, unknown, asked];
    assert_eq!(world.store.completions_take(take, at(9)).await.expect("taken"), [asked]);
    assert_eq!(
        world.store.completions_take(vec![asked], at(9)).await.expect("taken"),
        []
    );
    world.reopen();
    assert_eq!(waiting(world, &all).await, [child.get()]);
}
