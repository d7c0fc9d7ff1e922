//! An error with its causes in one line: the way every room writes one into a log, an answer or a hint.
//!
//! What this is not: a way to hand errors on. Who can still act on one hands on the error itself.

/// The error and its causes, `what: why: why that`. An error without a cause is its own text.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("starting the daemon")]
    struct Outer(#[source] Inner);

    #[derive(Debug, thiserror::Error)]
    #[error("reading its settings")]
    struct Inner(#[source] std::fmt::Error);

    #[test]
    fn every_cause_is_named_once_and_the_deepest_last() {
        let error = Outer(Inner(std::fmt::Error));
        let deepest = std::fmt::Error.to_string();
        assert_eq!(
            with_causes(&error),
            format!("starting the daemon: reading its settings: {deepest}")
        );
    }

    #[test]
    fn an_error_without_a_cause_is_its_own_text() {
        assert_eq!(with_causes(&std::fmt::Error), std::fmt::Error.to_string());
    }
}
