//! Texts made fit for showing: cut with a mark, or brought onto one line.

/// How much of a tool's output an activity holds. The output itself has it whole.
pub(crate) const TOOL_OUTPUT_BYTES: usize = 64 << 10;

/// How much of a tool's input an activity holds.
pub(crate) const TOOL_INPUT_BYTES: usize = 16 << 10;

/// How much of a line that is not understood an activity holds.
pub(crate) const UNKNOWN_LINE_BYTES: usize = 4 << 10;

/// How long a tool call's title is, in characters.
const TITLE_CHARACTERS: usize = 200;

/// The text, at most this long; a cut is marked with how many bytes are left out.
pub(crate) fn cut(text: &str, longest_bytes: usize) -> String {
    if text.len() <= longest_bytes {
        return text.to_owned();
    }
    let kept = beginning(text, longest_bytes);
    format!("{kept}… ({} bytes more)", text.len() - kept.len())
}

/// The beginning of the text, at most this long, without half a character at its end.
pub(crate) fn beginning(text: &str, longest_bytes: usize) -> &str {
    let end = (0..=longest_bytes.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}

/// The first line that holds something, with every run of white space as one blank, and `…` where something follows.
pub(crate) fn title(text: &str) -> String {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or("");
    let mut title = first.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_cut = title.chars().nth(TITLE_CHARACTERS).is_some();
    if is_cut {
        title = title.chars().take(TITLE_CHARACTERS).collect();
    }
    if is_cut || lines.next().is_some() {
        title.push('…');
    }
    title
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_falls_between_characters_and_is_marked() {
        assert_eq!(
            cut("grün", 4),
            "grün"
                .get(..4)
                .map(|kept| format!("{kept}… (1 bytes more)"))
                .unwrap_or_default()
        );
        assert_eq!(cut("grün", 3), "gr… (3 bytes more)");
        assert_eq!(cut("grün", 5), "grün");
    }

    #[test]
    fn a_title_is_one_line() {
        assert_eq!(title("\n  cargo   test\t-p x\n"), "cargo test -p x");
        assert_eq!(title("one\ntwo"), "one…");
        assert_eq!(title(""), "");
        assert_eq!(title(&"x".repeat(500)).chars().count(), 201);
    }
}
