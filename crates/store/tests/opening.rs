//! Every reason not to open a store, and that nothing is touched then.

use std::fs;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};

use longhaul_model::{Spec, TaskId, Work};
use longhaul_store::{OpenError, OpenOptions, Store};
use longhaul_testkit::store_suite::{command, new_task};

fn open(folder: &Path) -> Result<Store, OpenError> {
    Store::open(folder, OpenOptions::default())
}

fn file(folder: &Path) -> PathBuf {
    folder.join("longhaul.db")
}

fn submit(store: &Store) -> TaskId {
    submit_spec(store, command(&["true"]))
}

fn submit_spec(store: &Store, spec: Spec) -> TaskId {
    let inserted = answer_of(store.task_insert(new_task(spec)));
    inserted.expect("an accepted submit").task.id
}

/// Waits for an act.
fn answer_of<T>(act: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(act)
}

/// A closed store with one task in it.
fn folder_with_a_store() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).expect("a new store");
    submit(&store);
    store.close().expect("it closes");
    folder
}

/// Everything in a folder but the lock, which every try may take.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| !path.ends_with("lock"))
        .map(|path| (path.clone(), fs::read(&path).expect("a file")))
        .collect();
    files.sort();
    files
}

fn refused_untouched(folder: &Path) -> OpenError {
    let before = contents(folder);
    let error = open(folder).expect_err("it must not open");
    assert!(contents(folder) == before, "something was touched: {error}");
    error
}

fn corrupt(folder: &Path) -> String {
    match refused_untouched(folder) {
        OpenError::Corrupt { path, detail } => {
            assert_eq!(path, file(folder));
            detail
        }
        error => panic!("{error}"),
    }
}

#[test]
fn a_second_open_is_told_who_has_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).expect("a new store");
    let error = open(folder.path()).expect_err("it is open");
    assert!(
        matches!(error, OpenError::InUse { pid, .. } if pid == Some(std::process::id())),
        "{error}"
    );
    assert!(error.hint().is_some());
    drop(store);
    open(folder.path()).expect("dropping the last handle lets go");
}

#[test]
fn a_closed_store_answers_that_it_is_closed() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).expect("a new store");
    let clone = store.clone();
    store.close().expect("it closes");
    clone.close().expect("twice is once");
    let error = answer_of(clone.counts()).expect_err("closed");
    assert_eq!(error.to_string(), "the store is closed");
    let error = answer_of(clone.task_insert(new_task(command(&["true"])))).expect_err("closed");
    assert_eq!(error.to_string(), "the store is closed");
    assert!(!folder.path().join("longhaul.db-wal").exists(), "the log is folded in");
    open(folder.path()).expect("it is free");
}

#[test]
fn files_are_private_whatever_the_umask() {
    let folder = tempfile::tempdir().expect("a folder");
    let inner = folder.path().join("a/b");
    let store = open(&inner).expect("a new store");
    submit(&store);
    answer_of(store.counts()).expect("a reader");
    assert_eq!(
        fs::metadata(&inner).expect("the folder").permissions().mode() & 0o777,
        0o700
    );
    for entry in fs::read_dir(&inner).expect("a folder") {
        let entry = entry.expect("an entry");
        let mode = entry.metadata().expect("its mode").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", entry.path().display());
    }
}

#[test]
fn a_damaged_file_is_refused_and_left_as_it_is() {
    let damages: [(&str, Damage, &str); 6] = [
        ("emptied", |_| Vec::new(), "it has only 0 bytes"),
        (
            "cut to a few bytes",
            |bytes| bytes[..50].to_vec(),
            "it has only 50 bytes",
        ),
        ("zero-filled", |bytes| vec![0; bytes.len()], "it begins with zeros"),
        (
            "garbage",
            |bytes| bytes.iter().rev().map(|byte| byte ^ 0x5a).collect(),
            "it is not a database",
        ),
        (
            "cut in half",
            |bytes| bytes[..bytes.len() / 2].to_vec(),
            "its end is missing",
        ),
        ("zero-filled after its first page", zeros_after_first_page, ""),
    ];
    for (name, damage, expected) in damages {
        let folder = folder_with_a_store();
        let damaged = damage(&fs::read(file(folder.path())).expect("the file"));
        fs::write(file(folder.path()), damaged).expect("written");
        let detail = corrupt(folder.path());
        assert!(detail.contains(expected), "{name}: {detail}");
    }
}

