//! Tables with hand-padded columns.

use jiff::Timestamp;
use longhaul_api::Task;
use longhaul_model::StateName;

use super::plain::plain;
use super::screen::Screen;
use super::sentence::why_it_stands;
use super::times::{age, length};

/// A table; the last column takes the rest of the line.
#[derive(Debug)]
pub(crate) struct Table<const COLUMNS: usize> {
    head: [&'static str; COLUMNS],
    rows: Vec<[String; COLUMNS]>,
    /// The column that holds states, to be coloured.
    state_column: Option<usize>,
}

impl<const COLUMNS: usize> Table<COLUMNS> {
    pub(crate) fn new(head: [&'static str; COLUMNS]) -> Self {
        Self {
            head,
            rows: Vec::new(),
            state_column: head.iter().position(|name| *name == "STATE"),
        }
    }

    pub(crate) fn row(&mut self, row: [String; COLUMNS]) {
        self.rows.push(row);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The lines, cut to the terminal's width if there is a terminal.
    pub(crate) fn lines(&self, screen: Screen) -> Vec<String> {
        let widths: [usize; COLUMNS] = std::array::from_fn(|column| {
            let cells = self.rows.iter().map(|row| row[column].chars().count());
            cells.chain([self.head[column].len()]).max().unwrap_or(0)
        });
        let mut lines = vec![screen.heading(&self.line(&self.head.map(str::to_owned), &widths, screen, false))];
        lines.extend(self.rows.iter().map(|row| self.line(row, &widths, screen, true)));
        lines
    }

    fn line(&self, row: &[String; COLUMNS], widths: &[usize; COLUMNS], screen: Screen, is_data: bool) -> String {
        let mut line = String::new();
        let mut columns_used = 0;
        for (column, cell) in row.iter().enumerate() {
            let is_last = column + 1 == COLUMNS;
            let room = screen
                .width
                .map_or(usize::MAX, |width| width.saturating_sub(columns_used));
            let shown = if is_last { cut(cell, room) } else { cell.clone() };
            let padding = if is_last {
                0
            } else {
                widths[column] - cell.chars().count() + 2
            };
            columns_used += widths[column] + 2;
            let is_state = is_data && self.state_column == Some(column);
            line.push_str(&if is_state { screen.state(&shown) } else { shown });
            line.extend(std::iter::repeat_n(' ', padding));
        }
        line.truncate(line.trim_end().len());
        line
    }
}

fn cut(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(room.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// Tasks as a table.
pub(crate) fn task_table(tasks: &[Task], now: Timestamp) -> Table<6> {
    let mut table = Table::new(["ID", "STATE", "SUBMITTED", "RAN", "QUEUE", "NAME"]);
    for task in tasks {
        let name = plain(&task.name);
        let name = match why_it_stands(task).filter(|_| task.state != StateName::Completed) {
            Some(why) => format!("{name}  ({why})"),
            None => name,
        };
        table.row([
            task.id.to_string(),
            plain(task.state.as_str()),
            age(task.created_at, now),
            task.duration_ms.map_or("–".to_owned(), length),
            plain(&task.queue),
            name,
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::sample::task;

    fn shown(width: Option<usize>) -> String {
        let mut screen = Screen::new(true);
        screen.width = width;
        let now = Timestamp::from_second(7_300).expect("in range");
        let tasks = [
            Task {
                duration_ms: Some(12_000),
                ..task(120, "running")
            },
            task(7, "queued"),
        ];
        task_table(&tasks, now).lines(screen).join("\n")
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        insta::assert_snapshot!(shown(None), @r"
        ID   STATE    SUBMITTED  RAN  QUEUE    NAME
        120  running  2h ago     12s  default  make test
        7    queued   2h ago     –    default  make test
        ");
    }

    #[test]
    fn the_last_column_is_cut_to_the_terminal() {
        assert!(shown(Some(45)).lines().all(|line| line.chars().count() <= 45));
        assert!(shown(Some(45)).contains("make …"), "{}", shown(Some(45)));
    }
}
