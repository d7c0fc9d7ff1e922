//! Submitting in a small world: each step takes a draft and completes or refuses it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use longhaul_model::{
    Access, Actor, AgentWork, Isolation, Leftovers, Prerequisite, Session, Spec, StateName, Task, TaskId, Work,
};
use longhaul_store::{Fact, FactsAmend};

use super::{Again, RepeatError, Rights, SessionError, Submission, SubmitError, Submitter};
use crate::config::Config;
use crate::samples::{FIRST, World, spec, submission};
use crate::shell_environment::ShellEnvironment;

fn submitter(world: &World) -> Submitter {
    let fallback = BTreeMap::from([("PATH".to_owned(), "/fallback".to_owned())]);
    Submitter {
        installation: Arc::clone(&world.installation),
        ledger: Arc::clone(&world.ledger),
        shell: Arc::new(ShellEnvironment::new(BTreeMap::new(), fallback)),
    }
}

/// Of a task that asks from inside itself.
fn from_inside(task: &Task, spec: Spec) -> Submission {
    Submission {
        parent: Some(task.id),
        actor: Actor::Task(task.id),
        ..submission(spec)
    }
}

fn in_folder(access: Access, cwd: &Path) -> Spec {
    let mut spec = spec();
    spec.access = access;
    spec.cwd = cwd.display().to_string();
    spec
}

fn agent(name: &str) -> Spec {
    let work = AgentWork {
        agent: name.to_owned(),
        prompt: "look".to_owned(),
        model: None,
        effort: None,
        resume: None,
        answer_schema: None,
        review: None,
        max_parkings: 99,
    };
    let mut spec = Spec::new(Work::Agent(work), "/");
    spec.access = Access::ReadOnly;
    spec
}

async fn submit(world: &World, submission: Submission) -> Result<Arc<Task>, SubmitError> {
    Ok(submitter(world).submit(submission).await?.0)
}

#[tokio::test]
async fn what_nobody_said_comes_from_the_configuration() {
    let world = World::with(Config {
        command_idle_timeout: Some(Duration::from_secs(7)),
        isolation: Isolation::Worktree,
        ..Config::default()
    });
    std::fs::create_dir_all(world.root().join(".git")).expect("it is ours");
    std::fs::write(world.root().join(".git/HEAD"), "ref: refs/heads/main\n").expect("it is ours");
    let writer = in_folder(Access::Write, &world.root());
    let task = submit(&world, submission(writer.clone())).await.expect("it may be");
    assert_eq!(task.spec.idle_timeout_ms, Some(7_000));
    assert_eq!(task.spec.isolation, Isolation::Worktree);
    assert_eq!(task.workspace, world.root().display().to_string());
    let said = Submission {
        says_isolation: true,
        ..submission(writer)
    };
    let task = submit(&world, said).await.expect("it may be");
    assert_eq!(task.spec.isolation, Isolation::InPlace, "what was said holds");
}

#[tokio::test]
async fn an_access_that_a_kind_does_not_have_is_refused() {
    let world = World::new();
    let mut unmanaged = agent("codex");
    unmanaged.access = Access::Unmanaged;
    let refused = submit(&world, submission(unmanaged)).await;
    assert!(matches!(refused, Err(SubmitError::UnmanagedAgent)), "{refused:?}");
    let clone = Work::Clone {
        url: "https://example.org/a.git".to_owned(),
        dir: "/a".to_owned(),
    };
    let mut reading = Spec::new(clone, "/");
    reading.access = Access::ReadOnly;
    let refused = submit(&world, submission(reading)).await;
    assert!(matches!(refused, Err(SubmitError::Writes("clone"))), "{refused:?}");
}

#[tokio::test]
async fn an_agent_that_is_not_there_is_refused_unless_the_request_is_known() {
    let world = World::new();
    let refused = submit(&world, submission(agent("nobody"))).await;
    assert!(matches!(refused, Err(SubmitError::UnknownAgent(_))), "{refused:?}");
    let missing = submit(&world, submission(agent("codex"))).await;
    assert!(
        matches!(missing, Err(SubmitError::AgentNotInstalled { .. })),
        "{missing:?}"
    );
}

#[tokio::test]
async fn the_same_key_is_the_same_task() {
    let world = World::new();
    let keyed = || Submission {
        key: Some(("once".to_owned(), "hash".to_owned())),
        ..submission(spec())
    };
    let (first, is_replay) = submitter(&world).submit(keyed()).await.expect("it may be");
    assert!(!is_replay);
    let (again, is_replay) = submitter(&world).submit(keyed()).await.expect("it may be");
    assert_eq!((again.id, is_replay), (first.id, true));
}

#[tokio::test]
async fn a_reader_submits_readers_and_no_further_rights() {
    let world = World::new();
    let reader = world.claimed_with(in_folder(Access::ReadOnly, &world.root())).await;
    world.ledger.note_for_test(Arc::clone(&reader));
    assert_eq!(submitter(&world).rights_of(reader.id).await, Rights::OwnFamily);
    let reading = || in_folder(Access::ReadOnly, &world.root());
    assert!(submit(&world, from_inside(&reader, reading())).await.is_ok());
    let refused = |spec: Spec| submit(&world, from_inside(&reader, spec));
    let mut leaving = reading();
    leaving.leftovers = Leftovers::Keep;
    let mut probing = reading();
    probing.requires = vec![Prerequisite::Command {
        command: "true".to_owned(),
    }];
    for spec in [
        in_folder(Access::Write, &world.root()),
        in_folder(Access::Unmanaged, &world.root()),
        leaving,
        probing,
    ] {
        let answer = refused(spec).await;
        assert!(matches!(answer, Err(SubmitError::NotAllowed { .. })), "{answer:?}");
    }
}

