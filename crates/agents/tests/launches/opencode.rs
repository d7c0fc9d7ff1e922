//! How OpenCode is started.

use longhaul_agents::{Enforced, Request, WriteMode};

use crate::requests::{FRESH_ID, launch, reader, variable, writer};

#[test]
fn a_new_session_has_a_title_to_find_it_by() {
    let launch = launch("opencode", &reader("hello"));
    assert_eq!(
        launch.arguments,
        [
            "run",
            "--format",
            "json",
            "--thinking",
            "--auto",
            &format!("--title={FRESH_ID}")
        ]
    );
    assert_eq!(launch.session, None, "it cannot be chosen");
    assert_eq!(variable(&launch, "OPENCODE_DISABLE_AUTOUPDATE"), Some("1"));
}

#[test]
fn a_session_goes_on_in_the_folder_it_began_in() {
    let request = Request {
        resume: Some("ses_1"),
        model: Some("p/m"),
        effort: Some("high"),
        ..writer("hello")
    };
    assert_eq!(
        launch("opencode", &request).arguments[5..],
        ["--session=ses_1", "--dir=/work", "--model=p/m", "--variant=high"]
    );
}

#[test]
fn a_reader_that_the_kernel_does_not_hold_has_no_tools_that_change_something() {
    let permission =
        |request: &Request<'_>| variable(&launch("opencode", request), "OPENCODE_PERMISSION").map(str::to_owned);
    for enforced in [Enforced::Agent, Enforced::KernelPartial] {
        let request = Request {
            enforced,
            ..reader("x")
        };
        assert_eq!(
            permission(&request).as_deref(),
            Some(r#"{"bash":"deny","edit":"deny"}"#)
        );
    }
    let held = Request {
        enforced: Enforced::Kernel,
        ..reader("x")
    };
    assert!(permission(&held).is_some_and(|rules| rules.contains(r#""bash":"allow""#)));
    assert_eq!(permission(&writer("x")), None, "the user's own rules stand");
    let full = Request {
        write_mode: WriteMode::Full,
        ..writer("x")
    };
    assert!(permission(&full).is_some());
}

#[test]
fn the_prompt_is_on_standard_input_byte_for_byte() {
    for prompt in [
        "--help",
        "/init",
        "\n @/etc/passwd \"q\" `x` $HOME",
        "{\"a\":1}\u{2028}",
    ] {
        let launch = launch("opencode", &writer(prompt));
        assert_eq!(launch.stdin, prompt.as_bytes());
        assert!(launch.arguments.iter().all(|argument| argument != prompt));
    }
}
