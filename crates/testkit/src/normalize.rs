//! Text in which what differs from run to run is replaced by its name.

use std::path::Path;

/// Replaces the world's folder by `[world]`, times of day by `[time]`, and lengths of time by `[length]`.
pub fn normalize(text: &str, root: &Path) -> String {
    let text = text.replace(root.to_string_lossy().as_ref(), "[world]");
    text.split_inclusive(char::is_whitespace).map(word).collect()
}

fn word(word: &str) -> String {
    let core = word.trim_end();
    let space = &word[core.len()..];
    let bare = core.trim_matches(|c: char| "\"',()[]".contains(c));
    if is_time(bare) {
        return core.replace(bare, "[time]") + space;
    }
    if is_length(bare) {
        return core.replace(bare, "[length]") + space;
    }
    word.to_owned()
}

fn is_time(text: &str) -> bool {
    let has_date = text.len() >= 20 && text.as_bytes().get(10) == Some(&b'T') && text.ends_with('Z');
    has_date && text.starts_with(|c: char| c.is_ascii_digit())
}

fn is_length(text: &str) -> bool {
    ["ms", "s"].iter().any(|unit| {
        text.strip_suffix(unit)
            .is_some_and(|number| !number.is_empty() && number.parse::<f64>().is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_varies_is_named() {
        let text = "ran 1.5s in /tmp/lhX/work at 2026-11-20T10:00:00.123Z\n(12ms), said so";
        let expected = "ran [length] in [world]/work at [time]\n([length]), said so";
        assert_eq!(normalize(text, Path::new("/tmp/lhX")), expected);
    }
}
