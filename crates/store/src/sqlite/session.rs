//! Finding tasks by the agent's session that their newest attempt had.

use longhaul_model::{Task, TaskId};
use rusqlite::Connection;

use crate::acts::StoreFault;
use crate::sqlite::row::{id, select_tasks};
use crate::sqlite::task_read::listed;

/// The newest task of this session, but for one; nothing if there is none.
pub(crate) fn task_of_session(
    conn: &Connection,
    session: &str,
    except: Option<TaskId>,
) -> Result<Option<Task>, StoreFault> {
    let sql = select_tasks!(
        "FROM tasks t LEFT JOIN specs s ON s.task = t.id \
         WHERE t.session = ?1 AND t.id <> ?2 ORDER BY t.id DESC LIMIT 1"
    );
    Ok(listed(conn, sql, (session, except.map_or(0, id)))?.pop())
}

/// The newest task with a session of this agent among those with this origin key; nothing if there is none.
pub(crate) fn task_of_origin_key(conn: &Connection, key: &str, agent: &str) -> Result<Option<Task>, StoreFault> {
    let sql = select_tasks!(
        "FROM tasks t LEFT JOIN specs s ON s.task = t.id \
         WHERE t.origin_key = ?1 AND +t.agent = ?2 AND t.session IS NOT NULL ORDER BY t.id DESC LIMIT 1"
    );
    Ok(listed(conn, sql, (key, agent))?.pop())
}
