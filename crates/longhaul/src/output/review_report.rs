//! What a review found, for people.

use longhaul_api::{Review, ReviewFinding};

use super::plain::plain;

/// The report: the verdict, what is said of the whole, then one paragraph for each finding.
pub(crate) fn review_report(review: &Review) -> String {
    let verdict = match review.verdict.as_str() {
        "approve" => "approve",
        _ => "needs attention",
    };
    let count = match review.findings.len() {
        0 => "nothing found".to_owned(),
        1 => "1 finding".to_owned(),
        count => format!("{count} findings"),
    };
    let mut report = format!("Review: {verdict}, {count}\n");
    if !review.summary.is_empty() {
        report.push_str(&format!("\n{}\n", paragraph(&review.summary, "")));
    }
    for (index, found) in review.findings.iter().enumerate() {
        report.push_str(&format!("\n{}", finding(index + 1, found)));
    }
    report
}

fn finding(number: usize, finding: &ReviewFinding) -> String {
    let place = match (&finding.file, finding.lines) {
        (None, _) => String::new(),
        (Some(file), None) => format!("{}  ", plain(file)),
        (Some(file), Some(lines)) if lines.start == lines.end => format!("{}:{}  ", plain(file), lines.start),
        (Some(file), Some(lines)) => format!("{}:{}-{}  ", plain(file), lines.start, lines.end),
    };
    let sure = finding
        .confidence
        .map_or(String::new(), |share| format!(" ({:.0} % sure)", share * 100.0));
    let mut told = format!(
        "{number}. [{}] {place}{}{sure}\n",
        finding.severity.word(),
        plain(&finding.title)
    );
    if !finding.body.is_empty() && finding.body != finding.title {
        told.push_str(&format!("{}\n", paragraph(&finding.body, "   ")));
    }
    told
}

/// Every line without control characters, behind an indent.
fn paragraph(text: &str, indent: &str) -> String {
    let lines: Vec<String> = text
        .trim()
        .lines()
        .map(|line| format!("{indent}{}", plain(line)).trim_end().to_owned())
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use longhaul_api::review_of;

    use super::*;

    #[test]
    fn a_report_names_what_was_found_and_where() {
        let answer = r#"{"verdict":"needs-attention","summary":"It loses\ndata.","findings":[
            {"severity":"high","file":"src/a.rs","line_start":3,"line_end":9,"title":"Loses data","body":"First.\n\nThen.","confidence":0.9},
            {"severity":"low","file":null,"line_start":null,"line_end":null,"title":"Names\u001b[31m","body":"","confidence":0.4}]}"#;
        assert_eq!(
            review_report(&review_of(answer).expect("a review")),
            "Review: needs attention, 2 findings\n\nIt loses\ndata.\n\n1. [high] src/a.rs:3-9  Loses data (90 % sure)\n   \
             First.\n\n   Then.\n\n2. [low] Names\u{FFFD}[31m (40 % sure)\n"
        );
        let nothing = review_of(r#"{"findings":[]}"#).expect("a review");
        assert_eq!(review_report(&nothing), "Review: approve, nothing found\n");
    }
}
