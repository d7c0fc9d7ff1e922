//! What a group commit does when it fails, and what the lanes do when there is much to do.

use std::pin::Pin;
use std::sync::mpsc;
use std::task::Poll;
use std::time::Duration;

use rusqlite::Connection;
use tokio::runtime::{Builder, Runtime};

use crate::acts::StoreFault;
use crate::sqlite::tally::Tally;
use crate::sqlite::writer::{Lane, Writer};

fn runtime() -> Runtime {
    Builder::new_current_thread().build().expect("a runtime")
}

/// A writer on a database with one table of its own beside the schema.
fn world() -> (tempfile::TempDir, Writer) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.db");
    let mut conn = Connection::open(&path).expect("a database");
    conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;")
        .expect("set");
    crate::sqlite::migrate::migrate(&mut conn, &path, crate::sqlite::migrate::MIGRATIONS).expect("a schema");
    conn.execute_batch("CREATE TABLE notes (text TEXT NOT NULL UNIQUE);")
        .expect("a table");
    let tally = Tally::load(&conn).expect("readable").expect("there");
    (folder, Writer::start(conn, tally).expect("a thread"))
}

async fn note(writer: &Writer, lane: Lane, text: impl Into<String>) -> Result<(), StoreFault> {
    let text = text.into();
    writer
        .write(lane, move |work| {
            work.run("INSERT INTO notes VALUES (?1)", [&text]).map(|_| ())
        })
        .await
}

async fn notes(writer: &Writer) -> Vec<String> {
    let read = |work: &mut crate::sqlite::work::Work<'_>| {
        work.all("SELECT text FROM notes ORDER BY rowid", [], |row| row.get(0))
    };
    writer
        .write::<_, StoreFault>(Lane::Normal, read)
        .await
        .expect("the notes")
}

/// A request that is in its lane: polled once, and not answered yet.
async fn sent<'a, T>(request: impl Future<Output = T> + 'a) -> Pin<Box<dyn Future<Output = T> + 'a>> {
    let mut request: Pin<Box<dyn Future<Output = T> + 'a>> = Box::pin(request);
    assert!(
        std::future::poll_fn(|context| Poll::Ready(request.as_mut().poll(context)))
            .await
            .is_pending()
    );
    request
}

/// Keeps the writer busy until the sender is dropped, so that what comes meanwhile is one group.
async fn hold(writer: &Writer) -> (mpsc::Sender<()>, impl Future<Output = ()>) {
    let (release, released) = mpsc::channel::<()>();
    let (started, start) = tokio::sync::oneshot::channel::<()>();
    let mut started = Some(started);
    let mut held = Box::pin(writer.write::<_, StoreFault>(Lane::Normal, move |_| {
        let _ = started.take().map(|started| started.send(()));
        let _ = released.recv_timeout(Duration::from_secs(30));
        Ok(())
    }));
    // Polled once, it is in the lane; then the thread has it.
    assert!(
        std::future::poll_fn(|context| std::task::Poll::Ready(held.as_mut().poll(context)))
            .await
            .is_pending()
    );
    start.await.expect("the writer has it");
    (release, async move { held.await.expect("released") })
}

#[test]
fn a_failing_request_is_taken_back_alone() {
    runtime().block_on(async {
        let (_folder, writer) = world();
        let (release, held) = hold(&writer).await;
        let broken = writer.write::<(), StoreFault>(Lane::Normal, |work| {
            work.run("INSERT INTO notes VALUES ('half')", [])?;
            work.tally.next_event();
            work.run("INSERT INTO notes VALUES (NULL)", [])?;
            Ok(())
        });
        let before = note(&writer, Lane::Normal, "before");
        let after = note(&writer, Lane::Normal, "after");
        let all = async { tokio::join!(before, broken, after, async { drop(release) }, held) };
        let (before, broken, after, (), ()) = all.await;
        before.expect("stored");
        broken.expect_err("refused");
        after.expect("stored");
        assert_eq!(notes(&writer).await, ["before", "after"]);
        assert_eq!(*writer.changes().borrow(), 0);
    });
}

