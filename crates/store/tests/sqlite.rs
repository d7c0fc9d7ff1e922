//! The suite that defines a store, run on SQLite.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use longhaul_store::{OpenOptions, Store};
use longhaul_testkit::store_suite::Home;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }
}

impl Home for Folder {
    fn open(&self) -> Store {
        Store::open(self.0.path(), OpenOptions::default()).expect("the store opens")
    }
}

longhaul_testkit::store_suite!(Folder::new());

/// Whoever waits for one on a thread of its own would pay for what a network may need and a file does not.
#[test]
fn a_read_has_its_answer_when_it_is_first_asked() {
    let folder = Folder::new();
    let store = folder.open();
    let read = pin!(store.counts());
    let answer = read.poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(answer, Poll::Ready(Ok(counts)) if counts.total() == 0));
}
