//! One real task's rows, taken from a store and written again under other ids: the same schema, the same work.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use super::database;

/// Tables with a task's rows, and their columns that hold its id.
const TABLES: [(&str, &[&str]); 5] = [
    ("tasks", &["id", "root", "chain"]),
    ("specs", &["task"]),
    ("attempts", &["task"]),
    ("history", &["task"]),
    ("events", &["task"]),
];

/// One row of the sample.
#[derive(Debug)]
struct Sample {
    insert: String,
    values: Vec<Value>,
    /// Places in `values` that take the new task's id.
    ids: Vec<usize>,
    /// The place that takes a number of its own (an event's sequence).
    sequence: Option<usize>,
}

/// A task's rows and the schema they belong to.
#[derive(Debug)]
pub(crate) struct Template {
    schema: Vec<String>,
    environment: Vec<(i64, i64, String)>,
    samples: Vec<Sample>,
    state: String,
    events_of_each: u64,
}

/// The database file below a home.
pub(crate) fn database_of(longhaul_home: &Path) -> Result<PathBuf> {
    let mut folders = vec![longhaul_home.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir()?.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::File::open(&path).is_ok_and(|file| starts_as_database(&file)) {
                return Ok(path);
            }
        }
    }
    bail!("no database found below {}", longhaul_home.display())
}

fn starts_as_database(mut file: &std::fs::File) -> bool {
    let mut start = [0; 15];
    std::io::Read::read_exact(&mut file, &mut start).is_ok() && &start == b"SQLite format 3"
}

impl Template {
    /// Takes the rows of task `id` from a store that no daemon has open.
    pub(crate) fn of(database: &Path, id: u64) -> Result<Self> {
        let id = i64::try_from(id)?;
        let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        // The shadow tables of the full-text index come with it.
        let mut statement = connection.prepare(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_%' \
             ORDER BY type = 'index'",
        )?;
        let schema = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut statement = connection.prepare("SELECT id, hash, content FROM environments")?;
        let environment = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        let mut samples = Vec::new();
        for (table, id_columns) in TABLES {
            samples.extend(rows_of(&connection, table, id_columns, id).with_context(|| format!("reading {table}"))?);
        }
        let state = connection.query_row("SELECT state FROM tasks WHERE id = ?1", [id], |row| row.get(0))?;
        let events_of_each = samples.iter().filter(|sample| sample.sequence.is_some()).count() as u64;
        Ok(Self {
            schema,
            environment,
            samples,
            state,
            events_of_each,
        })
    }

    /// A new, empty database of the same schema.
    pub(crate) fn fresh_database(&self, file: &Path) -> Result<Connection> {
        let connection = database::open(file)?;
        for statement in &self.schema {
            connection
                .execute_batch(statement)
                .with_context(|| format!("running {statement}"))?;
        }
        connection.execute_batch("INSERT INTO tally (one) VALUES (1)")?;
        for (id, hash, content) in &self.environment {
            connection.execute("INSERT INTO environments VALUES (?1, ?2, ?3)", (id, hash, content))?;
        }
        Ok(connection)
    }

    /// Writes the sample's rows once more, as task `id`, with its words for the search and its place in the tally.
    pub(crate) fn insert(&self, connection: &Connection, id: u64) -> Result<()> {
        let number = i64::try_from(id)?;
        let mut sequence = number * i64::try_from(self.events_of_each)?;
        for sample in &self.samples {
            let mut values = sample.values.clone();
            for place in &sample.ids {
                values[*place] = Value::Integer(number);
            }
            if let Some(place) = sample.sequence {
                values[place] = Value::Integer(sequence);
                sequence += 1;
            }
            connection
                .prepare_cached(&sample.insert)?
                .execute(params_from_iter(values))?;
        }
        connection
            .prepare_cached("INSERT INTO search (rowid, name, request, summary) VALUES (?1, ?2, ?3, ?4)")?
            .execute((number, "true", "true", ""))?;
        connection
            .prepare_cached(&format!(
                "UPDATE tally SET {0} = {0} + 1, newest_task = max(newest_task, ?1), newest_event = max(newest_event, ?2)",
                self.state
            ))?
            .execute((number, sequence - 1))?;
        Ok(())
    }
}

fn rows_of(connection: &Connection, table: &str, id_columns: &[&str], id: i64) -> Result<Vec<Sample>> {
    let mut statement = connection.prepare(&format!("SELECT * FROM {table} WHERE {} = ?1", id_columns[0]))?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let ids: Vec<usize> = columns
        .iter()
        .enumerate()
        .filter(|(_, name)| id_columns.contains(&name.as_str()))
        .map(|(place, _)| place)
        .collect();
    let sequence = columns.iter().position(|name| name == "sequence");
    let places: Vec<String> = (1..=columns.len()).map(|place| format!("?{place}")).collect();
    let insert = format!(
        "INSERT INTO {table} ({}) VALUES ({})",
        columns.join(", "),
        places.join(", ")
    );
    let rows = statement.query_map([id], |row| {
        (0..columns.len())
            .map(|place| row.get(place))
            .collect::<Result<Vec<Value>, _>>()
    })?;
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    Ok(rows
        .into_iter()
        .map(|values| Sample {
            insert: insert.clone(),
            values,
            ids: ids.clone(),
            sequence,
        })
        .collect())
}
