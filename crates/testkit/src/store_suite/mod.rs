//! The suite that defines a store: every database must pass it.