#[tokio::test]
async fn a_child_of_a_restricted_task_gets_its_parents_places_whatever_it_sends() {
    let world = World::new();
    let reader = world.claimed_with(in_folder(Access::ReadOnly, &world.root())).await;
    world.ledger.note_for_test(Arc::clone(&reader));
    let sent = BTreeMap::from([
        ("HOME".to_owned(), "/elsewhere".to_owned()),
        ("NAME".to_owned(), "kept".to_owned()),
    ]);
    let asked = Submission {
        environment: Some(sent),
        ..from_inside(&reader, in_folder(Access::ReadOnly, &world.root()))
    };
    let child = submit(&world, asked).await.expect("it may be");
    let environment = world
        .ledger
        .stored()
        .environment(child.id)
        .await
        .expect("readable")
        .expect("stored");
    assert_eq!(environment, BTreeMap::from([("NAME".to_owned(), "kept".to_owned())]));
}

#[tokio::test]
async fn a_child_that_would_be_waited_for_for_ever_is_refused() {
    let world = World::new();
    let parent = world.running().await;
    let mut after = spec();
    after.after = vec![parent.id];
    let asked = Submission {
        parent: Some(parent.id),
        ..submission(after)
    };
    let refused = submit(&world, asked).await;
    assert!(matches!(refused, Err(SubmitError::WouldDeadlock { .. })), "{refused:?}");
    let writer = world.claimed_with(in_folder(Access::Write, Path::new("/"))).await;
    world.ledger.note_for_test(Arc::clone(&writer));
    let asked = Submission {
        parent: Some(writer.id),
        says_isolation: true,
        ..submission(in_folder(Access::Write, Path::new("/")))
    };
    let refused = submit(&world, asked).await;
    assert!(matches!(refused, Err(SubmitError::LaneHeld { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_worktree_is_only_for_those_that_could_have_one() {
    let world = World::new();
    let mut based = in_folder(Access::ReadOnly, &world.root());
    based.base = Some("main".to_owned());
    let refused = submit(&world, submission(based)).await;
    assert!(matches!(refused, Err(SubmitError::NoWorktree { .. })), "{refused:?}");
    let mut apart = in_folder(Access::Write, &world.root());
    apart.isolation = Isolation::Worktree;
    let asked = Submission {
        says_isolation: true,
        ..submission(apart)
    };
    let refused = submit(&world, asked).await;
    assert!(
        matches!(refused, Err(SubmitError::NoWorktree { .. })),
        "it is no repository: {refused:?}"
    );
}

/// An agent's task that ran with a session and is over.
async fn with_session(world: &World, session: &str) -> TaskId {
    let task = world.claimed_with(agent("codex")).await;
    let amend = FactsAmend {
        task: task.id,
        fence: FIRST,
        facts: vec![Fact::Session(Session {
            id: session.to_owned(),
            resume_command: String::new(),
        })],
        at: world.now(),
    };
    world.ledger.store_for_test().facts_amend(amend).await.expect("it runs");
    task.id
}

fn resuming(session: &str) -> Spec {
    let mut spec = agent("");
    spec.work.agent_mut().expect("an agent").resume = Some(session.to_owned());
    spec
}

#[tokio::test]
async fn a_session_brings_its_agent_along_and_is_used_by_one_at_a_time() {
    let world = World::new();
    let had = with_session(&world, "s-1").await;
    let submitter = submitter(&world);
    let mut spec = resuming(&had.to_string());
    submitter.resolve_session(&mut spec, true).await.expect("it is free");
    let work = spec.work.agent().expect("an agent");
    assert_eq!((work.agent.as_str(), work.resume.as_deref()), ("codex", Some("s-1")));
    let task = world.ledger.stored().task(had).await.expect("readable").expect("there");
    world.ledger.note_for_test(Arc::new(task));
    let in_use = submitter.resolve_session(&mut resuming("s-1"), true).await;
    assert!(
        matches!(in_use, Err(SessionError::InUse(user)) if user == had),
        "{in_use:?}"
    );
    assert!(
        submitter.resolve_session(&mut resuming("s-1"), false).await.is_ok(),
        "a request of before is answered"
    );
    let unknown = submitter.resolve_session(&mut resuming("s-2"), true).await;
    assert!(matches!(unknown, Err(SessionError::AgentMissing { .. })), "{unknown:?}");
}

#[tokio::test]
async fn doing_it_again_begins_a_task_of_the_same_chain_without_what_was_said_about_the_start() {
    let world = World::new();
    let mut later = spec();
    later.not_before = Some(world.now());
    let first = world.submitted(later).await;
    world
        .handle()
        .cancel(first.id, None, Actor::User)
        .await
        .expect("it may be");
    let again = submitter(&world)
        .repeat(first.id, false, Again::Fresh, Actor::User)
        .await;
    let again = world.ledger.active(again.expect("it may be")).expect("it is active");
    assert_eq!((again.chain, again.retry_of), (first.chain, Some(first.id)));
    assert_eq!((again.state(), again.spec.not_before), (StateName::Queued, None));
    let merged = Again::Resumed { onto_target: true };
    let refused = submitter(&world).repeat(first.id, true, merged, Actor::User).await;
    assert!(matches!(refused, Err(RepeatError::NoWorktree(_))), "{refused:?}");
}
