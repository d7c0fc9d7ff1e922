//! The suite that defines a store, run on SQLite.

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
