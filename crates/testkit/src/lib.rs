//! What tests stand on: private worlds around the real binary, scripted programs, and the suite every store must pass.

pub mod store_suite;
