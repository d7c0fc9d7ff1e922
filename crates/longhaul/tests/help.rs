//! The help of every command, as the command line itself names them: nobody keeps a list here.

use longhaul_testkit::World;

/// The names that a help text lists below `Commands:`. A name stands two columns in, its wrapped description further.
fn commands_in(help: &str) -> Vec<String> {
    help.lines()
        .skip_while(|line| line.trim_end() != "Commands:")
        .skip(1)
        .take_while(|line| line.starts_with(' '))
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

/// Asks for the help of `words` and of everything below it; every command line that was asked.
fn ask_below(world: &World, words: &[String], asked: &mut Vec<String>) {
    let line = words.join(" ");
    let ran = world.longhaul(words).arg("--help").run();
    let help = ran.ok().text();
    assert!(help.contains("Usage: longhaul"), "`{line}`: {help}");
    assert!(help.contains("Example"), "`{line}` shows no example: {help}");
    assert!(!help.contains('\u{1b}'), "`{line}` colours a file");
    assert_eq!(ran.talk(), "", "`{line}` says something beside its help");
    asked.push(line);
    for command in commands_in(&help) {
        let deeper: Vec<String> = words.iter().cloned().chain([command]).collect();
        ask_below(world, &deeper, asked);
    }
}

#[test]
fn help_of_every_command_is_on_stdout_and_starts_nothing() {
    let world = World::new();
    let mut asked = Vec::new();
    ask_below(&world, &[], &mut asked);
    // The first and the last of the list, and what is two words deep: the reading of the list itself works.
    for known in ["run", "version", "token rotate", "daemon install"] {
        assert!(asked.contains(&known.to_owned()), "{known} is not among {asked:?}");
    }
    // Another name of `run`, which no list shows as a command.
    let task = world.longhaul(["task", "--help"]).run().ok().text();
    assert_eq!(task, world.longhaul(["run", "--help"]).run().ok().text());
    assert!(world.daemons().is_empty());
}
