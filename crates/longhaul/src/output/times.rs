//! Times for people.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use longhaul_model::format_duration;

/// How long ago that was: `now`, `12s ago`, `3m ago`, `2h ago`, `4d ago`. A time ahead, as after a clock was set back, is `now`.
pub(crate) fn age(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(then.as_second());
    match seconds {
        ..1 => "now".to_owned(),
        1..60 => format!("{seconds}s ago"),
        60..3_600 => format!("{}m ago", seconds / 60),
        3_600..86_400 => format!("{}h ago", seconds / 3_600),
        _ => format!("{}d ago", seconds / 86_400),
    }
}

/// The local date and time, to the second.
pub(crate) fn local_time(time: Timestamp) -> String {
    time.to_zoned(TimeZone::system())
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}

/// Milliseconds as a length of time.
pub(crate) fn length(milliseconds: u64) -> String {
    format_duration(Duration::from_millis(milliseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_use_one_unit_and_are_never_negative() {
        let now = Timestamp::from_second(1_000_000).expect("in range");
        let ago = |seconds: i64| age(Timestamp::from_second(1_000_000 - seconds).expect("in range"), now);
        assert_eq!(
            [ago(-50), ago(0), ago(59), ago(60), ago(7_300), ago(200_000)],
            ["now", "now", "59s ago", "1m ago", "2h ago", "2d ago"]
        );
    }
}
