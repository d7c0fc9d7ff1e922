//! Pages of tasks, newest first, each a short walk along an index: never an offset, never a sort of everything.

use std::collections::BTreeSet;

use longhaul_model::{StateName, Task, TaskId};
use rusqlite::Connection;
use rusqlite::types::Value;

use crate::acts::{StoreFault, TaskFilter};
use crate::sqlite::row::{id, select_tasks};
use crate::sqlite::search;
use crate::sqlite::task_read::listed;

/// The queue and the kind of most tasks; the partial indexes leave them out.
const BULK_QUEUE: &str = "default";
const BULK_KIND: &str = "command";

/// One statement in the making.
#[derive(Default)]
struct Statement {
    conditions: Vec<String>,
    values: Vec<Value>,
}

/// Which index the walk goes along.
enum Walk {
    /// Along the words.
    Search(String),
    /// Along a label.
    Label,
    /// Along whatever few tasks the filter names.
    Few,
    /// Along those that need somebody.
    Attention,
    /// Along each of these states, and the walks are merged.
    States(BTreeSet<StateName>),
    /// Along the ids.
    All,
}

/// At most `limit` tasks that fit, newest first, with ids below `before` if one is given.
pub(crate) fn tasks(
    conn: &Connection,
    filter: &TaskFilter,
    before: Option<TaskId>,
    limit: usize,
) -> Result<Vec<Task>, StoreFault> {
    let Some(walk) = Walk::of(filter) else {
        return Ok(Vec::new());
    };
    let Walk::States(states) = &walk else {
        return Statement::new(filter, before, &walk).page(conn, &walk, limit);
    };
    let mut merged = Vec::new();
    for state in states {
        let mut statement = Statement::new(filter, before, &walk);
        statement.narrow_to(filter, *state);
        merged.extend(statement.page(conn, &walk, limit)?);
    }
    merged.sort_by_key(|task| std::cmp::Reverse(task.id));
    merged.truncate(limit);
    Ok(merged)
}

impl Walk {
    /// Nothing if the filter can find nothing.
    fn of(filter: &TaskFilter) -> Option<Self> {
        if let Some(typed) = &filter.search {
            return search::expression(typed).map(Self::Search);
        }
        let names_few = filter.parent.is_some()
            || filter.chain.is_some()
            || filter.origin_session.is_some()
            || filter.agent.is_some();
        Some(if filter.label.is_some() {
            Self::Label
        } else if names_few {
            Self::Few
        } else if filter.needs_attention {
            Self::Attention
        } else if !filter.states.is_empty() {
            Self::States(filter.states.iter().copied().collect())
        } else if filter.workspace.is_some() {
            // The index of workspaces goes by state first, for the pages that show one state.
            Self::States(StateName::ALL.into())
        } else {
            Self::All
        })
    }

    fn tables(&self) -> &'static str {
        match self {
            Self::Search(_) => {
                select_tasks!(
                    "FROM search CROSS JOIN tasks t ON t.id = search.rowid LEFT JOIN specs s ON s.task = t.id"
                )
            }
            Self::Label => {
                select_tasks!("FROM labels l CROSS JOIN tasks t ON t.id = l.task LEFT JOIN specs s ON s.task = t.id")
            }
            Self::Attention => {
                select_tasks!("FROM tasks t INDEXED BY tasks_needing_attention LEFT JOIN specs s ON s.task = t.id")
            }
            Self::Few | Self::States(_) | Self::All => {
                select_tasks!("FROM tasks t LEFT JOIN specs s ON s.task = t.id")
            }
        }
    }

    /// The column that gives the order without a sort.
    fn order(&self) -> &'static str {
        match self {
            Self::Search(_) => "search.rowid",
            Self::Label => "l.task",
            Self::Few | Self::Attention | Self::States(_) | Self::All => "t.id",
        }
    }
}

