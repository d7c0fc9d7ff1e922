//! Arguments, paths and names in JSON: as a string where they are UTF-8, else as a list of byte values.
//!
//! The system's strings are bytes. A prompt or a path that is not UTF-8 must arrive unchanged.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One such text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawText(pub(crate) OsString);

impl Serialize for RawText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.to_str() {
            Some(text) => serializer.serialize_str(text),
            None => serializer.collect_seq(self.0.as_bytes()),
        }
    }
}

impl<'de> Deserialize<'de> for RawText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Text(String),
            Bytes(Vec<u8>),
        }
        Ok(Self(match Form::deserialize(deserializer)? {
            Form::Text(text) => text.into(),
            Form::Bytes(bytes) => OsString::from_vec(bytes),
        }))
    }
}

/// For one `OsString` or `PathBuf` field.
pub(crate) mod one {
    use super::{Deserialize, Deserializer, OsString, RawText, Serialize, Serializer};
    use std::ffi::OsStr;

    pub(crate) fn serialize<S: Serializer>(value: impl AsRef<OsStr>, serializer: S) -> Result<S::Ok, S::Error> {
        RawText(value.as_ref().to_owned()).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: From<OsString>>(deserializer: D) -> Result<T, D::Error> {
        RawText::deserialize(deserializer).map(|raw| raw.0.into())
    }
}

/// For a field that may be absent.
pub(crate) mod optional {
    use super::{Deserialize, Deserializer, RawText, Serialize, Serializer};
    use std::path::PathBuf;

    pub(crate) fn serialize<S: Serializer>(value: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
        value
            .as_ref()
            .map(|path| RawText(path.clone().into()))
            .serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
        Ok(Option::<RawText>::deserialize(deserializer)?.map(|raw| raw.0.into()))
    }
}

/// For a list.
pub(crate) mod list {
    use super::{Deserialize, Deserializer, OsString, RawText, Serializer};

    pub(crate) fn serialize<S: Serializer>(value: &[OsString], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(value.iter().map(|one| RawText(one.clone())))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<OsString>, D::Error> {
        Ok(Vec::<RawText>::deserialize(deserializer)?
            .into_iter()
            .map(|raw| raw.0)
            .collect())
    }
}

/// For a list of paths.
pub(crate) mod paths {
    use super::{Deserialize, Deserializer, RawText, Serializer};
    use std::path::PathBuf;

    pub(crate) fn serialize<S: Serializer>(value: &[PathBuf], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(value.iter().map(|one| RawText(one.clone().into())))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<PathBuf>, D::Error> {
        Ok(Vec::<RawText>::deserialize(deserializer)?
            .into_iter()
            .map(|raw| raw.0.into())
            .collect())
    }
}
