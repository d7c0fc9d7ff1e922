//! How Gemini is started.

use longhaul_agents::{Enforced, Request};

use crate::requests::{FRESH_ID, launch, reader, variable, writer};

const ALWAYS: [&str; 4] = [
    "--skip-trust",
    "--output-format=stream-json",
    "--raw-output",
    "--accept-raw-output-risk",
];

#[test]
fn a_new_session_has_the_id_we_chose() {
    let launch = launch("gemini", &reader("hello"));
    assert_eq!(launch.arguments[..4], ALWAYS);
    assert_eq!(
        launch.arguments[4..],
        ["--approval-mode=default", &format!("--session-id={FRESH_ID}")]
    );
    assert_eq!(launch.session.as_deref(), Some(FRESH_ID));
    assert_eq!(variable(&launch, "GEMINI_CLI_NO_RELAUNCH"), Some("true"));
}

#[test]
fn a_session_goes_on_with_its_access_given_again() {
    let request = Request {
        resume: Some("93e51092-86cf-4c98-a668-a5f4f8661a9c"),
        model: Some("gemini-x"),
        arguments: &["--include-directories".to_owned(), "/more".to_owned()],
        ..writer("hello")
    };
    assert_eq!(
        launch("gemini", &request).arguments[4..],
        [
            "--approval-mode=yolo",
            "--resume=93e51092-86cf-4c98-a668-a5f4f8661a9c",
            "--model=gemini-x",
            "--include-directories",
            "/more"
        ]
    );
}

#[test]
fn a_reader_that_the_kernel_holds_has_all_its_tools() {
    let mode = |enforced| {
        launch(
            "gemini",
            &Request {
                enforced,
                ..reader("x")
            },
        )
        .arguments[4]
            .clone()
    };
    assert_eq!(mode(Enforced::Kernel), "--approval-mode=yolo");
    assert_eq!(mode(Enforced::KernelPartial), "--approval-mode=default");
    assert_eq!(mode(Enforced::Agent), "--approval-mode=default");
}

#[test]
fn a_prompt_is_never_a_command_of_its() {
    let read = |prompt: &str| String::from_utf8(launch("gemini", &reader(prompt)).stdin).expect("text");
    assert_eq!(read("/quit now"), "\n/quit now");
    assert_eq!(read(" /quit"), " /quit");
    assert_eq!(read("--help"), "--help");
    assert_eq!(read("@notes.md what?"), "@notes.md what?");
}
