//! Agents of the user's own: how they are started, how they are read, and which settings make none.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use longhaul_agents::{
    Adapter, AgentSettings, Agents, Capability, Conclusion, Enforced, Exit, Kind, Request, TemplateOutput,
    TemplateSettings, conclude,
};
use longhaul_model::AgentError;

use crate::requests::{FRESH_ID, reader, writer};

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn plain() -> TemplateSettings {
    TemplateSettings {
        command: words(&["mine", "--go"]),
        read_only: words(&["--look"]),
        write: words(&["--yes"]),
        model_arguments: words(&["--model={model}"]),
        effort_arguments: words(&["--effort", "{effort}"]),
        ..TemplateSettings::default()
    }
}

fn agents(name: &str, template: TemplateSettings) -> Result<Agents, String> {
    let settings = AgentSettings {
        template: Some(template),
        ..AgentSettings::default()
    };
    Agents::new(BTreeMap::from([(name.to_owned(), settings)])).map_err(|error| error.problem.to_string())
}

fn mine(template: TemplateSettings) -> &'static dyn Adapter {
    let agents = agents("mine", template).expect("the settings make an agent");
    agents.adapter("mine").expect("it is there")
}

#[test]
fn the_prompt_is_on_standard_input_and_access_chooses_arguments() {
    let adapter = mine(plain());
    let read = adapter.launch(&reader("--prompt {model}"));
    assert_eq!(read.arguments, ["--go", "--look"]);
    assert_eq!(read.stdin, b"--prompt {model}");
    assert_eq!((read.session, read.files), (None, vec![]));
    assert_eq!(adapter.launch(&writer("x")).arguments, ["--go", "--yes"]);
    let held = Request {
        enforced: Enforced::Kernel,
        ..reader("x")
    };
    assert_eq!(adapter.launch(&held).arguments, ["--go", "--yes"]);
}

#[test]
fn model_and_effort_are_given_only_where_they_are_asked_for() {
    let request = Request {
        model: Some("big"),
        effort: Some("high"),
        arguments: &["--extra".to_owned()],
        ..writer("x")
    };
    assert_eq!(
        mine(plain()).launch(&request).arguments,
        ["--go", "--yes", "--model=big", "--effort", "high", "--extra"]
    );
}

#[test]
fn the_prompt_can_be_in_a_file() {
    let template = TemplateSettings {
        command: words(&["mine", "--prompt", "{prompt_file}", "-C", "{cwd}"]),
        ..TemplateSettings::default()
    };
    let launch = mine(template).launch(&writer("the prompt"));
    assert_eq!(launch.arguments, ["--prompt", "/task/prompt.txt", "-C", "/work"]);
    assert_eq!(launch.files, [("/task/prompt.txt".into(), b"the prompt".to_vec())]);
    assert_eq!(launch.stdin, b"");
}

#[test]
fn a_session_can_be_chosen_and_gone_on_with() {
    let adapter = mine(TemplateSettings {
        command: words(&["mine", "--session", "{session}"]),
        resume: words(&["mine", "go on", "--session", "{session}"]),
        ..plain()
    });
    assert_eq!(adapter.launch(&writer("x")).session.as_deref(), Some(FRESH_ID));
    let request = Request {
        resume: Some("s 1"),
        ..writer("x")
    };
    assert_eq!(
        adapter.launch(&request).arguments,
        ["go on", "--session", "s 1", "--yes"]
    );
    assert_eq!(adapter.resume_command("s 1"), "mine 'go on' --session 's 1'");
    for capability in [
        Capability::Resume,
        Capability::ChosenSession,
        Capability::ReadOnly,
        Capability::Model,
        Capability::Effort,
    ] {
        assert!(adapter.capabilities().contains(&capability), "{capability:?}");
    }
}

#[test]
fn settings_that_make_no_agent_are_told() {
    let refused = |name: &str, change: &dyn Fn(&mut TemplateSettings)| {
        let mut template = plain();
        change(&mut template);
        agents(name, template).expect_err("it is refused")
    };
    for (told, name, change) in [
        (
            "an agent of this name comes with Longhaul; `command` makes another one, under another name",
            "gemini",
            &(|_: &mut TemplateSettings| {}) as &dyn Fn(&mut TemplateSettings),
        ),
        (
            "a name is made of small letters, digits and `-`",
            "My Agent",
            &|_: &mut TemplateSettings| {},
        ),
        (
            "there is no such agent, and no `command` that would make one",
            "mine",
            &|template: &mut TemplateSettings| template.command.clear(),
        ),
        (
            "`{promptfile}` in `command` is no placeholder; there are {prompt_file}, {model}, {effort}, {session} and {cwd}",
            "mine",
            &|template: &mut TemplateSettings| template.command.push("{promptfile}".to_owned()),
        ),
        (
            "`{model}` has no value in `command`; arguments for it have a key of their own, so that they are left out where \
             there is none",
            "mine",
            &|template: &mut TemplateSettings| template.command.push("{model}".to_owned()),
        ),
        (
            "`resume` does not say where {session} goes",
            "mine",
            &|template: &mut TemplateSettings| template.resume = words(&["mine", "--continue"]),
        ),
        (
            "`text` in `message` is no JSON pointer: it begins with `/`, as `/message/text`",
            "mine",
            &|template: &mut TemplateSettings| template.output = lines("text"),
        ),
    ] {
        assert_eq!(refused(name, change), told);
    }
    let unknown = Agents::new(BTreeMap::from([("mine".to_owned(), AgentSettings::default())]));
    assert_eq!(
        unknown.expect_err("it is refused").to_string(),
        "using [agents.mine] of the configuration"
    );
}

