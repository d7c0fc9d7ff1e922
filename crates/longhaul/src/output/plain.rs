//! Text from outside, made safe for a terminal: names and messages for one line, what has lines of its own line by line.

/// Names and messages come from anybody: line breaks become spaces, and nothing that could steer a terminal gets through.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if steers(c) => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect()
}

/// The same for text that has lines: they stay, and so do tabs and the two characters that end a line elsewhere.
pub(crate) fn plain_lines(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let is_harmless = match c {
            '\n' | '\t' => true,
            // Alone it would write over the line that it stands in.
            '\r' => rest.peek() == Some(&'\n'),
            c => !steers(c),
        };
        shown.push(if is_harmless { c } else { char::REPLACEMENT_CHARACTER });
    }
    shown
}

/// A path as git writes it in a patch: in quotes and escaped if anything in it could be mistaken, or could steer a terminal.
pub(crate) fn quoted_path(prefix: &str, path: &str) -> String {
    let must_be_quoted = |c: char| matches!(c, '"' | '\\') || steers(c);
    if !path.chars().any(must_be_quoted) {
        return format!("{prefix}{path}");
    }
    let mut quoted = format!("\"{prefix}");
    for c in path.chars() {
        match c {
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            '"' | '\\' => quoted.extend(['\\', c]),
            c if steers(c) => {
                let mut bytes = [0; 4];
                let octal = c.encode_utf8(&mut bytes).bytes().map(|byte| format!("\\{byte:03o}"));
                quoted.extend(octal);
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn steers(c: char) -> bool {
    c.is_control() || is_invisible(c)
}

/// Marks that change the direction of text: they make a line read otherwise than it is.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_gets_through() {
        assert_eq!(plain("a\nb\u{1b}[31mc\u{202e}d"), "a b\u{FFFD}[31mc\u{FFFD}d");
        assert_eq!(plain("grüße 🚀"), "grüße 🚀");
    }

    #[test]
    fn lines_stay_lines_and_none_is_written_over() {
        assert_eq!(plain_lines("a\tb\r\nc\rd\u{9b}e\n"), "a\tb\r\nc\u{FFFD}d\u{FFFD}e\n");
    }

    #[test]
    fn a_path_in_a_patch_is_quoted_as_git_does_it() {
        assert_eq!(quoted_path("a/", "plain name ü"), "a/plain name ü");
        assert_eq!(
            quoted_path("b/", "f\u{1b}]0;x\u{7}\"\\\n\u{202e}"),
            r#""b/f\033]0;x\007\"\\\n\342\200\256""#
        );
    }
}
