//! The API over a real socket, with a real engine and real supervisors below it.

mod acts;
mod awaiting;
mod daemon;
mod events;
mod gates;
mod output;
mod overview;
mod submit;
mod world;
