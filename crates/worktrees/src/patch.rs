//! Reading git's patch text into hunks.

use std::path::PathBuf;

use crate::git::path;

/// One place in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hunk {
    /// The line that begins with `@@`.
    pub header: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// One line of a hunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub kind: LineKind,
    /// Its text, without the sign before it.
    pub text: String,
}

/// What a line of a hunk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// On both sides.
    Context,
    /// New.
    Add,
    /// Gone.
    Delete,
    /// Git's word about the line before: that no line feed ends it.
    Note,
}

/// The hunks of every file, by the name it has now, or had if it is gone.
pub(crate) fn read(text: &[u8]) -> Vec<(PathBuf, Vec<Hunk>)> {
    let mut files: Vec<(PathBuf, Vec<Hunk>)> = Vec::new();
    let mut old = PathBuf::new();
    // How many lines of the hunk are still to come, on each side: a removed line may look like a header.
    let (mut left_old, mut left_new) = (0_u64, 0_u64);
    for line in text.split(|byte| *byte == b'\n') {
        if left_old == 0 && left_new == 0 {
            if line.starts_with(b"diff --git ") {
                files.push((PathBuf::new(), Vec::new()));
                continue;
            }
            let Some((name, hunks)) = files.last_mut() else {
                continue;
            };
            if let Some(from) = line.strip_prefix(b"--- ") {
                old = named(from);
            } else if let Some(to) = line.strip_prefix(b"+++ ") {
                let new = named(to);
                *name = if new.as_os_str().is_empty() { old.clone() } else { new };
            } else if line.starts_with(b"@@ ") {
                let header = String::from_utf8_lossy(line).into_owned();
                (left_old, left_new) = lengths(&header);
                hunks.push(Hunk {
                    header,
                    lines: Vec::new(),
                });
            } else if let Some(note) = line.strip_prefix(b"\\ ")
                && let Some(hunk) = hunks.last_mut()
            {
                hunk.lines.push(Line {
                    kind: LineKind::Note,
                    text: String::from_utf8_lossy(note).into_owned(),
                });
            }
            continue;
        }
        let (kind, rest) = match line.split_first() {
            Some((b'+', rest)) => (LineKind::Add, rest),
            Some((b'-', rest)) => (LineKind::Delete, rest),
            Some((b'\\', rest)) => (LineKind::Note, rest.strip_prefix(b" ").unwrap_or(rest)),
            Some((_, rest)) => (LineKind::Context, rest),
            None => (LineKind::Context, line),
        };
        left_old = left_old.saturating_sub(u64::from(matches!(kind, LineKind::Context | LineKind::Delete)));
        left_new = left_new.saturating_sub(u64::from(matches!(kind, LineKind::Context | LineKind::Add)));
        if let Some(hunk) = files.last_mut().and_then(|(_, hunks)| hunks.last_mut()) {
            hunk.lines.push(Line {
                kind,
                text: String::from_utf8_lossy(rest).into_owned(),
            });
        }
    }
    files
}

/// The name after `a/` or `b/`; empty for `/dev/null`. Names with special characters are quoted as in C.
fn named(told: &[u8]) -> PathBuf {
    let told = told.strip_suffix(b"\t").unwrap_or(told);
    let plain = match told.strip_prefix(b"\"").and_then(|told| told.strip_suffix(b"\"")) {
        Some(quoted) => unquoted(quoted),
        None => told.to_vec(),
    };
    match plain.as_slice() {
        b"/dev/null" => PathBuf::new(),
        plain => path(plain.get(2..).unwrap_or_default()),
    }
}

fn unquoted(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'\\' {
            plain.push(*first);
            continue;
        }
        let octal = rest
            .get(..3)
            .filter(|digits| digits.iter().all(|digit| (b'0'..=b'7').contains(digit)));
        if let Some(digits) = octal {
            plain.push(
                digits
                    .iter()
                    .fold(0_u8, |value, digit| value.wrapping_mul(8).wrapping_add(digit - b'0')),
            );
            rest = &rest[3..];
        } else if let Some((escaped, after)) = rest.split_first() {
            plain.push(match escaped {
                b'n' => b'\n',
                b't' => b'\t',
                b'r' => b'\r',
                b'a' => 7,
                b'b' => 8,
                b'f' => 12,
                b'v' => 11,
                other => *other,
            });
            rest = after;
        }
    }
    plain
}

/// How many lines a hunk has on each side, from `@@ -1,2 +3 @@`.
fn lengths(header: &str) -> (u64, u64) {
    let mut ranges = header.split(' ').skip(1);
    let mut length = || {
        let range = ranges.next().unwrap_or_default();
        range
            .split_once(',')
            .map_or(Some(1), |(_, count)| count.parse().ok())
            .unwrap_or(0)
    };
    (length(), length())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_line_that_looks_like_a_header_is_a_removed_line() {
        let text = b"diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1,2 +1 @@ fn\n--- a/y\n keep\n\\ No newline at end of file\n";
        let files = read(text);
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].0, PathBuf::from("x"));
        let kinds: Vec<LineKind> = files[0].1[0].lines.iter().map(|line| line.kind).collect();
        assert_eq!(kinds, [LineKind::Delete, LineKind::Context, LineKind::Note]);
        assert_eq!(files[0].1[0].lines[0].text, "-- a/y");
    }

    #[test]
    fn quoted_names_are_read_as_git_writes_them() {
        assert_eq!(named(b"\"b/a\\tb\\303\\244\\\"\""), PathBuf::from("a\tb\u{e4}\""));
        assert_eq!(named(b"b/with space\t"), PathBuf::from("with space"));
        assert_eq!(named(b"/dev/null"), PathBuf::new());
    }
}
