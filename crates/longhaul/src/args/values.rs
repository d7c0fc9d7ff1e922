//! Values that people type: lengths of time, times, labels, variables.

use std::str::FromStr;
use std::time::Duration;

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use longhaul_model::{DurationError, parse_duration};

/// How long to wait: nothing stands for a time so long that it makes no difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WaitLimit(pub(crate) Option<Duration>);

impl FromStr for WaitLimit {
    type Err = DurationError;

    fn from_str(typed: &str) -> Result<Self, DurationError> {
        match parse_duration(typed) {
            Ok(length) => Ok(Self(Some(length))),
            Err(_) if is_too_long(typed) => Ok(Self(None)),
            Err(error) => Err(error),
        }
    }
}

/// Whether it reads like a length of time and is refused only for its size.
fn is_too_long(typed: &str) -> bool {
    let unit = typed.trim_start_matches(|c: char| c.is_ascii_digit());
    unit.len() < typed.len() && ["", "ms", "s", "m", "h", "d", "w"].contains(&unit)
}

impl WaitLimit {
    /// Reads whole milliseconds, however many.
    pub(crate) fn from_milliseconds(typed: &str) -> Result<Self, String> {
        if typed.is_empty() || !typed.bytes().all(|b| b.is_ascii_digit()) {
            return Err("it must be a whole number of milliseconds, 0 or more".to_owned());
        }
        Ok(Self(typed.parse().ok().map(Duration::from_millis)))
    }
}

/// A value that `none` takes away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clearable<T>(pub(crate) Option<T>);

/// Reads how long something may last: no time at all is a mistake, not a limit.
pub(crate) fn limit(typed: &str) -> Result<Duration, String> {
    match parse_duration(typed) {
        Ok(Duration::ZERO) => Err("a limit of nothing lets nothing run: leave it out for no limit".to_owned()),
        Ok(length) => Ok(length),
        Err(error) => Err(error.to_string()),
    }
}

/// Reads a limit, or `none`.
pub(crate) fn limit_or_none(typed: &str) -> Result<Clearable<Duration>, String> {
    if typed == "none" {
        Ok(Clearable(None))
    } else {
        limit(typed).map(|length| Clearable(Some(length)))
    }
}

/// Reads a length of time, or `none`.
pub(crate) fn length_or_none(typed: &str) -> Result<Clearable<Duration>, DurationError> {
    if typed == "none" {
        Ok(Clearable(None))
    } else {
        parse_duration(typed).map(|length| Clearable(Some(length)))
    }
}

/// Reads a text, or `none`.
pub(crate) fn text_or_none(typed: &str) -> Result<Clearable<String>, std::convert::Infallible> {
    Ok(Clearable((typed != "none").then(|| typed.to_owned())))
}

/// Reads a time, or `none`.
pub(crate) fn time_or_none(typed: &str) -> Result<Clearable<TimeOfDay>, TimeError> {
    if typed == "none" {
        Ok(Clearable(None))
    } else {
        typed.parse().map(|time| Clearable(Some(time)))
    }
}

/// A time as typed; what it means may depend on today and the time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeOfDay {
    /// RFC 3339.
    Exact(Timestamp),
    /// A local date and time.
    Local(DateTime),
    /// A local time: the next time the clock shows it.
    Next(Time),
}

/// What was typed is not a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{typed}` is not a time: write it like 18:30, `2026-11-30 18:30` or 2026-11-30T18:30:00Z")]
pub(crate) struct TimeError {
    typed: String,
}

impl FromStr for TimeOfDay {
    type Err = TimeError;

    fn from_str(typed: &str) -> Result<Self, TimeError> {
        if let Ok(exact) = typed.parse() {
            return Ok(Self::Exact(exact));
        }
        // A date alone would silently mean midnight.
        if typed.contains(':') {
            if let Ok(local) = typed.parse() {
                return Ok(Self::Local(local));
            }
            if let Ok(next) = typed.parse() {
                return Ok(Self::Next(next));
            }
        }
        Err(TimeError {
            typed: typed.to_owned(),
        })
    }
}

