//! Which of the forms of a file somebody takes: as it is, or one of those that were compressed when the page was built.

/// A compressed form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Encoding {
    /// The word in the headers.
    pub(super) word: &'static str,
    /// What the file's name ends with.
    pub(super) suffix: &'static str,
}

/// The smallest first.
const FORMS: [Encoding; 2] = [
    Encoding {
        word: "br",
        suffix: ".br",
    },
    Encoding {
        word: "gzip",
        suffix: ".gz",
    },
];

/// The compressed forms that `accepted`, the header, takes; the smallest first.
pub(super) fn accepted_forms(accepted: &str) -> impl Iterator<Item = Encoding> {
    FORMS.into_iter().filter(move |form| takes(accepted, form.word))
}

fn takes(accepted: &str, word: &str) -> bool {
    let wish = |name: &str| {
        accepted.split(',').find_map(|part| {
            let mut pieces = part.split(';').map(str::trim);
            let is_it = pieces.next()?.eq_ignore_ascii_case(name);
            let quality = pieces.find_map(|piece| piece.strip_prefix("q="));
            is_it.then(|| quality.is_none_or(|quality| quality.parse().is_ok_and(|quality: f32| quality > 0.0)))
        })
    };
    wish(word).or_else(|| wish("*")).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_form_that_is_accepted_comes_first() {
        let words = |accepted| accepted_forms(accepted).map(|form| form.word).collect::<Vec<_>>();
        assert_eq!(words("gzip, deflate, br, zstd"), ["br", "gzip"]);
        assert_eq!(words("gzip"), ["gzip"]);
        assert_eq!(words("*"), ["br", "gzip"]);
        assert_eq!(words("br;q=0, gzip;q=0.5"), ["gzip"]);
        assert_eq!(words("*, br;q=0"), ["gzip"]);
        assert!(words("").is_empty() && words("identity").is_empty() && words("GZIP;q=x").is_empty());
    }
}
