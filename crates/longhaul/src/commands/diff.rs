//! `longhaul diff`

use std::fmt::Write as _;

use longhaul_api::{Changes, ErrorCode, FileChange};

use super::{Context, Outcome};
use crate::args::DiffArguments;
use crate::ask_error::AskError;
use crate::daemon_link::Link;
use crate::exit;
use crate::failure::Failure;
use crate::output::{plain, quoted_path};

pub(super) async fn run(context: &Context, arguments: &DiffArguments) -> Outcome {
    let link = Link::open(&context.settings).await?;
    let id = arguments.id.get();
    let changes = link
        .ask(async |client| client.changes(id, !arguments.stat).await)
        .await
        .map_err(refusal)?;
    if arguments.json {
        context.screen.json(&changes)?;
    } else if arguments.stat {
        context.screen.bytes(stat(&changes).as_bytes())?;
    } else {
        context.screen.foreign(&patch(&changes))?;
        let left_out = changes.files.iter().filter(|file| file.is_truncated).count();
        if left_out > 0 {
            context.screen.talk(format_args!(
                "{left_out} files are too long to show; `--stat` lists them all"
            ));
        }
    }
    Ok(exit::DONE)
}

/// A task that is known but has no changes to show is no unknown task.
fn refusal(error: AskError) -> Failure {
    let code = error.code();
    let failure = Failure::from(error);
    match code {
        Some(ErrorCode::NotFound) => Failure {
            code: exit::REFUSED,
            ..failure
        },
        _ => failure,
    }
}

/// The files and how many lines changed in each, with a line that sums them up.
fn stat(changes: &Changes) -> String {
    let names: Vec<String> = changes.files.iter().map(named).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (file, name) in changes.files.iter().zip(names) {
        let counts = match (file.additions, file.deletions) {
            (Some(added), Some(removed)) => format!("+{added} -{removed}"),
            _ => "binary".to_owned(),
        };
        let _ = writeln!(text, " {name:width$} | {:12} {counts}", file.status);
    }
    let count = changes.files.len();
    let noun = if count == 1 { "file" } else { "files" };
    let more = if changes.is_truncated { ", not all shown" } else { "" };
    let (added, removed) = (changes.additions, changes.deletions);
    let _ = writeln!(text, " {count} {noun}, +{added} -{removed}{more}");
    text
}

fn named(file: &FileChange) -> String {
    match &file.old_path {
        Some(old) => format!("{} => {}", plain(old), plain(&file.path)),
        None => plain(&file.path),
    }
}

/// The lines about a file's mode, without which links and programs would come out as plain files.
fn put_modes(text: &mut String, file: &FileChange) {
    let (old, new) = (file.old_mode.as_deref(), file.new_mode.as_deref());
    let plain = "100644";
    let _ = match file.status.as_str() {
        "added" | "untracked" => writeln!(text, "new file mode {}", new.unwrap_or(plain)),
        "deleted" => writeln!(text, "deleted file mode {}", old.unwrap_or(plain)),
        "modified" | "renamed" | "copied" if old != new => {
            let (old, new) = (old.unwrap_or(plain), new.unwrap_or(plain));
            writeln!(text, "old mode {old}\nnew mode {new}")
        }
        _ => Ok(()),
    };
}

/// The hunks as `git apply` reads them. What is binary or too long is only named.
fn patch(changes: &Changes) -> String {
    let mut text = String::new();
    for file in &changes.files {
        let old = file.old_path.as_ref().unwrap_or(&file.path);
        let (before, after) = (quoted_path("a/", old), quoted_path("b/", &file.path));
        let _ = writeln!(text, "diff --git {before} {after}");
        let is_new = matches!(file.status.as_str(), "added" | "untracked");
        put_modes(&mut text, file);
        match file.status.as_str() {
            "renamed" | "copied" => {
                let verb = if file.status == "copied" { "copy" } else { "rename" };
                let (old, new) = (quoted_path("", old), quoted_path("", &file.path));
                let _ = writeln!(text, "{verb} from {old}\n{verb} to {new}");
            }
            _ => {}
        }
        if file.is_truncated {
            let (added, removed) = (file.additions.unwrap_or(0), file.deletions.unwrap_or(0));
            let _ = writeln!(text, "too long to show: +{added} -{removed}");
            continue;
        }
        if file.hunks.is_empty() && !file.is_binary {
            continue;
        }
        let from = if is_new { "/dev/null".to_owned() } else { before };
        let to = if file.status == "deleted" {
            "/dev/null".to_owned()
        } else {
            after
        };
        if file.is_binary {
            let _ = writeln!(text, "Binary files {from} and {to} differ");
            continue;
        }
        let _ = writeln!(text, "--- {from}\n+++ {to}");
        for hunk in &file.hunks {
            let _ = writeln!(text, "{}", hunk.header);
            for line in &hunk.lines {
                let sign = match line.kind.as_str() {
                    "add" => "+",
                    "delete" => "-",
                    "note" => "\\ ",
                    _ => " ",
                };
                let _ = writeln!(text, "{sign}{}", line.text);
            }
        }
    }
    text
}
