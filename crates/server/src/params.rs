//! The query of a URL. A name that is not known, given twice, or not readable is refused: a mistyped filter must
//! never widen a list in silence.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

use crate::problem::{Answer, Failure};

/// The parameters not yet taken.
#[derive(Debug)]
pub(crate) struct Params(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        match Query::<Vec<(String, String)>>::from_request_parts(parts, state).await {
            Ok(Query(pairs)) => Ok(Self(pairs)),
            Err(rejection) => Err(Failure::bad_request(rejection.body_text())),
        }
    }
}

impl Params {
    /// The value of `name`; nothing if it is not there or empty.
    pub(crate) fn text(&mut self, name: &str) -> Answer<Option<String>> {
        let mut found: Vec<_> = self.0.extract_if(.., |(known, _)| known == name).collect();
        if found.len() > 1 {
            return Err(Failure::bad_request(format!("`{name}` is given more than once")));
        }
        Ok(found.pop().map(|(_, value)| value).filter(|value| !value.is_empty()))
    }

    /// The value of `name`, read; nothing if it is not there or empty.
    pub(crate) fn parsed<T: FromStr<Err: Display>>(&mut self, name: &str) -> Answer<Option<T>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        text.parse()
            .map(Some)
            .map_err(|error| Failure::bad_request(format!("`{name}`: {error}")))
    }

    /// The whole number `name`, which must lie in `range`; nothing if it is not there or empty.
    pub(crate) fn number(&mut self, name: &str, range: RangeInclusive<u64>) -> Answer<Option<u64>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let is_plain = text.bytes().all(|b| b.is_ascii_digit());
        let number = if is_plain { text.parse().ok() } else { None };
        match number.filter(|number| range.contains(number)) {
            Some(number) => Ok(Some(number)),
            None if *range.end() == u64::MAX => Err(Failure::bad_request(format!(
                "`{name}` must be a whole number from {} up",
                range.start()
            ))),
            None => Err(Failure::bad_request(format!(
                "`{name}` must be a whole number from {} to {}",
                range.start(),
                range.end()
            ))),
        }
    }

    /// Refuses what nobody took.
    pub(crate) fn finish(self) -> Answer<()> {
        match self.0.first() {
            Some((name, _)) => Err(Failure::bad_request(format!("there is no parameter `{name}` here"))),
            None => Ok(()),
        }
    }
}
