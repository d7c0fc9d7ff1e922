//! The transcripts that were asked for last: a parser each, so that a further page costs only what is new.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use longhaul_agents::Adapter;
use longhaul_model::{Fence, TaskId};

use super::transcript::{ActivityPage, PageRequest, Transcript, TranscriptError};

/// How many are kept open. One that is not is read again from its output when somebody asks for more of it.
const MOST: usize = 16;

type Key = (TaskId, Fence);

/// The transcripts that were asked for last, newest last.
#[derive(Default)]
pub(crate) struct Transcripts(Mutex<Vec<(Key, Arc<Mutex<Transcript>>)>>);

impl std::fmt::Debug for Transcripts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transcripts").finish_non_exhaustive()
    }
}

impl Transcripts {
    /// A page of what the attempt in this folder did. Blocks.
    pub(crate) fn page(
        &self,
        key: Key,
        folder: PathBuf,
        adapter: &'static dyn Adapter,
        asked: PageRequest,
    ) -> Result<ActivityPage, TranscriptError> {
        let transcript = self.get(key, folder, adapter);
        let mut transcript = transcript.lock().unwrap_or_else(PoisonError::into_inner);
        transcript.page(asked)
    }

    fn get(&self, key: Key, folder: PathBuf, adapter: &'static dyn Adapter) -> Arc<Mutex<Transcript>> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = open
            .iter()
            .position(|(known, _)| *known == key)
            .map(|place| open.remove(place));
        let (_, transcript) = known.unwrap_or_else(|| (key, Arc::new(Mutex::new(Transcript::new(folder, adapter)))));
        open.push((key, Arc::clone(&transcript)));
        let surplus = open.len().saturating_sub(MOST);
        open.drain(..surplus);
        transcript
    }
}