impl TimeOfDay {
    /// The moment it means, seen from `now` in this time zone.
    ///
    /// # Errors
    /// If the calendar ends before it.
    pub(crate) fn resolve(self, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, jiff::Error> {
        match self {
            Self::Exact(exact) => Ok(exact),
            Self::Local(local) => Ok(zone.to_zoned(local)?.timestamp()),
            Self::Next(time) => {
                let here: Zoned = now.to_zoned(zone.clone());
                let today = zone.to_zoned(here.date().to_datetime(time))?;
                let next = if today > here {
                    today
                } else {
                    zone.to_zoned(here.date().tomorrow()?.to_datetime(time))?
                };
                Ok(next.timestamp())
            }
        }
    }
}

/// `KEY=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) key: String,
    pub(crate) value: String,
}

impl FromStr for Label {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        match typed.split_once('=') {
            Some((key, value)) if !key.is_empty() => Ok(Self {
                key: key.to_owned(),
                value: value.to_owned(),
            }),
            _ => Err("a label is written KEY=VALUE".to_owned()),
        }
    }
}

/// `NAME=VALUE`, or `NAME` for the value it has here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) value: Option<String>,
}

impl FromStr for Variable {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let (name, value) = match typed.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (typed, None),
        };
        if name.is_empty() {
            return Err("a variable is written NAME=VALUE or NAME".to_owned());
        }
        if name.starts_with("LONGHAUL_") {
            return Err("names that begin with LONGHAUL_ belong to Longhaul".to_owned());
        }
        Ok(Self {
            name: name.to_owned(),
            value,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_huge_wait_is_no_limit_and_nonsense_is_refused() {
        assert_eq!("10m".parse(), Ok(WaitLimit(Some(Duration::from_secs(600)))));
        assert_eq!("0".parse(), Ok(WaitLimit(Some(Duration::ZERO))));
        assert_eq!("99999999999999999999h".parse(), Ok(WaitLimit(None)));
        for typed in ["-1", "soon", "", "1y"] {
            assert!(typed.parse::<WaitLimit>().is_err(), "{typed}");
        }
        assert_eq!(
            WaitLimit::from_milliseconds("99999999999999999999999"),
            Ok(WaitLimit(None))
        );
        assert!(WaitLimit::from_milliseconds("-5").is_err());
    }

    #[test]
    fn a_limit_of_nothing_is_refused() {
        assert_eq!(limit("5m"), Ok(Duration::from_secs(300)));
        for typed in ["0", "0s", "0ms", "-1", "soon"] {
            assert!(limit(typed).is_err(), "{typed}");
            assert!(limit_or_none(typed).is_err(), "{typed}");
        }
        assert_eq!(limit_or_none("none"), Ok(Clearable(None)));
    }

    #[test]
    fn a_time_of_day_means_its_next_occurrence() {
        let now: Timestamp = "2026-11-20T10:00:00Z".parse().expect("a time");
        for (typed, expected) in [
            ("18:30", "2026-11-20T18:30:00Z"),
            ("09:00", "2026-11-21T09:00:00Z"),
            ("2026-12-01 08:15", "2026-12-01T08:15:00Z"),
            ("2026-12-01T08:15:00+01:00", "2026-12-01T07:15:00Z"),
        ] {
            let time: TimeOfDay = typed.parse().expect("a time");
            let resolved = time.resolve(now, &TimeZone::UTC).expect("within the calendar");
            assert_eq!(resolved.to_string(), expected, "{typed}");
        }
        for typed in ["tomorrow", "25:00", "2026-12-01", ""] {
            assert!(typed.parse::<TimeOfDay>().is_err(), "{typed}");
        }
    }

    #[test]
    fn labels_and_variables_are_split_at_the_first_equals_sign() {
        assert_eq!(
            "a=b=c".parse(),
            Ok(Label {
                key: "a".into(),
                value: "b=c".into()
            })
        );
        assert!("a".parse::<Label>().is_err());
        assert_eq!(
            "A=".parse(),
            Ok(Variable {
                name: "A".into(),
                value: Some(String::new())
            })
        );
        assert_eq!(
            "A".parse(),
            Ok(Variable {
                name: "A".into(),
                value: None
            })
        );
        assert!("LONGHAUL_TOKEN=x".parse::<Variable>().is_err());
    }
}