#[test]
fn what_is_set_about_an_agent_of_ours_changes_how_it_is_started() {
    let settings = AgentSettings {
        program: Some("/opt/gemini".to_owned()),
        ..AgentSettings::default()
    };
    let agents = Agents::new(BTreeMap::from([("gemini".to_owned(), settings.clone())])).expect("it is fine");
    assert_eq!(agents.settings("gemini"), settings);
    assert_eq!(agents.settings("opencode"), AgentSettings::default());
    assert!(agents.adapter("gemini").is_some());
    assert!(agents.adapter("nobody").is_none());
}

fn lines(message: &str) -> TemplateOutput {
    TemplateOutput::Lines {
        message: message.to_owned(),
        session: Some("/id".to_owned()),
        error: Some("/error/message".to_owned()),
    }
}

fn concluded(adapter: &dyn Adapter, pieces: &[&[u8]], code: i32) -> (Option<String>, Conclusion) {
    let mut parser = adapter.parser();
    let mut offset = 0;
    for piece in pieces {
        parser.read(offset, piece);
        offset += piece.len() as u64;
    }
    parser.finish();
    let reading = parser.reading();
    let ended = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
    (reading.message.clone(), conclude(reading, &Exit::Code(code), &ended))
}

#[test]
fn all_of_its_output_is_its_message() {
    let adapter = mine(plain());
    let smile = "gr\u{fc}n \u{1f680}\r\n".as_bytes();
    for at in 0..=smile.len() {
        assert_eq!(
            concluded(adapter, &[&smile[..at], &smile[at..]], 0),
            (Some("gr\u{fc}n \u{1f680}\r\n".to_owned()), Conclusion::Completed),
            "cut at {at}"
        );
    }
    assert_eq!(
        concluded(adapter, &[b"\xff", b"a\xe2\x82"], 0).0.as_deref(),
        Some("\u{FFFD}a\u{FFFD}")
    );
    assert_eq!(concluded(adapter, &[], 0).1, Conclusion::NoFinalMessage);
    assert_eq!(concluded(adapter, &[b" \n"], 0).1, Conclusion::NoFinalMessage);
    assert_eq!(concluded(adapter, &[b"half an ans"], 3).1, Conclusion::AsExited);
}

#[test]
fn an_answer_that_grows_without_end_is_not_kept_without_end() {
    let mut parser = mine(plain()).parser();
    let piece = vec![b'x'; 1 << 20];
    for at in 0..20_u64 {
        parser.read(at << 20, &piece);
    }
    parser.finish();
    assert_eq!(parser.reading().message.as_ref().map(String::len), Some(16 << 20));
    let ended = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
    assert!(matches!(
        conclude(parser.reading(), &Exit::Code(0), &ended),
        Conclusion::Failed(_)
    ));
}

#[test]
fn the_last_line_with_a_message_is_its_message() {
    let adapter = mine(TemplateSettings {
        output: lines("/say"),
        ..plain()
    });
    let output = b"{\"id\":\"s1\"}\nnoise\n{\"say\":\"one\"}\n{\"say\":\"two\",\"id\":\"s1\"}\n{\"other\":1}\n";
    assert_eq!(
        concluded(adapter, &[output], 0),
        (Some("two".to_owned()), Conclusion::Completed)
    );
    let mut parser = adapter.parser();
    parser.read(0, output);
    parser.finish();
    assert_eq!(parser.reading().session.as_deref(), Some("s1"));
    assert_eq!(parser.reading().unknown_lines, 2);
    let told = parser.take_activity();
    assert!(matches!(&told[0].kind, Kind::Session { id, .. } if id == "s1"));
    let failed = concluded(adapter, &[b"{\"error\":{\"message\":\"API key not valid\"}}"], 1).1;
    match failed {
        Conclusion::Failed(trouble) => assert_eq!(trouble.class, AgentError::NotSignedIn),
        other => panic!("{other:?}"),
    }
    let limit = b"{\"error\":{\"message\":\"usage limit reached, try again in 2 hours\"}}";
    assert!(matches!(
        concluded(adapter, &[limit], 1).1,
        Conclusion::UsageLimitReached {
            resets_at_s: Some(7200),
            ..
        }
    ));
}
