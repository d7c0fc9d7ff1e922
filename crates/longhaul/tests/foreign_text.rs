//! Names, contents and messages that others wrote say something, and steer no terminal.

use std::fs;

use longhaul_testkit::{Ran, World};

/// What a terminal would obey: a new title.
const TITLE: &str = "\u{1b}]0;PWNED\u{7}";

/// Nothing but text and the ends of lines.
#[track_caller]
fn assert_tame(text: &str) {
    let turns = |c: char| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let found = text
        .chars()
        .find(|c| (c.is_control() && !"\n\t".contains(*c)) || turns(*c));
    assert!(found.is_none(), "{text:?}");
}

#[track_caller]
fn assert_refused_tamely(ran: &Ran, saying: &str) {
    assert_ne!(ran.code, Some(0));
    assert_tame(&ran.talk());
    assert!(ran.talk().contains(saying), "{}", ran.talk());
    assert!(
        ran.talk().lines().count() <= 2 || saying == "Usage",
        "an error is a line and a hint: {}",
        ran.talk()
    );
}

#[test]
fn an_error_that_quotes_a_repository_or_an_argument_steers_nothing() {
    let world = World::new();
    let project = world.repository();
    let evil = r"x\u001b]0;PWNED\u0007\u202e\u009b31m\ny";
    for (file, arguments) in [
        (format!("default_agent = \"{evil}\""), &["run", "hello"] as &[&str]),
        (format!("\"{evil}\" = 1"), &["trust", "."]),
        (format!("isolation = \"{evil}\""), &["trust", "."]),
        (
            format!("isolation = \"{evil}\""),
            &["run", "-d", "--write", "--", "true"],
        ),
    ] {
        fs::write(project.join(".longhaul.toml"), &file).expect("it is ours");
        assert_refused_tamely(&world.longhaul(arguments).cwd(&project).run(), "PWNED");
    }
    fs::remove_file(project.join(".longhaul.toml")).expect("it is ours");
    for arguments in [
        &["run", "--agent", TITLE, "hello"] as &[&str],
        &["run", "--stdin", TITLE, "--", "cat"],
        &["run", "--agent", "codex", "--prompt-file", TITLE],
        &["trust", TITLE],
    ] {
        assert_refused_tamely(&world.longhaul(arguments).cwd(&project).run(), "PWNED");
    }
    for unknown in [format!("--{TITLE}"), "--\u{202e}".to_owned()] {
        assert_refused_tamely(&world.longhaul(["list", &unknown]).run(), "Usage");
        let shown = on_a_terminal(&world, &["list", &unknown]);
        assert!(shown.contains("unexpected argument"), "{shown}");
        assert_tame(&shown.replace("\r\n", "\n"));
    }
}

#[test]
fn a_diff_is_exact_for_git_and_tame_on_a_terminal() {
    let world = World::new();
    let project = world.repository();
    let name = format!("f{TITLE}\"\\\n\u{202e}\u{9b}");
    fs::write(world.path("name"), &name).expect("it is ours");
    let names = world.path("name").display().to_string();
    let script = format!(
        r#"n=$(cat {names}); printf 'title \033]0;PWNED\007 over\rwritten\r\n' > "$n"; ln -s "$n" link; git mv file0 "moved $n""#
    );
    let id = world.submit_writer(&project, &[], &script);
    assert_eq!(world.finish(id)["state"], "completed");
    // Into a pipe: names as git quotes them, content byte for byte, so that it applies.
    let patch = world.longhaul(["diff", "1"]).run().ok().text();
    assert!(
        patch.contains(&format!("+title {TITLE} over\rwritten\r\n")),
        "{patch:?}"
    );
    assert!(
        patch.contains("+++ \"b/f\\033]0;PWNED\\007\\\"\\\\\\n\\342\\200\\256\\302\\233\""),
        "{patch:?}"
    );
    fs::write(world.path("patch"), patch).expect("it is ours");
    let file = world.path("patch");
    world.git(&project, &["apply", "--index", file.to_str().expect("plain")]);
    let written = fs::read_to_string(project.join(&name)).expect("the file has its name");
    assert_eq!(written, format!("title {TITLE} over\rwritten\r\n"));
    assert!(project.join(format!("moved {name}")).exists() && !project.join("file0").exists());
    let target = fs::read_link(project.join("link")).expect("the link is one");
    assert_eq!(target.to_str(), Some(name.as_str()));
    // On a terminal nothing of it acts.
    for options in [&["diff", "1"] as &[&str], &["diff", "1", "--stat"]] {
        let shown = on_a_terminal(&world, options);
        assert!(shown.contains("PWNED"), "{shown}");
        // The terminal adds a carriage return to each line, and one line had one of its own.
        assert_tame(&shown.replace("\r\r\n", "\n").replace("\r\n", "\n"));
    }
}

#[test]
fn a_landing_that_quotes_names_and_lines_steers_nothing() {
    let world = World::new();
    let project = world.repository();
    let name = format!("f{TITLE}");
    fs::write(project.join(&name), "old\n").expect("it is ours");
    world.git(&project, &["add", "-A"]);
    world.git(&project, &["commit", "-qm", "second"]);
    let script = format!("printf '\\033[2Jtheirs\\r\\n' > '{name}'");
    let id = world.submit_writer(&project, &[], &script);
    assert_eq!(world.finish(id)["state"], "completed");
    fs::write(project.join(&name), "\u{1b}[2Jours\n").expect("it is ours");
    world.git(&project, &["commit", "-qam", "third"]);
    let landed = world.longhaul(["land", "1"]).run();
    landed.expect(4);
    assert!(
        landed.text().contains("conflict in f") && landed.text().contains("PWNED"),
        "{}",
        landed.text()
    );
    assert_tame(&landed.text().replace("\r\n", "\n"));
    assert_tame(&landed.talk());
    // Whoever asks for the landing's result later hears no more of it.
    for arguments in [["result", "2"], ["await", "2"]] {
        let told = world.longhaul(arguments).run();
        assert_tame(&told.text().replace("\r\n", "\n"));
        assert_tame(&told.talk());
    }
}

/// What a command shows to a person: it runs at a terminal of its own.
fn on_a_terminal(world: &World, arguments: &[&str]) -> String {
    let longhaul = world.binary().display().to_string();
    let mut command = vec![longhaul.as_str()];
    command.extend(arguments);
    let id = world.submit(&["--pty"], &command);
    world.finish(id);
    String::from_utf8(world.output(id)).expect("it is text")
}
