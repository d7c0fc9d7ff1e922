//! The two files in which a transcript is kept beside the output that it is derived from.
//!
//! `activity.jsonl` has an entry on each line, `activity.index` a head and then eight bytes for each entry: where its line
//! ends.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::Path;

use longhaul_agents::Activity;
use serde::{Deserialize, Serialize};

/// The names of the files in the attempt's folder.
pub(crate) const FILES: [&str; 2] = ["activity.jsonl", "activity.index"];
/// The head of the index: what it is, and whether all is there. Changes when what is derived changes.
pub(super) const OPEN: [u8; 8] = *b"lhact1 o";
pub(super) const WHOLE: [u8; 8] = *b"lhact1 w";
pub(super) const HEAD_BYTES: u64 = 8;
/// A line of the file.
#[derive(Serialize, Deserialize)]
pub(super) struct Line {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) at_us: Option<i64>,
    #[serde(flatten)]
    pub(super) activity: Activity,
}

/// The two files, to be added to.
pub(super) struct Files {
    lines: File,
    index: File,
}

impl Files {
    /// Empty ones; what was there is gone.
    pub(super) fn create(folder: &Path) -> io::Result<()> {
        for (name, content) in FILES.iter().zip([&b""[..], &OPEN]) {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true).mode(0o600);
            options.open(folder.join(name))?.write_all(content)?;
        }
        Ok(())
    }

    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let open = |name: &str| OpenOptions::new().write(true).open(folder.join(name));
        Ok(Self {
            lines: open(FILES[0])?,
            index: open(FILES[1])?,
        })
    }

    pub(super) fn add(&self, done: &[(Activity, Option<i64>)], count: &mut u64, length: &mut u64) -> io::Result<()> {
        let (mut lines, mut ends) = (Vec::new(), Vec::new());
        for (activity, at_us) in done {
            let line = Line {
                at_us: *at_us,
                activity: activity.clone(),
            };
            serde_json::to_writer(&mut lines, &line)?;
            lines.push(b'\n');
            ends.extend((*length + lines.len() as u64).to_le_bytes());
        }
        self.lines.write_all_at(&lines, *length)?;
        self.index.write_all_at(&ends, HEAD_BYTES + *count * 8)?;
        *count += done.len() as u64;
        *length += lines.len() as u64;
        Ok(())
    }

    /// Notes that all is there, once it is.
    pub(super) fn close(self) -> io::Result<()> {
        self.lines.sync_data()?;
        self.index.sync_data()?;
        self.index.write_all_at(&WHOLE, 0)
    }
}