impl Statement {
    fn new(filter: &TaskFilter, before: Option<TaskId>, walk: &Walk) -> Self {
        let mut statement = Self::default();
        if let Walk::Search(words) = walk {
            statement.require("search MATCH ?", words.clone());
        }
        if let Some(before) = before {
            statement.require(&format!("{} < ?", walk.order()), id(before));
        }
        statement.label(filter, walk);
        // A plus sign keeps SQLite from walking along that column.
        if !matches!(walk, Walk::States(_)) && !filter.states.is_empty() {
            let words: Vec<_> = filter
                .states
                .iter()
                .map(|state| format!("'{}'", state.word()))
                .collect();
            statement.conditions.push(format!("+t.state IN ({})", words.join(", ")));
        }
        if filter.needs_attention {
            // In the words of the index.
            statement.conditions.push(
                "t.state IN ('failed', 'interrupted') AND t.retried_by IS NULL AND t.acknowledged_at IS NULL"
                    .to_owned(),
            );
        }
        if let Some(workspace) = &filter.workspace {
            statement.require("t.workspace = ?", workspace.clone());
        }
        if let Some(agent) = &filter.agent {
            statement.require("t.agent = ?", agent.clone());
        }
        if let Some(parent) = filter.parent {
            statement.require("t.parent = ?", id(parent));
        }
        if let Some(chain) = filter.chain {
            statement.require("t.chain = ?", id(chain));
        }
        if let Some(session) = &filter.origin_session {
            statement.require("t.origin_session = ?", session.clone());
        }
        if !matches!(walk, Walk::States(_)) {
            statement.line_and_kind(filter, true);
        }
        statement
    }

    fn label(&mut self, filter: &TaskFilter, walk: &Walk) {
        let Some((key, value)) = &filter.label else { return };
        if matches!(walk, Walk::Label) {
            self.require("l.key = ?", key.clone());
            if let Some(value) = value {
                self.require("l.value = ?", value.clone());
            }
            return;
        }
        let value_too = if value.is_some() { " AND value = ?" } else { "" };
        self.require(
            &format!("EXISTS (SELECT 1 FROM labels WHERE task = t.id AND key = ?{value_too})"),
            key.clone(),
        );
        self.values.extend(value.clone().map(Value::from));
    }

    /// Queue and kind. Only what is not the bulk has an index, and SQLite uses it only if it is told that it may.
    fn line_and_kind(&mut self, filter: &TaskFilter, walks_along: bool) {
        let plus = if walks_along { "" } else { "+" };
        if let Some(queue) = &filter.queue {
            self.require(&format!("{plus}t.queue = ?"), queue.as_str().to_owned());
            if walks_along && queue.as_str() != BULK_QUEUE {
                self.conditions.push(format!("t.queue <> '{BULK_QUEUE}'"));
            }
        }
        if let Some(kind) = &filter.kind {
            self.require(&format!("{plus}t.kind = ?"), kind.clone());
            if walks_along && kind != BULK_KIND {
                self.conditions.push(format!("t.kind <> '{BULK_KIND}'"));
            }
        }
    }

    /// Only this state. Of all states `completed` alone is usually the bulk, so that a queue or kind narrows more.
    fn narrow_to(&mut self, filter: &TaskFilter, state: StateName) {
        let names_few = filter.queue.as_ref().is_some_and(|queue| queue.as_str() != BULK_QUEUE)
            || filter.kind.as_ref().is_some_and(|kind| kind != BULK_KIND);
        let along_those = state == StateName::Completed && names_few && filter.workspace.is_none();
        self.line_and_kind(filter, along_those);
        let plus = if along_those { "+" } else { "" };
        self.require(&format!("{plus}t.state = ?"), state.word().to_owned());
    }

    fn require(&mut self, condition: &str, value: impl Into<Value>) {
        self.conditions.push(condition.to_owned());
        self.values.push(value.into());
    }

    fn page(mut self, conn: &Connection, walk: &Walk, limit: usize) -> Result<Vec<Task>, StoreFault> {
        let sql = self.sql(walk);
        self.values.push(i64::try_from(limit).unwrap_or(i64::MAX).into());
        listed(conn, &sql, rusqlite::params_from_iter(self.values))
    }