type Damage = fn(&[u8]) -> Vec<u8>;

fn zeros_after_first_page(bytes: &[u8]) -> Vec<u8> {
    let mut damaged = bytes.to_vec();
    damaged[4_096..].fill(0);
    damaged
}

#[test]
fn garbage_in_any_page_of_a_small_file_is_found() {
    let pages = fs::metadata(file(folder_with_a_store().path()))
        .expect("the file")
        .len()
        / 4_096;
    for page in (1..pages).step_by(7) {
        let folder = folder_with_a_store();
        let database = fs::OpenOptions::new()
            .write(true)
            .open(file(folder.path()))
            .expect("the file");
        database.write_all_at(&[0xA5; 4_096], page * 4_096).expect("written");
        drop(database);
        corrupt(folder.path());
    }
}

#[test]
fn the_database_of_another_program_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let other = rusqlite::Connection::open(file(folder.path())).expect("a database");
    other
        .execute_batch("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1);")
        .expect("a table");
    other.close().expect("closed");
    assert_eq!(corrupt(folder.path()), "it is the database of another program");
}

#[test]
fn a_log_without_its_database_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("longhaul.db-wal"), b"something").expect("written");
    assert!(corrupt(folder.path()).contains("the database itself is missing"));
}

#[test]
fn a_newer_schema_is_refused() {
    let folder = folder_with_a_store();
    let newer = rusqlite::Connection::open(file(folder.path())).expect("the database");
    newer.pragma_update(None, "user_version", 99).expect("a newer schema");
    newer.close().expect("closed");
    let error = refused_untouched(folder.path());
    assert!(
        matches!(error, OpenError::NewerSchema { found: 99, known: 3 }),
        "{error}"
    );
    assert!(error.hint().is_some());
}

#[test]
fn a_newer_schema_that_is_still_in_the_log_is_refused() {
    let folder = folder_with_a_store();
    let newer = rusqlite::Connection::open(file(folder.path())).expect("the database");
    newer
        .set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .expect("set");
    newer.pragma_update(None, "user_version", 99).expect("a newer schema");
    newer.close().expect("closed");
    let before = fs::read(file(folder.path())).expect("the file");
    let error = open(folder.path()).expect_err("newer");
    assert!(matches!(error, OpenError::NewerSchema { found: 99, .. }), "{error}");
    assert!(
        fs::read(file(folder.path())).expect("the file") == before,
        "the log was folded in"
    );
}

#[test]
fn a_folder_with_any_name_is_opened_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let odd = folder.path().join("a b?c#d%41é&mode=memory");
    let task = submit(&open(&odd).expect("a new store"));
    let store = open(&odd).expect("it opens again");
    assert!(answer_of(store.task(task)).expect("a read").is_some());
}

#[test]
fn a_start_that_was_cut_short_is_done_again() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("longhaul.db.new"), b"half of a new store").expect("written");
    let store = open(folder.path()).expect("a new store");
    submit(&store);
    assert!(!folder.path().join("longhaul.db.new").exists());
}

#[test]
fn what_was_acknowledged_is_there_without_a_close() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).expect("a new store");
    let task = submit(&store);
    // What `kill -9` would leave: the files as they are now.
    let copy = tempfile::tempdir().expect("a folder");
    for name in ["longhaul.db", "longhaul.db-wal"] {
        fs::copy(folder.path().join(name), copy.path().join(name)).expect("copied");
    }
    let again = open(copy.path()).expect("it recovers");
    assert!(answer_of(again.task(task)).expect("a read").is_some());
    assert!(submit(&again) > task);
}

