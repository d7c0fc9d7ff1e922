//! The one line that moves while somebody waits at a terminal, or sparse lines on request.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use longhaul_api::Task;

use super::screen::Screen;
use super::sentence::progress_line;

/// How often a moving line asks for news.
const MOVING: Duration = Duration::from_millis(500);
/// How long one question may stay open when nothing is to be shown meanwhile.
const RESTING: Duration = Duration::from_secs(300);

/// Progress of a wait.
#[derive(Debug)]
pub(crate) struct Live {
    screen: Screen,
    shown: Shown,
}

#[derive(Debug)]
enum Shown {
    Nothing,
    Line(ProgressBar),
    Bar(ProgressBar),
    Sparse { every: Duration, last: Instant },
}

impl Live {
    /// Sparse lines if asked for, else a moving line if somebody watches, else nothing.
    pub(crate) fn new(screen: Screen, every: Option<Duration>) -> Self {
        let shown = match every {
            Some(every) => Shown::Sparse {
                every: every.max(MOVING),
                last: Instant::now(),
            },
            None if screen.is_watched => {
                let line = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
                line.set_style(ProgressStyle::with_template("{spinner} {wide_msg}").expect("the template is constant"));
                Shown::Line(line)
            }
            None => Shown::Nothing,
        };
        Self { screen, shown }
    }

    /// Shows nothing.
    pub(crate) fn quiet() -> Self {
        Self {
            screen: Screen::new(true),
            shown: Shown::Nothing,
        }
    }

    /// How long to wait before showing something again.
    pub(crate) fn slice(&self) -> Duration {
        match &self.shown {
            Shown::Nothing => RESTING,
            Shown::Line(_) | Shown::Bar(_) => MOVING,
            Shown::Sparse { every, last } => every.saturating_sub(last.elapsed()),
        }
    }

    /// Shows where the task stands.
    pub(crate) fn show(&mut self, task: &Task) {
        self.show_text(
            &progress_line(task),
            task.progress.as_ref().and_then(|progress| progress.percent),
        );
    }

    /// Shows a line, with a bar if it is known how much is done.
    pub(crate) fn show_text(&mut self, text: &str, percent: Option<u8>) {
        if let (Shown::Line(line), Some(_)) = (&self.shown, percent) {
            line.finish_and_clear();
            let bar = ProgressBar::with_draw_target(Some(100), ProgressDrawTarget::stderr());
            bar.set_style(ProgressStyle::with_template("{bar:30} {wide_msg}").expect("the template is constant"));
            self.shown = Shown::Bar(bar);
        }
        match &mut self.shown {
            Shown::Nothing => {}
            Shown::Line(line) => {
                line.set_message(text.to_owned());
                line.tick();
            }
            Shown::Bar(bar) => {
                bar.set_position(percent.unwrap_or(100).into());
                bar.set_message(text.to_owned());
            }
            Shown::Sparse { every, last } => {
                if last.elapsed() >= *every {
                    *last = Instant::now();
                    self.screen.talk(text);
                }
            }
        }
    }

    /// Whether there is anything to show a task on.
    pub(crate) fn is_shown(&self) -> bool {
        !matches!(self.shown, Shown::Nothing)
    }

    /// Makes room for output: a moving line would tear it.
    pub(crate) fn give_way(&mut self) {
        if matches!(self.shown, Shown::Line(_) | Shown::Bar(_)) {
            self.clear();
            self.shown = Shown::Nothing;
        }
    }

    /// Takes the moving line away.
    pub(crate) fn clear(&mut self) {
        if let Shown::Line(line) | Shown::Bar(line) = &self.shown {
            line.finish_and_clear();
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.clear();
    }
}
