//! When a usage limit is reset: what agents tell of it, and the moment that is meant.
//!
//! Some tell the moment, some how long it takes, some a time of the clock. Which moment the last two mean depends on
//! when they were said, which only the caller knows.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

/// When a usage limit is reset, as an agent told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reset {
    /// At this moment, in seconds since 1970.
    At {
        /// The moment.
        at_s: i64,
    },
    /// So long after it was said.
    After {
        /// How long, in seconds.
        after_s: u64,
    },
    /// When the clock shows this.
    Clock {
        /// The day; nothing means the next time that the clock shows it.
        date: Option<Date>,
        /// The time, to the minute.
        time: Time,
        /// The clock's time zone, where it was told; otherwise it is the agent's own.
        zone: Option<String>,
    },
}

/// A time of the clock that is over for no longer than this was meant so: it took a while until we came to it.
const JUST_OVER: SignedDuration = SignedDuration::from_mins(10);

impl Reset {
    /// The moment that is meant, in seconds since 1970; nothing if there is no such moment.
    ///
    /// `said` is when it was said, in the agent's time zone.
    pub fn at_s(&self, said: &Zoned) -> Option<i64> {
        match self {
            Self::At { at_s } => Some(*at_s),
            Self::After { after_s } => said.timestamp().as_second().checked_add_unsigned(*after_s),
            Self::Clock { date, time, zone } => {
                let zone = match zone {
                    Some(name) => TimeZone::get(name).ok()?,
                    None => said.time_zone().clone(),
                };
                // Seconds are cut off when it is told; coming a moment early would hit the limit once more.
                let moment = |date: Date| {
                    let shown = date.to_datetime(*time).to_zoned(zone.clone()).ok()?;
                    Some(shown.timestamp().as_second() + 60)
                };
                if let Some(date) = date {
                    return moment(*date);
                }
                let today = said.with_time_zone(zone.clone()).date();
                let earliest = said
                    .timestamp()
                    .checked_sub(JUST_OVER)
                    .map_or(i64::MIN, Timestamp::as_second);
                [today.yesterday().ok()?, today, today.tomorrow().ok()?]
                    .into_iter()
                    .filter_map(moment)
                    .find(|moment| *moment >= earliest)
            }
        }
    }
}

/// What this text tells of the reset; nothing if it tells none, or not clearly.
///
/// Known forms: `try again at 7:56 AM`, `try again at Nov 21st, 2026 7:56 AM`, `try again in 3 days 4 hours`, `try again
/// in 1.898s`, `resets 8:53am (UTC)`, `resets Nov 21, 8am (Europe/Berlin)`, `will reset after 2h13m40s`.
pub(crate) fn told(text: &str) -> Option<Reset> {
    let lower = text.to_lowercase();
    for mark in ["try again at ", "resets at ", "reset at ", "resets "] {
        if let Some(at) = lower.find(mark)
            && let Some(reset) = clock(&lower[at + mark.len()..], text)
        {
            return Some(reset);
        }
    }
    for mark in [
        "try again in ",
        "retry in ",
        "resets in ",
        "reset in ",
        "reset after ",
        "retry after ",
    ] {
        if let Some(at) = lower.find(mark)
            && let Some(after_s) = seconds(&lower[at + mark.len()..])
        {
            return Some(Reset::After { after_s });
        }
    }
    None
}

/// The whole seconds, rounded up, that this text begins with: `3600s`, `2h13m40s`, `1.5s`, `3 days 4 hours 12 minutes`,
/// `less than a minute`. Nothing if it begins with no duration.
pub(crate) fn seconds(text: &str) -> Option<u64> {
    let text = text.trim_start().to_lowercase();
    if text.starts_with("less than a minute") {
        return Some(60);
    }
    let mut rest = text.as_str();
    let mut total = None;
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        rest = rest.strip_prefix("and ").unwrap_or(rest);
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let Ok(amount) = rest[..digits].parse::<f64>() else {
            break;
        };
        let behind = rest[digits..].trim_start();
        let word = &behind[..behind.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(behind.len())];
        let unit_s = match word {
            "ms" | "millisecond" | "milliseconds" => 0.001,
            "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3_600.0,
            "d" | "day" | "days" => 86_400.0,
            "w" | "week" | "weeks" => 604_800.0,
            _ => break,
        };
        total = Some(total.unwrap_or(0.0) + amount * unit_s);
        rest = &behind[word.len()..];
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative, and the cast saturates"
    )]
    total.map(|seconds: f64| seconds.ceil() as u64)
}

/// A time of the clock at the beginning of this text, in lower case. `whole` has the same text as it was written, for
/// the name of a time zone.
fn clock(text: &str, whole: &str) -> Option<Reset> {
    let (date, text) = day(text);
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let mut hour: i8 = text[..digits].parse().ok()?;
    let mut rest = &text[digits..];
    let mut minute = 0;
    let mut is_time = false;
    if let Some(behind) = rest.strip_prefix(':') {
        minute = behind.get(..2)?.parse().ok()?;
        rest = &behind[2..];
        is_time = true;
        if let Some(behind) = rest.strip_prefix(':') {
            rest = behind.get(2..)?;
        }
    }
    rest = rest.trim_start();
    let noon = [("am", 0), ("a.m.", 0), ("pm", 12), ("p.m.", 12)]
        .into_iter()
        .find(|(mark, _)| rest.starts_with(mark));
    if let Some((mark, add)) = noon {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + add;
        rest = &rest[mark.len()..];
        is_time = true;
    }
    // A bare number is anything.
    is_time.then_some(())?;
    let time = Time::new(hour, minute, 0, 0).ok()?;
    let zone = match rest
        .trim_start()
        .strip_prefix('(')
        .and_then(|behind| behind.split_once(')'))
    {
        Some((name, _)) => {
            let at = whole.to_lowercase().find(&format!("({name})"))?;
            Some(whole.get(at + 1..=at + name.len())?.to_owned())
        }
        None if rest.trim_start().starts_with("utc") => Some("UTC".to_owned()),
        None => None,
    };
    Some(Reset::Clock { date, time, zone })
}

