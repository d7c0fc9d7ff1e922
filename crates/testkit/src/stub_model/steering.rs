//! Finds in a prompt what the model shall do.

use serde_json::{Deserializer, Value};

use super::script::{self, Step};
use super::words;

/// The script a prompt carries: `stub: JSON` first, else the first known `stub-word`, else the plain answer.
pub(crate) fn script_of(prompt: &str) -> Vec<Step> {
    if let Some((_, rest)) = prompt.split_once("stub: ") {
        let first = Deserializer::from_str(rest).into_iter::<Value>().next();
        let read = match first {
            Some(Ok(value)) => script::read(&value),
            Some(Err(error)) => Err(error.to_string()),
            None => Err("nothing follows `stub:`".to_owned()),
        };
        return read.unwrap_or_else(|error| vec![Step::say(format!("The stub cannot read its script: {error}"))]);
    }
    let word = prompt.match_indices("stub-").find_map(|(start, mark)| {
        let rest = &prompt[start + mark.len()..];
        let end = rest
            .find(|letter: char| !letter.is_ascii_alphanumeric())
            .unwrap_or(rest.len());
        let argument = rest[end..].strip_prefix('=').unwrap_or_default();
        let is_argument = |letter: char| letter.is_ascii_alphanumeric() || "*+/=_.-".contains(letter);
        let length = argument.find(|letter| !is_argument(letter)).unwrap_or(argument.len());
        words::script(&rest[..end], &argument[..length])
    });
    word.unwrap_or_else(|| vec![Step::say(words::HELLO)])
}

/// The steps that are due when so many tool results have come since the prompt: up to the next tool call, or to the end.
pub(crate) fn due(steps: &[Step], results: usize) -> &[Step] {
    let mut left = results;
    let mut start = 0;
    for (index, step) in steps.iter().enumerate() {
        if step.calls() == 0 {
            continue;
        }
        if left < step.calls() {
            return &steps[start..=index];
        }
        left -= step.calls();
        start = index + 1;
    }
    &steps[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_anywhere_in_a_prompt() {
        assert_eq!(script_of("please do stub-empty now"), Vec::new());
        assert_eq!(script_of("(stub-json)"), words::script("json", "").unwrap_or_default());
        assert_eq!(script_of("stub-server words"), vec![Step::say(words::HELLO)]);
    }

    #[test]
    fn a_script_is_read_up_to_the_end_of_its_json() {
        let steps = script_of(r#"Task. stub: [{"run":"ls"},"done"] and more"#);
        assert_eq!(steps, vec![Step::Run(vec!["ls".to_owned()]), Step::say("done")]);
        let steps = script_of(r#"stub: {"sing":1}"#);
        assert_eq!(
            steps,
            vec![Step::say("The stub cannot read its script: no such act: sing")]
        );
    }

    #[test]
    fn each_tool_result_moves_the_script_on() {
        let steps = script_of(r#"stub: ["a",{"run":["x","y"]},"b",{"run":"z"},"c"]"#);
        assert_eq!(due(&steps, 0), &steps[0..2]);
        assert_eq!(due(&steps, 1), &steps[0..2]);
        assert_eq!(due(&steps, 2), &steps[2..4]);
        assert_eq!(due(&steps, 3), &steps[4..]);
        assert_eq!(due(&steps, 9), &steps[4..]);
    }
}
