//! One measured line of the table, and how lines are shown.

use serde_json::json;

/// One figure with what it is compared to.
#[derive(Debug)]
pub(crate) struct Row {
    name: String,
    what: String,
    measured: String,
    ratio: Option<f64>,
    target: String,
    is_met: Option<bool>,
}

impl Row {
    /// A ratio that must stay at or below `limit`.
    pub(crate) fn at_most(name: &str, what: &str, measured: String, ratio: f64, limit: f64) -> Self {
        Self::new(
            name,
            what,
            measured,
            Some(ratio),
            format!("≤ {limit} ×"),
            Some(ratio <= limit),
        )
    }

    /// A ratio that must reach `floor`.
    pub(crate) fn at_least(name: &str, what: &str, measured: String, ratio: f64, floor: f64) -> Self {
        Self::new(
            name,
            what,
            measured,
            Some(ratio),
            format!("≥ {floor} ×"),
            Some(ratio >= floor),
        )
    }

    /// An absolute figure against an absolute target; the ratio shown is figure by target.
    pub(crate) fn within(name: &str, what: &str, measured: String, figure: f64, limit: f64, target: &str) -> Self {
        Self::new(
            name,
            what,
            measured,
            Some(figure / limit),
            target.to_owned(),
            Some(figure <= limit),
        )
    }

    /// Left out, and why.
    pub(crate) fn skipped(name: &str, what: &str, why: &str) -> Self {
        Self::new(name, what, format!("left out: {why}"), None, String::new(), None)
    }

    /// Could not be measured.
    pub(crate) fn failed(name: &str, error: &anyhow::Error) -> Self {
        Self::new(
            name,
            "(not measured)",
            format!("failed: {error:#}"),
            None,
            String::new(),
            Some(false),
        )
    }

    fn new(name: &str, what: &str, measured: String, ratio: Option<f64>, target: String, is_met: Option<bool>) -> Self {
        Self {
            name: name.to_owned(),
            what: what.to_owned(),
            measured,
            ratio,
            target,
            is_met,
        }
    }
}

/// The table, for people.
pub(crate) fn print(rows: &[Row]) {
    println!();
    for row in rows {
        let ratio = row.ratio.map_or_else(String::new, |ratio| format!("{ratio:.3} ×"));
        let verdict = match row.is_met {
            Some(true) => "met",
            Some(false) => "NOT MET",
            None => "–",
        };
        println!(
            "{:<3} {:<58} {:>9}   {:<12} {}",
            row.name, row.what, ratio, row.target, verdict
        );
        println!("      {}", row.measured);
    }
}

/// The same, for programs.
pub(crate) fn as_json(rows: &[Row], is_quick: bool) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "row": row.name, "what": row.what, "measured": row.measured,
                "ratio": row.ratio, "target": row.target, "met": row.is_met,
            })
        })
        .collect();
    format!("{:#}\n", json!({ "quick": is_quick, "rows": rows }))
}
