//! Lengths of time as people type them: `90s`, `10m`, `1h30m`, `250ms`, `2d`, or bare seconds.

use std::time::Duration;

/// What was typed is not a length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{typed}` is not a length of time: write it like 90s, 10m, 1h30m, 250ms or 2d")]
pub struct DurationError {
    /// The text as typed.
    pub typed: String,
}

/// Longest accepted length, a hundred years, so that adding one to a time never overflows.
const LONGEST_MS: u128 = 100 * 366 * 86_400_000;

const UNITS: [(&str, u128); 6] = [
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
    ("w", 604_800_000),
];

/// Reads a length of time; a bare number means seconds. Fractions (`1.5h`) are accepted.
pub fn parse_duration(typed: &str) -> Result<Duration, DurationError> {
    let refuse = || DurationError {
        typed: typed.to_owned(),
    };
    let mut rest = typed.trim();
    if rest.is_empty() {
        return Err(refuse());
    }
    let mut total_ms: u128 = 0;
    while !rest.is_empty() {
        let number_end = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let (number, after) = rest.split_at(number_end);
        let unit_end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, next) = after.split_at(unit_end);
        let factor_ms = match unit.trim() {
            "" if number_end == typed.trim().len() => 1_000,
            unit => UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(refuse)?.1,
        };
        total_ms = total_ms
            .checked_add(scaled(number, factor_ms).ok_or_else(refuse)?)
            .ok_or_else(refuse)?;
        rest = next.trim_start();
    }
    if total_ms > LONGEST_MS {
        return Err(refuse());
    }
    u64::try_from(total_ms).map(Duration::from_millis).map_err(|_| refuse())
}

/// `number` (digits, perhaps with a fraction) times `factor`, rounded down; nothing if it is no such number.
fn scaled(number: &str, factor: u128) -> Option<u128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) || fraction.len() > 9 {
        return None;
    }
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let part: u128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    whole
        .checked_mul(factor)?
        .checked_add(part * factor / 10_u128.pow(fraction.len() as u32))
}

/// A length of time for people, in at most two units: `0.4s`, `12s`, `3m 05s`, `2h 10m`, `4d 3h`.
pub fn format_duration(length: Duration) -> String {
    let seconds = length.as_secs();
    match seconds {
        0..10 => format!("{:.1}s", length.as_secs_f64()),
        10..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{}h {:02}m", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{}d {}h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_people_write_them() {
        for (typed, ms) in [
            ("0", 0),
            ("10", 10_000),
            ("1.5", 1_500),
            ("250ms", 250),
            ("90s", 90_000),
            ("10m", 600_000),
            ("1h30m", 5_400_000),
            ("1h 30m", 5_400_000),
            ("0.5h", 1_800_000),
            ("2d", 172_800_000),
        ] {
            assert_eq!(parse_duration(typed), Ok(Duration::from_millis(ms)), "{typed}");
        }
    }

    #[test]
    fn what_is_not_a_length_is_refused() {
        for typed in [
            "",
            " ",
            "x",
            "-1",
            "1x",
            "m",
            "1m2",
            "1..2s",
            ".",
            "1e9",
            "99999999999999999999h",
            "200000w",
        ] {
            assert!(parse_duration(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn lengths_are_shown_in_at_most_two_units() {
        let shown: Vec<_> = [400, 12_000, 185_000, 7_800_000, 356_400_000]
            .map(|ms| format_duration(Duration::from_millis(ms)))
            .into();
        assert_eq!(shown, ["0.4s", "12s", "3m 05s", "2h 10m", "4d 3h"]);
    }
}
