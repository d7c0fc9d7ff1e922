//! Follows the progress that a running attempt tells in its output, for the kinds that tell any.

use std::sync::Arc;
use std::time::Duration;

use longhaul_model::{Facts, Fence, TaskId};
use longhaul_supervisor::output::Reader;

use crate::executors::{executor, tail_text};
use crate::shared::{Shared, blocking};

/// How often the output is looked at: often enough for a bar, rarely enough to cost nothing.
const LOOK: Duration = Duration::from_millis(300);

/// Follows one attempt until it is over.
pub(crate) async fn follow(shared: Arc<Shared>, id: TaskId, fence: Fence) {
    let mut told = None;
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(task) = shared.board().task(id).cloned() else {
            return;
        };
        let is_watched = shared.watched().get(&id).is_some_and(|watched| watched.fence == fence);
        if task.life.fence != fence || !is_watched || *shared.stopping.borrow() {
            return;
        }
        let folder = shared.attempt_folder(id, fence);
        let work = task.spec.work.clone();
        let looked = blocking(move || {
            let reader = Reader::open(folder);
            (
                executor(&work).progress(&tail_text(&reader, 3, None)),
                reader.produced().unwrap_or(0),
            )
        });
        let Some((Some(progress), output_bytes)) = looked.await else {
            continue;
        };
        if told.as_ref() == Some(&progress) {
            continue;
        }
        let shown = |known: &Facts| Facts {
            progress: Some(progress.clone()),
            output_bytes,
            ..known.clone()
        };
        // Progress is news, not truth: what cannot be kept now is told by the next look.
        if shared.change_facts(id, fence, shown).await {
            told = Some(progress);
        }
    }
}
