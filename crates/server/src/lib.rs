//! HTTP on the Unix socket and on TCP: a thin mouth on the engine.
//!
//! [`run`] starts the engine, listens, and answers until it is told to stop. [`router`] is the same for every
//! transport; what a transport knows of the other end comes as the request extension [`Peer`]. The routes turn the
//! words on the wire (`longhaul-api`) into calls of the engine and its answers back.
//!
//! What this is not: it decides nothing about tasks, and it reads no settings.

mod auth;
mod caller;
mod change;
mod connection;
mod digest;
mod extract;
mod feed;
mod fields;
mod guard;
mod headers;
mod kinds;
mod listen;
mod openapi;
mod openapi_common;
mod page;
mod params;
mod peer;
mod problem;
mod reading;
mod refusal;
mod rights;
mod router;
mod routes;
mod run;
mod socket;
mod spec;
mod stale;
mod state;
mod stopped;
mod tcp;
mod tcp_peer;
mod vanishing;
mod view;

pub use listen::Listen;
pub use longhaul_engine::{
    AgentSettings, Agents, AgentsError, Config as EngineConfig, TemplateOutput, TemplateSettings, WriteMode,
};
pub use longhaul_engine::{NotifySettings, Webhook, WebhookSecret};
pub use openapi::openapi_document;
pub use peer::{Peer, Way};
pub use router::router;
pub use run::{DaemonSettings, RunError, run};
pub use state::ServerState;
pub use stopped::Stopped;
