//! The one place of the command line that asks for the time: ages on screen, and `--at 18:30`.

use jiff::Timestamp;

/// Now.
#[expect(clippy::disallowed_methods, reason = "this is the command line's clock")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}
