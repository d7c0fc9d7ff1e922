//! Reads one line of JSON, forgivingly: programs cut their texts in the middle of a character.

use serde_json::Value;

/// The object on this line; nothing if there is none.
///
/// Bytes that are not UTF-8, and halves of characters beyond U+FFFF written as an escape of their own (JavaScript cuts
/// texts between the two), are read as U+FFFD: a single one must not cost a whole answer.
pub(crate) fn object(line: &[u8]) -> Option<Value> {
    let value = match serde_json::from_slice(line) {
        Ok(value) => value,
        // The costly way, only for what the straight one refuses.
        Err(_) => serde_json::from_str(&whole_characters(&String::from_utf8_lossy(line))).ok()?,
    };
    matches!(value, Value::Object(_)).then_some(value)
}

/// The text at this pointer; nothing if there is none.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str()
}

/// The count at this pointer; nothing if there is none.
pub(crate) fn count(value: &Value, pointer: &str) -> Option<u64> {
    let number = value.pointer(pointer)?;
    // Some programs write counts as `12.0`.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a fraction of a token is none, and a cast saturates"
    )]
    number.as_u64().or_else(|| {
        number
            .as_f64()
            .filter(|number| *number >= 0.0)
            .map(|number| number as u64)
    })
}

/// The same JSON text, with every escaped half of a character replaced.
fn whole_characters(json: &str) -> String {
    let mut whole = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        whole.push_str(before);
        let taken = match unit(escape) {
            Some(0xD800..=0xDBFF) if matches!(unit(escape.get(6..).unwrap_or("")), Some(0xDC00..=0xDFFF)) => 12,
            Some(0xD800..=0xDFFF) => {
                whole.push('\u{FFFD}');
                rest = &escape[6..];
                continue;
            }
            Some(_) => 6,
            // `\\`, `\"` and the like: the character behind it belongs to it.
            None => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        whole.push_str(&escape[..taken]);
        rest = &escape[taken..];
    }
    whole.push_str(rest);
    whole
}

/// The number in a leading escape: `\u` and four hexadecimal digits.
fn unit(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<String> {
        object(line.as_bytes()).and_then(|value| text(&value, "/a").map(str::to_owned))
    }

    #[test]
    fn half_a_character_does_not_cost_the_line() {
        assert_eq!(read(r#"{"a":"x\ud83dy"}"#).as_deref(), Some("x\u{FFFD}y"));
        assert_eq!(read(r#"{"a":"\ude00"}"#).as_deref(), Some("\u{FFFD}"));
        assert_eq!(
            read(r#"{"a":"\ud83d\ude00 \\ud83d \ud83d"}"#).as_deref(),
            Some("😀 \\ud83d \u{FFFD}")
        );
        assert_eq!(
            object(b"{\"a\":\"\xff\"}").as_ref().and_then(|value| text(value, "/a")),
            Some("\u{FFFD}")
        );
    }

    #[test]
    fn what_is_no_object_is_nothing() {
        for line in [
            "",
            "x",
            "3",
            "null",
            "[1]",
            "\"{}\"",
            "{\"a\":",
            "{\"a\":\"\\",
            "{\"a\":\"\\u12",
            "{\"a\":\"\\ud83d",
        ] {
            assert_eq!(object(line.as_bytes()), None, "{line}");
        }
        // Deeper than anybody means it.
        assert_eq!(object(format!("{}1", "{\"a\":".repeat(100_000)).as_bytes()), None);
    }
}
