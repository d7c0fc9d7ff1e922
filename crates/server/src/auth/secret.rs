//! A secret text: made of the system's randomness, compared in constant time, never shown by accident.

use std::fmt;
use std::io;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// How much randomness is in one, in bytes.
const STRENGTH_BYTES: usize = 32;

/// A secret.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl Secret {
    /// A new one, in letters that need no quoting in an address or a header.
    pub(crate) fn random() -> io::Result<Self> {
        let mut bytes = [0; STRENGTH_BYTES];
        random_bytes(&mut bytes)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// One that was kept.
    pub(super) fn kept(text: String) -> Self {
        Self(text)
    }

    /// The text itself, for the one place it must go to.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether this is it. Takes equally long for every wrong one.
    pub(crate) fn equals(&self, presented: &str) -> bool {
        digest(&self.0).ct_eq(&digest(presented)).into()
    }

    /// A mark that only who knows this secret can make: HMAC-SHA256, in the same letters.
    pub(super) fn sign(&self, purpose: &str, text: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()).expect("invariant: HMAC takes any key");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What stands for a secret where it is only compared.
pub(super) fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Fills the bytes from the system's generator.
pub(super) fn random_bytes(bytes: &mut [u8]) -> io::Result<()> {
    getrandom::fill(bytes).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_long_differs_each_time_and_does_not_show_itself() {
        let (one, other) = (
            Secret::random().expect("randomness"),
            Secret::random().expect("randomness"),
        );
        assert_eq!(one.reveal().len(), 43);
        assert!(!one.equals(other.reveal()) && one.equals(one.reveal()));
        assert!(!one.equals("") && !one.equals(&format!("{}x", one.reveal())));
        assert_eq!(format!("{one:?}"), "Secret(…)");
    }

    #[test]
    fn a_signature_depends_on_secret_purpose_and_text() {
        let secret = Secret::kept("k".to_owned());
        let signed = secret.sign("a", "b");
        assert_eq!(signed, secret.sign("a", "b"));
        assert_ne!(signed, secret.sign("a", "c"));
        assert_ne!(signed, secret.sign("c", "b"));
        assert_ne!(signed, Secret::kept("l".to_owned()).sign("a", "b"));
    }
}