/// The day this text begins with, as `nov 21st, 2026 ` or `2026-11-21 `, and what comes behind it.
fn day(text: &str) -> (Option<Date>, &str) {
    let attempt = || {
        if let Some(date) = text.get(..10).and_then(|day| day.parse::<Date>().ok()) {
            return Some((date, text[10..].trim_start_matches(['t', ' ', ','])));
        }
        const MONTHS: [&str; 12] = [
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ];
        let month = MONTHS.iter().position(|month| text.starts_with(month))?;
        let rest = text
            .trim_start_matches(|c: char| c.is_ascii_alphabetic())
            .trim_start_matches(['.', ' ']);
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let day: i8 = rest[..digits].parse().ok()?;
        let rest = rest[digits..]
            .trim_start_matches(|c: char| c.is_ascii_alphabetic())
            .trim_start_matches([',', ' ']);
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        // Without a year nothing is certain enough: the caller falls back to asking again later.
        let year: i16 = (digits == 4).then(|| rest[..4].parse().ok())??;
        let date = Date::new(year, i8::try_from(month + 1).ok()?, day).ok()?;
        Some((date, rest[4..].trim_start_matches([',', ' ']).trim_start_matches("at ")))
    };
    attempt().map_or((None, text), |(date, rest)| (Some(date), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said() -> Zoned {
        "2026-11-20T06:57:20+01:00[Europe/Berlin]".parse().expect("a moment")
    }

    fn moment(text: &str) -> Option<String> {
        let at_s = told(text)?.at_s(&said())?;
        Some(Timestamp::from_second(at_s).expect("in range").to_string())
    }

    #[test]
    fn a_time_of_the_clock_is_the_agents_own_and_never_comes_early() {
        let text = "or try again at 7:56 AM.";
        assert_eq!(moment(text).as_deref(), Some("2026-11-20T06:57:00Z"));
        assert_eq!(moment("try again at 12:05 AM").as_deref(), Some("2026-11-20T23:06:00Z"));
        assert_eq!(moment("try again at 12:05 PM").as_deref(), Some("2026-11-20T11:06:00Z"));
        assert_eq!(moment("try again at 19:30").as_deref(), Some("2026-11-20T18:31:00Z"));
    }

    #[test]
    fn a_time_that_is_just_over_is_over_and_one_that_is_long_over_is_tomorrows() {
        assert_eq!(moment("try again at 6:56 AM").as_deref(), Some("2026-11-20T05:57:00Z"));
        assert_eq!(moment("try again at 6:30 AM").as_deref(), Some("2026-11-21T05:31:00Z"));
        let reset = told("try again at 11:59 PM").expect("told");
        let past_midnight: Zoned = "2026-11-21T00:01:00+01:00[Europe/Berlin]".parse().expect("a moment");
        let at = Timestamp::from_second(reset.at_s(&past_midnight).expect("a moment")).expect("in range");
        assert_eq!(at.to_string(), "2026-11-20T23:00:00Z");
    }

    #[test]
    fn a_day_and_a_zone_are_taken_as_told() {
        assert_eq!(
            moment("try again at Nov 21st, 2026 7:56 AM.").as_deref(),
            Some("2026-11-21T06:57:00Z")
        );
        assert_eq!(
            moment("Try again at Dec 2nd, 2026 11:05 PM").as_deref(),
            Some("2026-12-02T22:06:00Z")
        );
        assert_eq!(
            moment("You've hit your 5-hour limit · resets 8:53am (UTC)").as_deref(),
            Some("2026-11-20T08:54:00Z")
        );
        assert_eq!(
            moment("limit reached · resets 3pm (America/New_York)").as_deref(),
            Some("2026-11-20T20:01:00Z")
        );
    }

    #[test]
    fn durations_are_counted_from_when_they_were_said() {
        assert_eq!(told("Please try again in 1.898s."), Some(Reset::After { after_s: 2 }));
        assert_eq!(
            told("try again in 3 days 4 hours 12 minutes."),
            Some(Reset::After { after_s: 274_320 })
        );
        assert_eq!(
            told("Your quota will reset after 2h13m40s."),
            Some(Reset::After { after_s: 8_020 })
        );
        assert_eq!(
            told("try again in less than a minute"),
            Some(Reset::After { after_s: 60 })
        );
        assert_eq!(
            moment("try again in 20 minutes").as_deref(),
            Some("2026-11-20T06:17:20Z")
        );
        assert_eq!(seconds("3600s"), Some(3_600));
    }

    #[test]
    fn what_is_not_clear_is_not_told() {
        for text in [
            "try again later.",
            "try again at 25:00",
            "try again at 13:70 PM",
            "try again at 5",
            "try again in a while",
            "resets soon",
            "resets Nov 21",
            "try again at noon",
            "try again at 7:5",
            "the limit of 5 resets 3 counters",
            "resets 8am (Nowhere/Atall)",
            "",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
