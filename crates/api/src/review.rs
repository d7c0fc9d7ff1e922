//! What a review found: asked for with a schema, read leniently, since not every agent keeps to it.
//!
//! One function reads it, from the agent's final message; the page, the command line and `/result` tell the same.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A review that is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewRequest {
    /// Review what has changed since the branch left this one, uncommitted changes included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Review uncommitted changes alone. With neither, those are reviewed if there are any, else the branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncommitted: Option<bool>,
    /// Whether the reviewer should try to show that the change is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adversarial: Option<bool>,
    /// What to look at above all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focus: Option<String>,
}

/// What a review found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Review {
    /// `approve` or `needs-attention`.
    pub verdict: String,
    /// What the reviewer says of the change as a whole.
    pub summary: String,
    /// What was found, the most severe first.
    pub findings: Vec<ReviewFinding>,
}

/// One thing that a review found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReviewFinding {
    /// How bad it is.
    pub severity: Severity,
    /// The file; nothing if it is about none in particular.
    pub file: Option<String>,
    /// Its lines; nothing if it is about the file as a whole.
    pub lines: Option<LineRange>,
    /// What is wrong, in a few words.
    pub title: String,
    /// Why, and what would mend it.
    pub body: String,
    /// How sure the reviewer is, from 0 to 1; nothing if it did not say.
    pub confidence: Option<f64>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Data is lost, or somebody gets in.
    Critical,
    /// It is wrong where it matters.
    High,
    /// It is wrong in a corner, or will be.
    Medium,
    /// It could be better.
    Low,
}

/// Lines of a file, counted from 1, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LineRange {
    /// The first.
    pub start: u64,
    /// The last.
    pub end: u64,
}

impl Severity {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }

    /// What reviewers call it, in their many words. What is not known is taken seriously, but not very.
    fn of(word: &str) -> Self {
        match word.trim().to_ascii_lowercase().as_str() {
            "critical" | "blocker" | "p0" | "severe" => Self::Critical,
            "high" | "major" | "error" | "p1" => Self::High,
            "low" | "minor" | "info" | "nit" | "note" | "p3" => Self::Low,
            _ => Self::Medium,
        }
    }
}

/// The JSON schema that a reviewer's answer should follow.
pub fn review_schema() -> Value {
    let nullable_line = json!({"type": ["integer", "null"], "minimum": 1});
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["verdict", "summary", "findings"],
        "properties": {
            "verdict": {"type": "string", "enum": ["approve", "needs-attention"]},
            "summary": {"type": "string"},
            "findings": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["severity", "file", "line_start", "line_end", "title", "body", "confidence"],
                    "properties": {
                        "severity": {"type": "string", "enum": ["critical", "high", "medium", "low"]},
                        "file": {"type": ["string", "null"]},
                        "line_start": nullable_line,
                        "line_end": nullable_line,
                        "title": {"type": "string"},
                        "body": {"type": "string"},
                        "confidence": {"type": "number", "minimum": 0, "maximum": 1}
                    }
                }
            }
        }
    })
}

/// What this final message of a reviewer says; nothing if it does not follow the schema even with good will: bare, in a
/// fence, or with prose around it.
pub fn review_of(message: &str) -> Option<Review> {
    objects_in(message).rev().find_map(|value| review(&value))
}

/// So many braces and brackets of prose are tried, and no more: each try may read to the end.
const MOST_TRIES: u32 = 500;

/// The JSON values in a text, outermost only, in order.
fn objects_in(text: &str) -> std::vec::IntoIter<Value> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut tries = 0;
    while let Some(begin) = text[at..].find(['{', '[']).map(|step| at + step) {
        tries += 1;
        if tries > MOST_TRIES {
            break;
        }
        let mut values = serde_json::Deserializer::from_str(&text[begin..]).into_iter::<Value>();
        at = match values.next() {
            Some(Ok(value)) => {
                found.push(value);
                begin + values.byte_offset()
            }
            // A brace of prose or of code.
            _ => begin + 1,
        };
    }
    found.into_iter()
}

fn review(value: &Value) -> Option<Review> {
    let listed = match value {
        Value::Array(findings) if !findings.is_empty() => findings,
        _ => value.get("findings")?.as_array()?,
    };
    let mut findings: Vec<ReviewFinding> = listed.iter().filter_map(finding).collect();
    if findings.is_empty() && !listed.is_empty() {
        return None;
    }
    findings.sort_by_key(|finding| finding.severity);
    let word = |name: &str| value.get(name).and_then(Value::as_str);
    let is_approved = match word("verdict") {
        Some(verdict) => matches!(
            verdict.trim().to_ascii_lowercase().as_str(),
            "approve" | "approved" | "lgtm" | "ok"
        ),
        None => findings.is_empty(),
    };
    Some(Review {
        verdict: if is_approved { "approve" } else { "needs-attention" }.to_owned(),
        summary: word("summary").unwrap_or_default().trim().to_owned(),
        findings,
    })
}

