//! The last of an attempt's output as text for people.

use longhaul_supervisor::output::{Body, Reader, Stream};

/// The last line of a stream that is not blank, at most 200 characters; nothing if there is none.
pub(crate) fn last_line(output: &Reader, stream: Stream) -> Option<String> {
    let text = tail_text(output, 5, Some(stream));
    let line = text
        .split(['\n', '\r'])
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty())?;
    Some(plain(line).chars().take(200).collect())
}

/// The last lines of output as text; empty if there are none or they cannot be read.
pub(crate) fn tail_text(output: &Reader, lines: usize, stream: Option<Stream>) -> String {
    let pieces = output.tail_lines(lines, stream).unwrap_or_default();
    let bytes: Vec<u8> = pieces
        .into_iter()
        .flat_map(|piece| match piece.body {
            Body::Bytes(bytes) => bytes,
            Body::Gap(_) => Vec::new(),
        })
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A line without escape sequences and other control characters.
pub(crate) fn plain(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        if c == '\u{1b}' {
            // Control Sequence Introducer: parameters up to a final byte `@`–`~` (ECMA-48, 5.4).
            if characters.next_if_eq(&'[').is_some() {
                for parameter in characters.by_ref() {
                    if ('@'..='~').contains(&parameter) {
                        break;
                    }
                }
            }
        } else if !c.is_control() {
            shown.push(c);
        }
    }
    shown
}