#[test]
fn an_id_floor_keeps_ids_of_a_lost_future_from_coming_back() {
    let folder = folder_with_a_store();
    let store = Store::open(folder.path(), OpenOptions { id_floor: 500 }).expect("it opens");
    assert_eq!(submit(&store).get(), 501);
    drop(store);
    let store = Store::open(folder.path(), OpenOptions { id_floor: 7 }).expect("it opens");
    assert_eq!(submit(&store).get(), 502);
}

#[test]
fn a_file_in_place_of_the_folder_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file");
    fs::write(&path, b"x").expect("written");
    assert!(matches!(open(&path).expect_err("a file"), OpenError::NotAFolder { .. }));
    assert!(matches!(
        open(&path.join("below")).expect_err("below a file"),
        OpenError::NotAFolder { .. }
    ));
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_may_not_be_written_is_named() {
    let folder = folder_with_a_store();
    let before = contents(folder.path());
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).expect("set");
    let path = folder.path().to_owned();
    let refused = as_nobody(move || {
        let fresh = path.join("fresh");
        (
            open(&path).expect_err("not ours").to_string(),
            open(&fresh).expect_err("not ours").to_string(),
        )
    });
    assert!(
        refused.0.starts_with("no permission to read and write"),
        "{}",
        refused.0
    );
    assert!(
        refused.1.starts_with("no permission to read and write"),
        "{}",
        refused.1
    );
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("set");
    assert!(contents(folder.path()) == before, "something was touched");
}

/// Runs `act` on a thread of its own without root's rights; they would make every folder writable. Without root the
/// thread has none to give up.
#[cfg(target_os = "linux")]
fn as_nobody<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> T {
    let with_less = move || {
        if rustix::process::geteuid().is_root() {
            let nobody = rustix::process::Uid::from_raw(65_534);
            rustix::thread::set_thread_res_uid(nobody, nobody, nobody).expect("root may become nobody");
        }
        act()
    };
    std::thread::spawn(with_less).join().expect("the thread ends")
}

#[test]
fn one_damaged_row_is_named_and_leaves_the_others_be() {
    let folder = folder_with_a_store();
    let store = open(folder.path()).expect("it opens");
    let well = submit_spec(
        &store,
        Spec::new(
            Work::Command {
                command: vec!["well".to_owned()],
            },
            "/w",
        ),
    );
    store.close().expect("it closes");
    let raw = rusqlite::Connection::open(file(folder.path())).expect("the database");
    raw.execute("UPDATE specs SET spec = '{\"work\":1}' WHERE task = 1", [])
        .expect("damaged");
    raw.close().expect("closed");

    let store = open(folder.path()).expect("one row is no reason not to open");
    let damaged = TaskId::new(1).expect("an id");
    let message = answer_of(store.task(damaged)).expect_err("damaged").to_string();
    assert!(
        message.starts_with("the record of task 1 is damaged in `spec`"),
        "{message}"
    );
    let active = answer_of(store.active_tasks()).expect("the others");
    assert_eq!(active.tasks.iter().map(|task| task.id).collect::<Vec<_>>(), [well]);
    assert_eq!(
        active.damaged.iter().map(|damage| damage.task).collect::<Vec<_>>(),
        [Some(damaged)]
    );
    let event = longhaul_model::Event::Held;
    let at = longhaul_testkit::store_suite::at(1);
    let apply = longhaul_store::Apply::new(damaged, event, longhaul_model::Actor::User, at);
    answer_of(store.task_apply(apply)).expect_err("it is not overwritten");
    store.close().expect("it closes");
    let raw = rusqlite::Connection::open(file(folder.path())).expect("the database");
    let spec: String = raw
        .query_row("SELECT spec FROM specs WHERE task = 1", [], |row| row.get(0))
        .expect("the row");
    assert_eq!(spec, "{\"work\":1}");
}
