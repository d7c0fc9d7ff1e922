//! A word of a closed list, as it goes over the wire. Who writes knows its list; who reads may be older, and keeps a word
//! that it does not know to show it as it is.

use std::borrow::Cow;
use std::fmt;

use longhaul_model::{
    Access, AgentError, BlockKind, Enforcement, Isolation, LandManner, Leftovers, Notify, Occasion, Reason, StateName,
    TaskKind, TriggerSource, WaitKind, Words,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{RefOr, schema::SchemaType};
use utoipa::{PartialSchema, ToSchema};

/// A word of the list `T`, or one that is newer than this program.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Word<T> {
    /// A word of the list.
    Known(T),
    /// Any other, as it was written.
    Unknown(String),
}

/// Where a task stands in its life.
pub type StateWord = Word<StateName>;
/// A kind of task.
pub type TaskKindWord = Word<TaskKind>;
/// What a task may do to its workspace.
pub type AccessWord = Word<Access>;
/// Where a writer works.
pub type IsolationWord = Word<Isolation>;
/// Who keeps a reader from writing.
pub type EnforcementWord = Word<Enforcement>;
/// Why a task ended as it did.
pub type ReasonWord = Word<Reason>;
/// The class of an agent's error.
pub type AgentErrorWord = Word<AgentError>;
/// What a waiting task waits for.
pub type WaitKindWord = Word<WaitKind>;
/// What keeps a queued task from starting.
pub type BlockKindWord = Word<BlockKind>;
/// What sort of source set a task off.
pub type TriggerSourceWord = Word<TriggerSource>;
/// What there is to tell of a task.
pub type OccasionWord = Word<Occasion>;
/// What happens to processes that a program leaves behind.
pub type LeftoversWord = Word<Leftovers>;
/// What to tell of a task.
pub type NotifyWord = Word<Notify>;
/// How changes become commits.
pub type LandMannerWord = Word<LandManner>;

impl<T: Words> Word<T> {
    /// The word that was written.
    pub fn read(word: impl Into<String>) -> Self {
        let word = word.into();
        T::of(&word).map_or(Self::Unknown(word), Self::Known)
    }

    /// What the word stands for; nothing if this program does not know it.
    pub fn known(&self) -> Option<T> {
        match self {
            Self::Known(known) => Some(*known),
            Self::Unknown(_) => None,
        }
    }

    /// The word itself.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(known) => known.word(),
            Self::Unknown(word) => word,
        }
    }
}

impl<T> Default for Word<T> {
    /// No word at all, which is on no list.
    fn default() -> Self {
        Self::Unknown(String::new())
    }
}

impl<T> From<T> for Word<T> {
    fn from(known: T) -> Self {
        Self::Known(known)
    }
}

impl<T: Words> PartialEq<T> for Word<T> {
    fn eq(&self, other: &T) -> bool {
        self.known().as_ref() == Some(other)
    }
}

impl<T: Words> fmt::Display for Word<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<T: Words> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de, T: Words> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::read)
    }
}

impl<T: Words> PartialSchema for Word<T> {
    fn schema() -> RefOr<Schema> {
        let words = T::all().iter().map(|known| known.word());
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .enum_values(Some(words))
            .description(Some(
                "One of these. A newer Longhaul may have more: show one you do not know as it is.",
            ))
            .into()
    }
}

impl<T: Words> ToSchema for Word<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }
}

#[cfg(test)]
mod tests {
    use longhaul_model::StateName;

    use super::*;

    #[test]
    fn a_word_that_is_not_known_is_kept_as_it_is() {
        let read = |word: &str| serde_json::from_value::<Word<StateName>>(serde_json::json!(word)).expect("any text");
        assert_eq!(read("running"), StateName::Running);
        assert_eq!(read("dreaming").known(), None);
        assert_eq!(read("dreaming").to_string(), "dreaming");
        assert_eq!(serde_json::json!(read("dreaming")), serde_json::json!("dreaming"));
    }

    #[test]
    fn the_schema_lists_every_word() {
        let RefOr::T(Schema::Object(schema)) = Word::<StateName>::schema() else {
            panic!("a schema of its own");
        };
        assert_eq!(schema.enum_values.map(|words| words.len()), Some(StateName::ALL.len()));
    }
}
