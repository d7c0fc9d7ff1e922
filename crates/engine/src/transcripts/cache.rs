//! Who reads which transcript: one for each attempt, so that a further question costs only what is new.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use longhaul_agents::Adapter;
use longhaul_model::{Fence, TaskId};

use super::page::{ActivityPage, PageRequest, TranscriptError};
use super::transcript::Transcript;

/// How many are kept open although nobody follows them. One that is not is read again from its output when somebody asks
/// for more of it.
const MOST: usize = 16;

type Key = (TaskId, Fence);

/// The transcripts that somebody follows, and those that were asked for last.
#[derive(Default)]
pub(crate) struct Transcripts(Mutex<Open>);

#[derive(Default)]
struct Open {
    /// All that anybody holds.
    held: HashMap<Key, Weak<Mutex<Transcript>>>,
    /// Those that were asked for last, newest last.
    recent: Vec<(Key, Arc<Mutex<Transcript>>)>,
}

impl std::fmt::Debug for Transcripts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transcripts").finish_non_exhaustive()
    }
}

impl Transcripts {
    /// The transcript of the attempt in this folder: the one that somebody holds, else a new one.
    pub(crate) fn of(&self, key: Key, folder: PathBuf, adapter: &'static dyn Adapter) -> Arc<Mutex<Transcript>> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = open.held.get(&key).and_then(Weak::upgrade) {
            return known;
        }
        open.held.retain(|_, transcript| transcript.strong_count() > 0);
        let transcript = Arc::new(Mutex::new(Transcript::new(folder, adapter)));
        open.held.insert(key, Arc::downgrade(&transcript));
        transcript
    }

    /// A page of what the attempt in this folder did. Blocks.
    pub(crate) fn page(
        &self,
        key: Key,
        folder: PathBuf,
        adapter: &'static dyn Adapter,
        asked: PageRequest,
    ) -> Result<ActivityPage, TranscriptError> {
        let transcript = self.of(key, folder, adapter);
        self.keep_open(key, &transcript);
        let mut transcript = transcript.lock().unwrap_or_else(PoisonError::into_inner);
        transcript.page(asked)
    }

    fn keep_open(&self, key: Key, transcript: &Arc<Mutex<Transcript>>) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.recent.retain(|(known, _)| *known != key);
        open.recent.push((key, Arc::clone(transcript)));
        let surplus = open.recent.len().saturating_sub(MOST);
        open.recent.drain(..surplus);
    }
}
