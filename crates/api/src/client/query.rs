//! Addresses: a path and its parameters, percent-encoded.

use std::fmt::{Display, Write};

/// Builds `path?name=value&…`.
#[derive(Debug)]
pub(crate) struct Query {
    address: String,
    has_parameters: bool,
}

impl Query {
    pub(crate) fn new(path: impl Into<String>) -> Self {
        Self {
            address: path.into(),
            has_parameters: false,
        }
    }

    /// Adds a parameter.
    pub(crate) fn with(mut self, name: &str, value: impl Display) -> Self {
        self.address.push(if self.has_parameters { '&' } else { '?' });
        self.has_parameters = true;
        self.address.push_str(name);
        self.address.push('=');
        encode_into(&mut self.address, &value.to_string());
        self
    }

    /// Adds a parameter if there is a value.
    pub(crate) fn with_some(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub(crate) fn finish(self) -> String {
        self.address
    }
}

/// One segment of a path, with everything that has a meaning in an address encoded.
pub(crate) fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    encode_into(&mut encoded, text);
    encoded
}

fn encode_into(address: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            write!(address, "%{byte:02X}").expect("writing to a String never fails");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_an_address_is_encoded() {
        let address = Query::new("/tasks")
            .with("q", "a b&c=é")
            .with_some("x", None::<u8>)
            .with("limit", 3)
            .finish();
        assert_eq!(address, "/tasks?q=a%20b%26c%3D%C3%A9&limit=3");
        assert_eq!(segment("nightly/builds"), "nightly%2Fbuilds");
    }
}
