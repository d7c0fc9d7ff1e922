//! Keeps the few stored facts of a running agent current: session, phase, last activity, usage.

use std::sync::Arc;
use std::time::Duration;

use longhaul_model::{Facts, Fence, Task, TaskId};
use longhaul_supervisor::output::Reader;
use tokio::time::Instant;

use crate::executors::agent::{Fed, Feeder, activity_line, known_of};
use crate::shared::{Shared, blocking};

/// How often the output is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// The shortest time between two writes of what was seen, the first session id excepted.
const BETWEEN_WRITES: Duration = Duration::from_millis(500);
/// How many pieces are read in one look: an agent that floods is read along with, and not at the cost of all others.
const PIECES_AT_ONCE: usize = 32;

/// Follows one attempt until it is over.
pub(crate) async fn follow(shared: Arc<Shared>, id: TaskId, fence: Fence) {
    let Some(adapter) = adapter_of(&shared, id) else { return };
    let mut feeder = Feeder::new(adapter);
    let mut line: Option<String> = None;
    let mut written: Option<Instant> = None;
    let output_folder = shared.attempt_folder(id, fence);
    loop {
        tokio::time::sleep(LOOK).await;
        let folder = output_folder.clone();
        let fed = blocking(move || {
            let mut lines = Vec::new();
            let reader = Reader::open(folder);
            for _ in 0..PIECES_AT_ONCE {
                match feeder.feed(&reader) {
                    Ok(Fed::Some) => {}
                    // What cannot be read now is read at the end, where it is told of.
                    Ok(Fed::All) | Err(_) => break,
                }
                let done = feeder.take_activity();
                lines.extend(
                    done.iter()
                        .rev()
                        .find_map(|(activity, _)| activity_line(&activity.kind)),
                );
            }
            let produced = reader.produced().unwrap_or(0);
            (feeder, lines.pop(), produced)
        });
        let Some((back, newest, output_bytes)) = fed.await else {
            return;
        };
        feeder = back;
        line = newest.or(line);
        let Some(task) = running(&shared, id, fence) else {
            return;
        };
        let (reading, done) = (feeder.reading().clone(), line.clone());
        let know = move |before: &Facts| Facts {
            activity: done.clone().or(before.activity.clone()),
            output_bytes,
            ..known_of(adapter, &reading, before)
        };
        let known = know(&task.facts);
        let is_news = is_news(&known, &task.facts);
        let is_first_session = known.session.is_some() && task.facts.session.is_none();
        let is_time = written.is_none_or(|written| written.elapsed() >= BETWEEN_WRITES);
        if is_news && (is_time || is_first_session) && shared.change_facts(id, fence, know).await {
            written = Some(Instant::now());
        }
    }
}

fn adapter_of(shared: &Shared, id: TaskId) -> Option<&'static dyn longhaul_agents::Adapter> {
    let task = shared.board().task(id).cloned()?;
    shared.config.agents.adapter(&task.spec.work.agent()?.agent)
}

/// The task, as long as this attempt of it runs and this daemon looks after it.
fn running(shared: &Shared, id: TaskId, fence: Fence) -> Option<Arc<Task>> {
    let task = shared.board().task(id).cloned()?;
    let is_watched = shared.watched().get(&id).is_some_and(|watched| watched.fence == fence);
    let goes_on = task.life.fence == fence && is_watched && !*shared.stopping.borrow();
    goes_on.then_some(task)
}

/// Whether there is more to tell than a larger count of bytes.
fn is_news(known: &Facts, before: &Facts) -> bool {
    let without_count = |facts: &Facts| Facts {
        output_bytes: 0,
        ..facts.clone()
    };
    without_count(known) != without_count(before)
}
