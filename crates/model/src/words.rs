//! Closed lists of words: each is spelled once, here in the model, for JSON, SQL and the screen.
//!
//! The lists are closed for who writes and open for who reads: what another version of Longhaul may have sent is read as
//! a `Word` of the wire, which keeps one that it does not know.

use std::fmt;

/// A closed list of words.
pub trait Words: Copy + Eq + fmt::Debug + 'static {
    /// The name of the list in descriptions of the API.
    const NAME: &'static str;
    /// What the words are, as a person calls it: `state`.
    const LIST: &'static str;

    /// Every one, in the order of the documentation.
    fn all() -> &'static [Self];

    /// The word used in JSON, SQL and on screen.
    fn word(self) -> &'static str;

    /// What this word stands for; nothing if the list does not have it.
    fn of(word: &str) -> Option<Self>;
}

/// A word that the list does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{list} must be {}, not `{typed}`", one_of(words))]
pub struct UnknownWord {
    /// Which list: `state`.
    list: &'static str,
    /// Every word it has.
    words: Vec<&'static str>,
    /// What was typed instead.
    typed: String,
}

impl UnknownWord {
    /// That `typed` is none of the words of `T`.
    pub fn new<T: Words>(typed: &str) -> Self {
        Self {
            list: T::LIST,
            words: T::all().iter().map(|known| known.word()).collect(),
            typed: typed.to_owned(),
        }
    }
}

/// `a, b or c`.
fn one_of(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// Spells an enum without data: `word`, `ALL`, and how it is read and written as text and as JSON. Further spellings may
/// be read; they are never written.
macro_rules! words {
    (
        $type:ident, $list:literal, { $($variant:ident => $word:literal),+ $(,)? }
        $(, also read { $($spelling:literal => $meant:ident),+ })?
    ) => {
        impl $type {
            /// Every one, in the order of the documentation.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];

            /// The word used in JSON, SQL and on screen.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl $crate::words::Words for $type {
            const NAME: &'static str = stringify!($type);
            const LIST: &'static str = $list;

            fn all() -> &'static [Self] {
                &Self::ALL
            }

            fn word(self) -> &'static str {
                self.word()
            }

            fn of(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    $($($spelling => Some(Self::$meant),)+)?
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::words::UnknownWord;

            fn from_str(typed: &str) -> Result<Self, Self::Err> {
                <Self as $crate::words::Words>::of(typed)
                    .ok_or_else(|| $crate::words::UnknownWord::new::<Self>(typed))
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let typed = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                typed.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Access, AgentError, BlockKind, Enforcement, Isolation, LandManner, Leftovers, Notify, Occasion, Reason,
        StateName, TaskKind, TriggerSource, WaitKind,
    };

    fn is_read_back<T>()
    where
        T: Words + fmt::Display + std::str::FromStr + serde::Serialize + serde::de::DeserializeOwned,
    {
        for known in T::all() {
            assert_eq!(T::of(known.word()), Some(*known));
            assert!(known.word().parse::<T>().is_ok_and(|read| read == *known));
            assert_eq!(serde_json::json!(known), serde_json::json!(known.word()));
            let read = serde_json::from_value::<T>(serde_json::json!(known.word()));
            assert!(read.is_ok_and(|read| read == *known), "{known}");
            assert!(
                known
                    .word()
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{known}"
            );
        }
        assert!("no such word".parse::<T>().is_err());
    }

    #[test]
    fn every_word_of_every_list_is_read_back() {
        is_read_back::<StateName>();
        is_read_back::<TaskKind>();
        is_read_back::<Access>();
        is_read_back::<Isolation>();
        is_read_back::<Enforcement>();
        is_read_back::<Reason>();
        is_read_back::<AgentError>();
        is_read_back::<WaitKind>();
        is_read_back::<BlockKind>();
        is_read_back::<TriggerSource>();
        is_read_back::<Occasion>();
        is_read_back::<Leftovers>();
        is_read_back::<Notify>();
        is_read_back::<LandManner>();
    }

    #[test]
    fn what_is_no_word_is_refused_with_the_words() {
        assert_eq!(
            "red".parse::<Access>().map_err(|error| error.to_string()),
            Err("access must be read-only, write or unmanaged, not `red`".to_owned())
        );
    }
}