    fn sql(&self, walk: &Walk) -> String {
        let wheres = if self.conditions.is_empty() { "" } else { " WHERE " };
        let conditions = self.conditions.join(" AND ");
        format!(
            "{}{wheres}{conditions} ORDER BY {} DESC LIMIT ?",
            walk.tables(),
            walk.order()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(conn: &Connection, filter: &TaskFilter) -> String {
        let walk = Walk::of(filter).expect("it can find something");
        let mut statement = Statement::new(filter, TaskId::new(1_000), &walk);
        if let Walk::States(states) = &walk {
            statement.narrow_to(filter, *states.last().expect("a state"));
        }
        statement.values.push(50.into());
        let explain = format!("EXPLAIN QUERY PLAN {}", statement.sql(&walk));
        let mut explain = conn.prepare(&explain).expect("a statement");
        let steps = explain.query_map(rusqlite::params_from_iter(statement.values), |row| {
            row.get::<_, String>(3)
        });
        steps
            .expect("a plan")
            .map(|step| step.expect("a step"))
            .collect::<Vec<_>>()
            .join("; ")
    }

    #[test]
    fn every_page_is_a_walk_along_an_index_in_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.db");
        let mut conn = Connection::open(&path).expect("a database");
        crate::sqlite::migrate::migrate(&mut conn, &path, crate::sqlite::migrate::MIGRATIONS).expect("a schema");
        let all = TaskFilter::default;
        let queue = |name: &str| Some(name.parse().expect("a legal name"));
        let completed = vec![StateName::Completed];
        for (filter, index) in [
            (all(), "PRIMARY KEY"),
            (
                TaskFilter {
                    states: completed.clone(),
                    ..all()
                },
                "tasks_by_state",
            ),
            (
                TaskFilter {
                    needs_attention: true,
                    workspace: Some("/w".to_owned()),
                    ..all()
                },
                "tasks_needing_attention",
            ),
            (
                TaskFilter {
                    workspace: Some("/w".to_owned()),
                    ..all()
                },
                "tasks_by_workspace",
            ),
            (
                TaskFilter {
                    workspace: Some("/w".to_owned()),
                    states: completed.clone(),
                    queue: queue("q"),
                    ..all()
                },
                "tasks_by_workspace",
            ),
            (
                TaskFilter {
                    queue: queue("q"),
                    ..all()
                },
                "tasks_by_queue",
            ),
            (
                TaskFilter {
                    queue: queue("default"),
                    ..all()
                },
                "PRIMARY KEY",
            ),
            (
                TaskFilter {
                    queue: queue("q"),
                    states: completed.clone(),
                    ..all()
                },
                "tasks_by_queue",
            ),
            (
                TaskFilter {
                    queue: queue("q"),
                    states: vec![StateName::Failed],
                    ..all()
                },
                "tasks_by_state",
            ),
            (
                TaskFilter {
                    kind: Some("clone".to_owned()),
                    ..all()
                },
                "tasks_by_kind",
            ),
            (
                TaskFilter {
                    kind: Some("command".to_owned()),
                    states: completed,
                    ..all()
                },
                "tasks_by_state",
            ),
            (
                TaskFilter {
                    parent: TaskId::new(1),
                    ..all()
                },
                "tasks_by_parent",
            ),
            (
                TaskFilter {
                    chain: TaskId::new(1),
                    states: vec![StateName::Failed],
                    ..all()
                },
                "tasks_by_chain",
            ),
            (
                TaskFilter {
                    origin_session: Some("s".to_owned()),
                    ..all()
                },
                "tasks_by_origin_session",
            ),
            (
                TaskFilter {
                    agent: Some("codex".to_owned()),
                    ..all()
                },
                "tasks_by_agent",
            ),
            (
                TaskFilter {
                    label: Some(("k".to_owned(), None)),
                    ..all()
                },
                "labels_by_key",
            ),
            (
                TaskFilter {
                    label: Some(("k".to_owned(), Some("v".to_owned()))),
                    ..all()
                },
                "labels_by_value",
            ),
            (
                TaskFilter {
                    search: Some("word".to_owned()),
                    ..all()
                },
                "search VIRTUAL TABLE",
            ),
        ] {
            let plan = plan(&conn, &filter);
            assert!(plan.contains(index), "{filter:?}: {plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{filter:?}: {plan}");
        }
    }
}
