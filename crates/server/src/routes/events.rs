//! `/api/v1/events`: every change, as server-sent events. None is lost and none comes twice: an event's number is its
//! place in a sequence without gaps, and the stream goes on after whatever number the listener has.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::convert::Infallible;
use std::fmt::Write;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use longhaul_api as api;
use longhaul_engine::{EventBounds, StoreFault};
use longhaul_model::TaskId;
use tokio::sync::mpsc;

use crate::feed::Frame;
use crate::params::Params;
use crate::problem::{Answer, Failure};
use crate::refusal;
use crate::stale;
use crate::state::ServerState;
use crate::view;

/// How long the stream stays silent.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How many events are read at once.
const BATCH: usize = 128;

/// Where a listener is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// It wants what happens from now on.
    Now,
    /// It has everything up to this number.
    After(u64),
    /// It names a number of another store, or none at all.
    Elsewhere,
}

/// Tells every change of every task.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "events", operation_id = "events",
    params(
        ("Last-Event-ID" = Option<String>, Header, description = "Go on after this event"),
        ("since" = Option<String>, Query, description = "The same, for those who cannot set the header"),
    ),
    responses(
        (status = 200, description = "Events named after what happened, each with an EventMessage as data; `reset` \
            where the history needed to go on is gone: read everything anew", body = api::EventMessage,
            content_type = "text/event-stream"),
        (status = 400, description = "bad-request", body = api::Problem),
    )
)]
pub(crate) async fn events(
    State(state): State<ServerState>,
    headers: HeaderMap,
    mut params: Params,
) -> Answer<Response> {
    let uuid = state.engine.store_uuid();
    let since = params.text("since")?;
    params.finish()?;
    let place = match (headers.get("last-event-id"), since) {
        (Some(id), _) => place_of(&uuid, &String::from_utf8_lossy(id.as_bytes())),
        (None, Some(since)) => since_place(&uuid, &since)?,
        (None, None) => Place::Now,
    };
    let EventBounds { oldest, newest } = state.engine.event_bounds().await.map_err(refusal::store)?;
    let (last, is_reset) = match place {
        Place::Now => (newest, false),
        Place::After(last) if last <= newest && last + 1 >= oldest => (last, false),
        Place::After(_) | Place::Elsewhere => (newest, true),
    };
    let (frames, receiver) = mpsc::channel(4);
    let teller = Teller {
        state,
        uuid,
        last,
        frames,
    };
    tokio::spawn(teller.tell(is_reset));
    let headers = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")];
    Ok((headers, Body::from_stream(Frames(receiver))).into_response())
}

fn place_of(uuid: &str, id: &str) -> Place {
    match id.rsplit_once(':') {
        Some((store, number)) if store == uuid => number.parse().map_or(Place::Elsewhere, Place::After),
        _ => Place::Elsewhere,
    }
}

fn since_place(uuid: &str, since: &str) -> Answer<Place> {
    match since.parse() {
        Ok(number) => Ok(Place::After(number)),
        Err(_) if since.contains(':') => Ok(place_of(uuid, since)),
        Err(_) => Err(Failure::bad_request("`since` must be the id or the number of an event")),
    }
}

/// One listener's stream.
struct Teller {
    state: ServerState,
    uuid: String,
    /// The last event told.
    last: u64,
    frames: mpsc::Sender<Bytes>,
}

impl Teller {
    /// Tells what happens until the listener goes or the daemon ends.
    async fn tell(mut self, is_reset: bool) {
        let mut changes = self.state.engine.changes();
        let mut opening = ": changes of tasks\n\n".to_owned();
        if is_reset {
            self.reset(&mut opening);
        }
        let mut told = self.send(opening).await;
        while told {
            let newest = *changes.borrow_and_update();
            if self.last < newest {
                told = match self.next_batch().await {
                    Ok(more) => self.send(more).await,
                    Err(error) => {
                        // The listener comes again and goes on where it was.
                        tracing::error!(%error, "the events could not be read");
                        return;
                    }
                };
                continue;
            }
            told = tokio::select! {
                changed = changes.changed() => changed.is_ok(),
                () = tokio::time::sleep(HEARTBEAT) => self.send(":\n\n".to_owned()).await,
                () = self.frames.closed() => false,
                _ = self.state.ended() => false,
            };
        }
    }

    /// The events after the last one told. There is one.
    async fn next_batch(&mut self) -> Result<String, StoreFault> {
        let read = frames_after(&self.state, &self.uuid, self.last);
        let frames = self.state.feed.after(self.last, read).await?;
        let mut text = String::new();
        if frames.first().is_none_or(|first| first.sequence != self.last + 1) {
            // Pruned while this listener was slow.
            self.last = self.state.engine.event_bounds().await?.newest;
            self.reset(&mut text);
            return Ok(text);
        }
        for frame in &frames {
            self.last = frame.sequence;
            text.push_str(&frame.text);
        }
        Ok(text)
    }

    fn reset(&self, text: &mut String) {
        let (uuid, last) = (&self.uuid, self.last);
        let _ = write!(text, "id: {uuid}:{last}\nevent: reset\ndata: {{\"seq\":{last}}}\n\n");
    }

    /// Whether the listener is still there.
    async fn send(&self, text: String) -> bool {
        self.frames.send(text.into()).await.is_ok()
    }
}

/// The events after `last` as they are told, each with its task as it is stored: never older than its newest event. The
/// engine's own copy may lag behind an event for a moment, and no later event would tell what it missed.
async fn frames_after(state: &ServerState, uuid: &str, last: u64) -> Result<Vec<Frame>, StoreFault> {
    let events = state.engine.events_after(last, BATCH).await?;
    let mut tasks: HashMap<TaskId, Option<api::Task>> = HashMap::new();
    let mut frames = Vec::with_capacity(events.len());
    for event in events {
        let task = match tasks.entry(event.task) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(place) => {
                let stored = state.engine.view(event.task).await?;
                let shown = stored.map(|view| view::task(&view, state.engine.now()));
                place.insert(shown).clone()
            }
        };
        let message = api::EventMessage {
            seq: event.sequence,
            at: event.at,
            parts: stale::parts(&event.kind).to_vec(),
            kind: event.kind,
            task,
        };
        let data = serde_json::to_string(&message).expect("invariant: a message is JSON");
        let api::EventMessage { seq, kind, .. } = &message;
        frames.push(Frame {
            sequence: *seq,
            text: format!("id: {uuid}:{seq}\nevent: {kind}\ndata: {data}\n\n").into(),
        });
    }
    Ok(frames)
}

/// A body out of what the teller sends.
struct Frames(mpsc::Receiver<Bytes>);

impl futures_core::Stream for Frames {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|frame| frame.map(Ok))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_another_store_is_elsewhere() {
        assert_eq!(place_of("a-b", "a-b:7"), Place::After(7));
        for id in ["a-c:7", "7", "", "a-b:", "a-b:x", ":7"] {
            assert_eq!(place_of("a-b", id), Place::Elsewhere, "{id}");
        }
    }
}