#[test]
fn a_commit_that_fails_is_told_to_the_whole_group_and_the_next_one_goes_on() {
    runtime().block_on(async {
        let (_folder, writer) = world();
        let (release, held) = hold(&writer).await;
        // A deferred foreign key is checked by COMMIT and by nothing before it.
        let poison = writer.write::<(), StoreFault>(Lane::Normal, |work| {
            work.run("PRAGMA defer_foreign_keys = ON", [])?;
            work.run("INSERT INTO labels (task, key, value) VALUES (99, 'k', 'v')", [])?;
            Ok(())
        });
        let (one, poison, other, (), ()) = tokio::join!(
            note(&writer, Lane::Normal, "one"),
            poison,
            note(&writer, Lane::Urgent, "other"),
            async { drop(release) },
            held,
        );
        for answer in [one, poison, other] {
            assert!(matches!(answer, Err(StoreFault::Database { .. })), "{answer:?}");
        }
        assert_eq!(notes(&writer).await, [""; 0]);
        note(&writer, Lane::Normal, "later").await.expect("the writer goes on");
        assert_eq!(notes(&writer).await, ["later"]);
    });
}

#[test]
fn a_full_disk_is_told_and_forgotten_once_there_is_space() {
    runtime().block_on(async {
        let (_folder, writer) = world();
        let limit_pages = |pages: u32| {
            writer.write::<_, StoreFault>(Lane::Normal, move |work| {
                work.one(&format!("PRAGMA max_page_count = {pages}"), [], |row| {
                    row.get::<_, i64>(0)
                })
            })
        };
        // SQLite answers a file that may not grow as it answers a disk without space.
        limit_pages(1).await.expect("no page more");
        note(&writer, Lane::Normal, "small")
            .await
            .expect("there is room in the page");
        let large = "x".repeat(1 << 20);
        let (one, other) = tokio::join!(
            note(&writer, Lane::Normal, large.clone()),
            note(&writer, Lane::Normal, large.clone() + "y")
        );
        for answer in [one, other] {
            assert!(matches!(answer, Err(StoreFault::DiskFull)), "{answer:?}");
        }
        assert_eq!(notes(&writer).await, ["small"]);
        limit_pages(1_000_000).await.expect("space again");
        note(&writer, Lane::Normal, large.clone())
            .await
            .expect("the writer goes on");
        assert_eq!(notes(&writer).await, ["small".to_owned(), large]);
    });
}

#[test]
fn urgent_requests_go_first() {
    runtime().block_on(async {
        let (_folder, writer) = world();
        let (release, held) = hold(&writer).await;
        let (normal, urgent, (), ()) = tokio::join!(
            note(&writer, Lane::Normal, "normal"),
            note(&writer, Lane::Urgent, "urgent"),
            async { drop(release) },
            held,
        );
        normal.expect("stored");
        urgent.expect("stored");
        assert_eq!(notes(&writer).await, ["urgent", "normal"]);
    });
}

#[test]
fn a_full_lane_says_busy_and_the_urgent_one_is_still_open() {
    runtime().block_on(async {
        let (_folder, writer) = world();
        let (release, held) = hold(&writer).await;
        let mut waiting = Vec::new();
        for n in 0..4_096 {
            waiting.push(sent(note(&writer, Lane::Normal, n.to_string())).await);
        }
        let one_more = note(&writer, Lane::Normal, "one more").await;
        assert!(matches!(one_more, Err(StoreFault::Busy)), "{one_more:?}");
        let (urgent, (), ()) = tokio::join!(note(&writer, Lane::Urgent, "urgent"), async { drop(release) }, held);
        urgent.expect("stored");
        for answer in waiting {
            answer.await.expect("stored");
        }
        assert_eq!(notes(&writer).await.len(), 4_097);
    });
}

#[test]
fn closing_does_what_waits_and_refuses_what_comes() {
    runtime().block_on(async {
        let (_folder, writer) = world();
        let (release, held) = hold(&writer).await;
        let waiting = sent(note(&writer, Lane::Normal, "waiting")).await;
        drop(release);
        writer.close().expect("closed");
        waiting.await.expect("stored");
        held.await;
        let late = note(&writer, Lane::Normal, "late").await;
        assert!(matches!(late, Err(StoreFault::Closed)), "{late:?}");
    });
}

#[test]
fn a_request_that_panics_leaves_nobody_waiting() {
    runtime().block_on(async {
        let (_folder, writer) = world();
        let answer = writer
            .write::<(), StoreFault>(Lane::Normal, |_| panic!("a defect"))
            .await;
        assert!(matches!(answer, Err(StoreFault::Closed)), "{answer:?}");
        let later = note(&writer, Lane::Normal, "later").await;
        assert!(matches!(later, Err(StoreFault::Closed)), "{later:?}");
    });
}