fn finding(value: &Value) -> Option<ReviewFinding> {
    let text = |names: &[&str]| {
        let found = names.iter().find_map(|name| value.get(name)?.as_str());
        found.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let body = text(&["body", "description", "details", "message"]);
    let title = text(&["title"]).or_else(|| Some(body.as_ref()?.lines().next()?.to_owned()))?;
    Some(ReviewFinding {
        severity: Severity::of(&text(&["severity", "priority"]).unwrap_or_default()),
        file: text(&["file", "path"]),
        lines: lines(value),
        title,
        body: body.unwrap_or_default(),
        confidence: value.get("confidence").and_then(confidence),
    })
}

/// `line_start` and `line_end`, or `lines` as a number, a pair, an object or `12-20`.
fn lines(value: &Value) -> Option<LineRange> {
    let range = |start: u64, end: Option<u64>| {
        let end = end.unwrap_or(start).max(start);
        (start > 0).then_some(LineRange { start, end })
    };
    if let Some(start) = value.get("line_start").and_then(Value::as_u64) {
        return range(start, value.get("line_end").and_then(Value::as_u64));
    }
    match value.get("lines").or_else(|| value.get("line"))? {
        Value::Number(line) => range(line.as_u64()?, None),
        Value::Array(pair) => range(pair.first()?.as_u64()?, pair.get(1).and_then(Value::as_u64)),
        Value::Object(pair) => range(pair.get("start")?.as_u64()?, pair.get("end").and_then(Value::as_u64)),
        Value::String(typed) => {
            let mut ends = typed
                .split(['-', '–', ':'])
                .map(|end| end.trim().trim_start_matches('L').parse().ok());
            range(ends.next()??, ends.next().flatten())
        }
        _ => None,
    }
}

fn confidence(value: &Value) -> Option<f64> {
    let told = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(word) => match word.trim().to_ascii_lowercase().as_str() {
            "high" => 0.9,
            "medium" => 0.6,
            "low" => 0.3,
            number => number.trim_end_matches('%').trim().parse().ok()?,
        },
        _ => return None,
    };
    // Some count in percent.
    let share = if told > 1.0 { told / 100.0 } else { told };
    share.is_finite().then(|| share.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"{"verdict":"needs-attention","summary":"Two things.","findings":[
        {"severity":"low","file":"b.rs","line_start":null,"line_end":null,"title":"Naming","body":"x","confidence":0.5},
        {"severity":"critical","file":"a.rs","line_start":3,"line_end":9,"title":"Loses data","body":"y\nz","confidence":0.95}]}"#;

    #[test]
    fn an_answer_is_read_bare_fenced_and_with_prose_around_it() {
        let bare = review_of(ANSWER).expect("it follows the schema");
        assert_eq!(bare.verdict, "needs-attention");
        assert_eq!(bare.findings[0].title, "Loses data", "the most severe first");
        assert_eq!(bare.findings[0].lines, Some(LineRange { start: 3, end: 9 }));
        for told in [
            format!("```json\n{ANSWER}\n```"),
            format!("Here it is. I looked at `if x {{ y }}` and [this].\n\n```\n{ANSWER}\n```\nHope that helps {{}}"),
            format!("{{\"thinking\": 1}}\n{ANSWER}"),
        ] {
            assert_eq!(review_of(&told), Some(bare.clone()), "{told}");
        }
    }

    #[test]
    fn what_was_found_does_not_depend_on_the_reviewers_words() {
        let told = r#"[{"priority":"P1","path":"x.c","lines":"12-20","description":"Off by one.\nLonger.","confidence":"80%"},
            {"severity":"weird","title":"T","line":7,"confidence":250}]"#;
        let review = review_of(told).expect("findings alone will do");
        assert_eq!(review.verdict, "needs-attention");
        let first = &review.findings[0];
        assert_eq!((first.severity, first.title.as_str()), (Severity::High, "Off by one."));
        assert_eq!(first.lines, Some(LineRange { start: 12, end: 20 }));
        assert_eq!(first.confidence, Some(0.8));
        assert_eq!(review.findings[1].severity, Severity::Medium);
        assert_eq!(review.findings[1].lines, Some(LineRange { start: 7, end: 7 }));
        assert_eq!(review.findings[1].confidence, Some(1.0));
    }

    #[test]
    fn nothing_found_is_an_approval() {
        let review = review_of(r#"{"findings": []}"#).expect("an empty list is a list");
        assert_eq!((review.verdict.as_str(), review.findings.len()), ("approve", 0));
    }

    #[test]
    fn what_is_no_review_is_none() {
        for told in [
            "",
            "Looks good to me!",
            "{}",
            "[]",
            "[1, 2]",
            r#"{"findings": "none"}"#,
            r#"{"findings":[{}]}"#,
            "{{{{[",
        ] {
            assert_eq!(review_of(told), None, "{told}");
        }
    }

    #[test]
    fn a_review_follows_its_own_schema() {
        let schema = review_schema();
        let asked = &schema["properties"]["findings"]["items"];
        let required = asked["required"].as_array().expect("a list");
        let properties = asked["properties"].as_object().expect("an object");
        // A strict reader of schemas wants every property to be required.
        assert_eq!(required.len(), properties.len());
        assert!(
            required
                .iter()
                .all(|name| properties.contains_key(name.as_str().unwrap_or("")))
        );
    }
}
