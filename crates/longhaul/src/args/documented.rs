//! Every `longhaul …` that a page of ours shows is a command line that this program takes.
//!
//! What stands in a block of the console must be taken as it is. In running text a word such as `ID` stands for a value,
//! so there only the command and its options are checked.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser as _;
use clap::error::ErrorKind;

use super::CommandLine;

/// The simple commands in one line of a shell, each as its words: split at `|`, `&&`, `;`, with quotes taken off, and
/// without comments, redirections and variables set before a command.
fn commands_in(line: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut letters = line.chars().peekable();
    let mut quote = None;
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            ('\'' | '"', None) => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (_, Some(open)) if letter == open => quote = None,
            // What another command prints is one word here, whatever it is.
            ('$', _) if letters.peek() == Some(&'(') => {
                letters.by_ref().find(|letter| *letter == ')');
                word.get_or_insert_default().push('1');
            }
            (_, Some(_)) => word.get_or_insert_default().push(letter),
            ('#' | '>', None) if word.is_none() => break,
            ('|' | '&' | ';', None) => {
                commands.last_mut().expect("there is one").extend(word.take());
                commands.push(Vec::new());
            }
            (letter, None) if letter.is_whitespace() => commands.last_mut().expect("there is one").extend(word.take()),
            (letter, None) => word.get_or_insert_default().push(letter),
        }
    }
    commands.last_mut().expect("there is one").extend(word);
    let is_assignment = |word: &String| word.split_once('=').is_some_and(|(name, _)| !name.contains(['-', '/']));
    commands
        .into_iter()
        .map(|words| words.into_iter().skip_while(is_assignment).collect::<Vec<_>>())
        .filter(|words| words.first().is_some_and(|program| program == "longhaul"))
        .collect()
}

/// The pages, with what each holds.
fn pages() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders = vec![root.join("docs")];
    let mut pages: Vec<PathBuf> = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"]
        .map(|name| root.join(name))
        .into();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the pages are there").flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path if path.extension().is_some_and(|kind| kind == "md") => pages.push(path),
                _ => {}
            }
        }
    }
    let read = |path: PathBuf| (path.clone(), fs::read_to_string(path).expect("a page is text"));
    pages.into_iter().map(read).collect()
}

/// The commands of all pages: those in blocks of the console, and those in running text.
fn documented() -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let (mut shown, mut named) = (Vec::new(), Vec::new());
    for (_, text) in pages() {
        let mut block = None;
        for line in text.lines() {
            match (line.trim_start().strip_prefix("```"), block) {
                (Some(kind), None) => block = Some(kind),
                (Some(_), Some(_)) => block = None,
                (None, Some("console")) => shown.extend(line.strip_prefix("$ ").map(commands_in).unwrap_or_default()),
                (None, Some(_)) => {}
                (None, None) => named.extend(line.split('`').skip(1).step_by(2).flat_map(commands_in)),
            }
        }
    }
    (shown, named)
}

#[test]
fn what_a_page_shows_on_a_console_is_taken_as_it_is() {
    let (shown, _) = documented();
    assert!(shown.len() > 40, "only {} command lines were found", shown.len());
    for words in shown {
        if let Err(refusal) = CommandLine::try_parse_from(&words) {
            assert_eq!(refusal.kind(), ErrorKind::DisplayHelp, "{words:?}: {refusal}");
        }
    }
}

#[test]
fn a_command_and_the_options_that_a_page_names_exist() {
    let (_, named) = documented();
    assert!(named.len() > 60, "only {} commands were found", named.len());
    for words in named {
        let Err(refusal) = CommandLine::try_parse_from(&words) else {
            continue;
        };
        let is_unknown = matches!(
            refusal.kind(),
            ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand
        );
        assert!(!is_unknown, "{words:?}: {refusal}");
    }
}

#[test]
fn a_line_of_a_shell_comes_apart_into_its_commands() {
    let line = "LONGHAUL_HOME=/tmp/x longhaul await 2 && longhaul run --name \"a b\" -- x > out   # and then";
    assert_eq!(
        commands_in(line),
        [
            vec!["longhaul", "await", "2"],
            vec!["longhaul", "run", "--name", "a b", "--", "x"]
        ]
    );
    assert_eq!(
        commands_in("curl -H \"A: $(longhaul token show)\" http://x"),
        Vec::<Vec<String>>::new()
    );
}
