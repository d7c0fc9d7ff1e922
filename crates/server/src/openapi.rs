//! The OpenAPI document, made of what the handlers say of themselves.

use axum::Json as JsonAnswer;
use utoipa::OpenApi;

use crate::openapi_common::Common;
use crate::routes::{
    activity, acts, awaiting, daemon, events, health, inbox, notifications, output, overview, queues, sign_in, tasks,
    trees,
};

#[derive(OpenApi)]
#[openapi(
    modifiers(&Common),
    info(
        title = "Longhaul",
        description = "The durable task queue for coding agents. Errors are `application/problem+json` with a stable \
            `code`. New fields may come, none goes; lists of words may grow."
    ),
    paths(
        tasks::submit,
        tasks::list,
        tasks::show,
        tasks::edit,
        tasks::history,
        output::result,
        output::output,
        activity::activity,
        inbox::list,
        inbox::ack,
        awaiting::wait,
        acts::cancel,
        acts::retry,
        acts::redispatch,
        acts::hold,
        acts::release,
        acts::wake,
        acts::top,
        acts::ack,
        acts::wake_all,
        trees::changes,
        trees::land,
        trees::discard,
        trees::trust,
        queues::list,
        queues::change,
        queues::change_all,
        events::events,
        overview::stats,
        overview::workspaces,
        overview::agents,
        overview::nodes,
        overview::doctor,
        overview::prune,
        notifications::list,
        sign_in::sign_in,
        sign_in::sign_out,
        sign_in::new_code,
        sign_in::rotate,
        daemon::status,
        daemon::stop,
        daemon::restart,
        health::alive,
        health::ready,
        health::metrics,
    ),
    components(schemas(longhaul_api::Problem, longhaul_api::EventMessage, longhaul_api::Output))
)]
struct Document;

/// The OpenAPI document as JSON text, ending in a line feed.
pub fn openapi_document() -> String {
    let mut text = Document::openapi()
        .to_pretty_json()
        .expect("invariant: the document is JSON");
    text.push('\n');
    text
}

/// `/api/v1/openapi.json`.
pub(crate) async fn document() -> JsonAnswer<utoipa::openapi::OpenApi> {
    JsonAnswer(Document::openapi())
}
