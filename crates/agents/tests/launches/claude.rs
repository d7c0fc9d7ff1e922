//! How Claude Code is started. What each flag does was tried with the real program.

use std::collections::BTreeMap;
use std::path::Path;

use longhaul_agents::{Enforced, Request, WriteMode, adapter};

use crate::requests::{FRESH_ID, launch, reader, variable, writer};

const ALWAYS: &str = "-p --output-format=stream-json --verbose";

fn words(request: &Request<'_>) -> String {
    launch("claude", request).arguments.join(" ")
}

#[test]
fn a_reader_has_no_tool_that_writes_and_a_writer_need_not_ask() {
    let reading = format!("{ALWAYS} --tools=Read,Grep,Glob --strict-mcp-config");
    assert_eq!(words(&reader("p")), format!("{reading} --session-id={FRESH_ID}"));
    let resumed = Request {
        enforced: Enforced::KernelPartial,
        resume: Some("s1"),
        ..reader("p")
    };
    assert_eq!(words(&resumed), format!("{reading} --resume=s1"));
    assert_eq!(
        words(&writer("p")),
        format!(
            "{ALWAYS} --permission-mode=acceptEdits --allowedTools=Bash,WebFetch,WebSearch --session-id={FRESH_ID}"
        )
    );
}

#[test]
fn every_tool_is_on_where_the_kernel_keeps_it_or_nobody_does() {
    let everything = format!("{ALWAYS} --permission-mode=bypassPermissions --session-id={FRESH_ID}");
    assert_eq!(
        words(&Request {
            enforced: Enforced::Kernel,
            ..reader("p")
        }),
        everything
    );
    assert_eq!(
        words(&Request {
            write_mode: WriteMode::Full,
            ..writer("p")
        }),
        everything
    );
}

#[test]
fn root_is_told_that_it_is_kept_in_only_where_it_would_refuse() {
    let sandboxed = |request: Request<'_>| variable(&launch("claude", &request), "IS_SANDBOX").map(str::to_owned);
    // A word of another sandbox, which it does not know.
    let environment = BTreeMap::from([("IS_SANDBOX".to_owned(), "yes".to_owned())]);
    let root = Request {
        is_root: true,
        environment: &environment,
        ..reader("p")
    };
    assert_eq!(sandboxed(root), None);
    assert_eq!(
        sandboxed(Request {
            enforced: Enforced::Kernel,
            ..root
        })
        .as_deref(),
        Some("1")
    );
    assert_eq!(
        sandboxed(Request {
            enforced: Enforced::Kernel,
            ..reader("p")
        }),
        None
    );
}

#[test]
fn its_private_files_are_where_the_tasks_are_and_updates_are_its_users_choice() {
    let environment = BTreeMap::from([
        ("TMPDIR".to_owned(), "/task/tmp".to_owned()),
        ("DISABLE_AUTOUPDATER".to_owned(), "0".to_owned()),
        ("CLAUDE_CODE_TMPDIR".to_owned(), "/elsewhere".to_owned()),
    ]);
    let launch = launch(
        "claude",
        &Request {
            environment: &environment,
            ..reader("p")
        },
    );
    assert_eq!(launch.environment, [("CLAUDE_CODE_TMPDIR", "/task/tmp".to_owned())]);
}

#[test]
fn model_effort_and_schema_are_handed_on() {
    let words = words(&Request {
        model: Some("opus"),
        effort: Some("high"),
        answer_schema: Some(("{\"type\":\"object\"}", Path::new("/task/schema.json"))),
        arguments: &["--debug".to_owned()],
        ..reader("p")
    });
    let end =
        format!("--model=opus --effort=high --json-schema={{\"type\":\"object\"}} --session-id={FRESH_ID} --debug");
    assert!(words.ends_with(&end), "{words}");
}

#[test]
fn a_prompt_is_never_a_command_and_stays_as_it_is() {
    for prompt in [
        "mend\r\n it \n\n",
        "--help",
        "-",
        " /blank first",
        "!ls",
        "#note",
        "",
        "🧑‍🚀\u{2028}",
    ] {
        assert_eq!(launch("claude", &reader(prompt)).stdin, prompt.as_bytes());
    }
    for prompt in ["/clear", "/etc/passwd is what?"] {
        assert_eq!(
            launch("claude", &reader(prompt)).stdin,
            format!("\n{prompt}").as_bytes()
        );
    }
}

#[test]
fn a_reader_may_write_its_sessions_and_not_its_settings() {
    let folders = |variables: &[(&str, &str)]| {
        let environment = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        adapter("claude").expect("known").folders(&environment, None)
    };
    let by_default = folders(&[("HOME", "/home/ada")]);
    assert_eq!(
        by_default.sessions.as_deref(),
        Some(Path::new("/home/ada/.claude/projects"))
    );
    assert_eq!(by_default.writable, [Path::new("/home/ada/.claude")]);
    assert!(
        by_default.read_only.contains(&"/home/ada/.claude/settings.json".into()),
        "{by_default:?}"
    );
    let chosen = folders(&[("HOME", "/home/ada"), ("CLAUDE_CONFIG_DIR", "/c")]);
    assert_eq!(chosen.sessions.as_deref(), Some(Path::new("/c/projects")));
    assert!(chosen.read_only.contains(&"/c/.claude.json".into()), "{chosen:?}");
}

#[test]
fn a_reader_may_write_the_sessions_of_its_own_project_and_the_memory_of_none() {
    let environment = [("HOME".to_owned(), "/home/ada".to_owned())].into();
    let folders = adapter("claude")
        .expect("known")
        .folders(&environment, Some(Path::new("/srv/my shop_1.0/ä")));
    let projects = Path::new("/home/ada/.claude/projects");
    let own = projects.join("-srv-my-shop-1-0--");
    assert!(folders.writable.contains(&own), "{folders:?}");
    for shut in [projects.to_owned(), own.join("memory")] {
        assert!(folders.read_only.contains(&shut), "{folders:?}");
    }
    let far = format!("/{}", "a".repeat(300));
    let folders = adapter("claude")
        .expect("known")
        .folders(&environment, Some(Path::new(&far)));
    assert!(!folders.read_only.contains(&projects.to_owned()), "{folders:?}");
}

#[test]
fn what_a_person_types_goes_on_with_the_session() {
    assert_eq!(
        adapter("claude").expect("known").resume_command("a b"),
        "claude --resume 'a b'"
    );
}

#[test]
fn an_old_version_is_remarked_on() {
    let claude = adapter("claude").expect("known");
    assert_eq!(claude.remarks("2.1.197 (Claude Code)").len(), 1);
    assert_eq!(claude.remarks("2.1.328").len(), 0);
    assert_eq!(claude.remarks("who knows").len(), 0);
}
