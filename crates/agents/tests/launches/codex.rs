//! How Codex is started. What each flag does was tried with the real program.

use std::collections::BTreeMap;
use std::path::Path;

use longhaul_agents::{Enforced, Request, WriteMode, adapter};

use crate::requests::{launch, reader, writer};

const ALWAYS: &str = "exec --json --skip-git-repo-check --disable=unbounded_connection_retries";

fn words(request: &Request<'_>) -> String {
    launch("codex", request).arguments.join(" ")
}

#[test]
fn access_is_given_again_whether_it_begins_or_goes_on() {
    assert_eq!(words(&reader("p")), format!("{ALWAYS} --sandbox=read-only -"));
    let resumed = Request {
        resume: Some("01a1"),
        ..reader("p")
    };
    assert_eq!(
        words(&resumed),
        format!("{ALWAYS} --sandbox=read-only resume -- 01a1 -")
    );
    assert_eq!(words(&writer("p")), format!("{ALWAYS} --sandbox=workspace-write -"));
    let full = Request {
        write_mode: WriteMode::Full,
        ..writer("p")
    };
    assert_eq!(words(&full), format!("{ALWAYS} --sandbox=danger-full-access -"));
}

#[test]
fn its_own_sandbox_is_off_where_the_kernel_keeps_a_reader_since_it_cannot_be_set_up_inside() {
    let kept_by = |enforced| {
        words(&Request {
            enforced,
            ..reader("p")
        })
    };
    assert_eq!(
        kept_by(Enforced::Kernel),
        format!("{ALWAYS} --sandbox=danger-full-access -")
    );
    assert_eq!(
        kept_by(Enforced::KernelPartial),
        format!("{ALWAYS} --sandbox=danger-full-access -")
    );
    // What keeps readers from writing says nothing about writers.
    let request = Request {
        enforced: Enforced::Kernel,
        ..writer("p")
    };
    assert_eq!(words(&request), format!("{ALWAYS} --sandbox=workspace-write -"));
}

#[test]
fn whatever_is_asked_for_comes_before_the_thread_and_is_never_read_as_an_option() {
    let launch = launch(
        "codex",
        &Request {
            model: Some("-odd"),
            effort: Some("hi\"gh"),
            resume: Some("--last"),
            answer_schema: Some(("{}", Path::new("/task/schema.json"))),
            arguments: &["--oss".to_owned()],
            ..reader("mend it")
        },
    );
    assert_eq!(
        launch.arguments.join(" "),
        format!(
            "{ALWAYS} --sandbox=read-only --model=-odd --config=model_reasoning_effort=\"hi\\\"gh\" \
             --output-schema=/task/schema.json --oss resume -- --last -"
        )
    );
    assert_eq!(launch.session.as_deref(), Some("--last"));
    assert_eq!(launch.files, [("/task/schema.json".into(), b"{}".to_vec())]);
    assert_eq!(launch.stdin, b"mend it");
}

#[test]
fn a_prompt_goes_in_as_it_is() {
    for prompt in ["mend\r\n it \n\n", "--help", "-", "/clear", "", "🧑‍🚀\u{2028}"] {
        assert_eq!(launch("codex", &reader(prompt)).stdin, prompt.as_bytes());
    }
}

#[test]
fn its_folders_follow_the_environment() {
    let sessions = |variables: &[(&str, &str)]| {
        let environment: BTreeMap<String, String> = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let folders = adapter("codex").expect("known").folders(&environment, None);
        folders.sessions.map(|path| path.display().to_string())
    };
    assert_eq!(
        sessions(&[("HOME", "/home/ada")]).as_deref(),
        Some("/home/ada/.codex/sessions")
    );
    assert_eq!(
        sessions(&[("HOME", "/home/ada"), ("CODEX_HOME", "/c")]).as_deref(),
        Some("/c/sessions")
    );
    assert_eq!(sessions(&[]), None);
}

#[test]
fn what_a_person_types_goes_on_with_the_session() {
    assert_eq!(
        adapter("codex").expect("known").resume_command("01a1-b"),
        "codex resume 01a1-b"
    );
}
