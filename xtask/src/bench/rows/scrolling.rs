//! B10: the page over a hundred thousand tasks, in a real browser.
//!
//! What this is not: the size of the page, which its build refuses to exceed.

use std::net::TcpListener;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::figures::{Figures, ms};
use super::finished;
use super::row::Row;
use super::world::Bench;
use crate::{page_test, shell};

const COUNT: u64 = 100_000;
const FIRST_LIST: Duration = Duration::from_millis(500);
/// Longer, and a frame is missed that somebody sees.
const LONGEST_TASK: Duration = Duration::from_millis(50);

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let Some(chromium) = page_test::chromium() else {
        return Ok(vec![Row::skipped("B10", "the page", "there is no Chromium")]);
    };
    let script = shell::root().join("web/scripts/speed.js");
    if !shell::root().join("web/node_modules/@playwright").exists() {
        let why = "`npm ci` was not done in web/";
        return Ok(vec![Row::skipped("B10", "the page", why)]);
    }
    let mut warm = finished::warm_with(bench, COUNT)?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let config = warm.home.longhaul_home().join("config.toml");
    std::fs::write(&config, format!("listen = \"127.0.0.1:{port}\"\n"))?;
    warm.stop()?;
    warm.restart()?;
    let printed = warm.home.ask(&["open", "--print"])?;
    let link = printed
        .trim()
        .lines()
        .next_back()
        .context("`longhaul open` printed nothing")?;
    let mut node = shell::program("node");
    node.arg(script)
        .args([link, &bench.rounds(9, 3).to_string()])
        .env("CHROMIUM", chromium);
    let speed: Value = serde_json::from_str(&shell::output(&mut node)?).context("reading what the browser measured")?;
    let lists = Figures::of(durations(&speed["lists"])?);
    let scrolls = Figures::of(durations(&speed["scrolls"])?);
    Ok(vec![
        Row::within(
            "B10",
            &format!("first list of the page, {COUNT} tasks in the store"),
            lists.to_string(),
            lists.median_ms(),
            ms(FIRST_LIST),
            "< 500 ms",
        ),
        Row::within(
            "B10",
            "longest task of the page while it is scrolled",
            format!("{scrolls}; none is told as 0"),
            // None may be longer, so the worst counts.
            ms(scrolls.percentile(100)),
            ms(LONGEST_TASK),
            "≤ 50 ms",
        ),
    ])
}

/// Figures in milliseconds, as the script prints them.
fn durations(printed: &Value) -> Result<Vec<Duration>> {
    let figures = printed.as_array().context("the browser measured nothing")?;
    figures
        .iter()
        .map(|figure| {
            let figure_ms = figure.as_f64().context("a figure is no number")?;
            Ok(Duration::from_secs_f64(figure_ms / 1_000.0))
        })
        .collect()
}
