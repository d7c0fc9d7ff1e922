//! One connection, whichever way it came: its requests, one after the other, until either side has enough.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::caller::Membership;
use crate::peer::{Peer, Way};
use crate::state::ServerState;

/// How long a stranger may take over the head of a request. Our own user may take as long as it likes.
const HEAD_TAKES: Duration = Duration::from_secs(30);

/// Marks an answer that is not to be given: its connection is dropped instead, as if the daemon had died.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hangup;

/// Serves a connection to its end. The peer going away drops the answer it waited for, and nothing else.
pub(crate) async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    way: Way,
    peer: Option<Peer>,
    router: Router,
    state: ServerState,
) {
    let router = TowerToHyperService::new(router);
    let membership = Arc::new(Membership::default());
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(way);
        if let Some(peer) = peer {
            request.extensions_mut().insert(peer);
        }
        request.extensions_mut().insert(Arc::clone(&membership));
        let answer = hyper::service::Service::call(&router, request.map(axum::body::Body::new) as Request);
        async move {
            let response: Response = answer.await.unwrap_or_else(|never| match never {});
            if response.extensions().get::<Hangup>().is_some() {
                return Err(io::Error::other("hung up without an answer"));
            }
            Ok(response)
        }
    });
    let mut builder = http1::Builder::new();
    if matches!(way, Way::Tcp { .. }) {
        builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TAKES);
    }
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let told = tokio::select! {
        told = connection.as_mut() => told,
        _ = state.ended() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = told {
        tracing::debug!(%error, "a connection ended early");
    }
}
