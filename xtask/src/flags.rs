//! Command-line words of one xtask command: switches, values, nothing else.
//!
//! Not a parser library: six commands with a handful of flags do not pay for one.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Result, bail};

/// The flags that were given.
#[derive(Debug, Default)]
pub(crate) struct Flags {
    switches: Vec<String>,
    values: BTreeMap<String, Vec<String>>,
}

/// "Error" of `--help`: the text is printed, the command is over, and it went well.
#[derive(Debug)]
pub(crate) struct HelpShown;

impl fmt::Display for HelpShown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the help was printed")
    }
}

impl std::error::Error for HelpShown {}

impl Flags {
    /// Reads `arguments`: `switches` stand alone, `valued` take the next word. Anything else is refused.
    pub(crate) fn parse(arguments: &[String], help: &str, switches: &[&str], valued: &[&str]) -> Result<Self> {
        let mut flags = Self::default();
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            if word == "--help" || word == "-h" {
                print!("{help}");
                return Err(HelpShown.into());
            } else if switches.contains(&word.as_str()) {
                flags.switches.push(word.clone());
            } else if valued.contains(&word.as_str()) {
                let Some(value) = words.next() else {
                    bail!("{word} needs a value")
                };
                flags.values.entry(word.clone()).or_default().push(value.clone());
            } else {
                bail!("unknown argument `{word}`\n\n{help}");
            }
        }
        Ok(flags)
    }

    /// Whether the switch was given.
    pub(crate) fn has(&self, switch: &str) -> bool {
        self.switches.iter().any(|given| given == switch)
    }

    /// All values given for the flag, in order; empty when none was.
    pub(crate) fn all(&self, flag: &str) -> &[String] {
        self.values.get(flag).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_valued_flag_may_be_given_twice() {
        let flags =
            Flags::parse(&words("--row B1 --quick --row B4"), "", &["--quick"], &["--row"]).expect("good flags");
        assert!(flags.has("--quick"));
        assert_eq!(flags.all("--row"), ["B1", "B4"]);
    }

    #[test]
    fn an_unknown_word_and_a_missing_value_are_refused() {
        assert!(Flags::parse(&words("--fast"), "", &["--quick"], &[]).is_err());
        assert!(Flags::parse(&words("--row"), "", &[], &["--row"]).is_err());
    }
}
