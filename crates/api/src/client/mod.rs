//! The typed client: one method per route, over the daemon's Unix socket.
//!
//! It knows how to ask and how to read the answer. It does not start daemons, print or decide exit codes.

mod activity;
mod acts;
mod connection;
mod daemon;
mod error;
mod events;
mod notifications;
mod output;
mod query;
mod queues;
mod sign_in;
mod tasks;
mod waiting;

pub use activity::ActivityQuery;
pub use connection::Client;
pub use error::ClientError;
pub use events::{EventStream, StreamedEvent};
pub use output::{OutputBytes, OutputQuery};
pub use tasks::{Submitted, TaskQuery};
pub use waiting::Awaited;
