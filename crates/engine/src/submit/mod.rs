//! The way of a task into the store.
