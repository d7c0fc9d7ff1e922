//! Text from outside, made safe for one line of a terminal.

/// Names and messages come from anybody: line breaks become spaces, and nothing that could steer a terminal gets through.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if c.is_control() || is_invisible(c) => '\u{FFFD}',
            c => c,
        })
        .collect()
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
}
