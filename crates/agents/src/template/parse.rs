//! What the lines of an agent of the user's own mean: what its settings point at, and nothing else.

use serde_json::Value;

use crate::activity::Kind;
use crate::json::text;
use crate::reading::Stated;
use crate::reset;
use crate::transcript::{Dialect, Told};
use crate::trouble::{Trouble, class_of};

/// Where in a line something is.
#[derive(Debug)]
pub(super) struct TemplateDialect {
    pub(super) message: String,
    pub(super) session: Option<String>,
    pub(super) error: Option<String>,
}

impl Dialect for TemplateDialect {
    fn line(&mut self, line: &Value, told: &mut Told) -> bool {
        let at = |pointer: &Option<String>| text(line, pointer.as_deref()?).filter(|found| !found.is_empty());
        let mut is_understood = false;
        if let Some(session) = at(&self.session) {
            told.session(session, None);
            is_understood = true;
        }
        if let Some(error) = at(&self.error) {
            told.did(Kind::Error { text: error.to_owned() });
            told.trouble(trouble(error));
            is_understood = true;
        }
        if let Some(message) = text(line, &self.message) {
            told.message(message);
            is_understood = true;
        }
        is_understood
    }

    fn finish(&mut self, told: &mut Told) {
        // It has no word for its end: a message and exit 0 are all that there is.
        told.reading.stated = told.reading.message.is_some().then_some(Stated::Success);
    }
}

/// The trouble these words tell of.
fn trouble(words: &str) -> Trouble {
    let lower = words.to_ascii_lowercase();
    if lower.contains("usage limit") || (lower.contains("quota") && lower.contains("exceeded")) {
        Trouble::usage_limit(reset::told(words), words)
    } else {
        Trouble::new(class_of(None, words), words)
    }
}
