//! Every test that needs more than one crate, in one binary: a file for each noun.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod actito;
mod app;
mod audience;
mod blackbox;
mod canary;
mod change;
mod chart;
mod conformance;
mod consent;
mod engine;
mod errors;
mod faults;
mod house;
mod import;
mod interaction;
mod malformed;
mod model;
mod privacy;
mod qualifio;
mod readme;
mod serve;
mod settings;
mod store;
mod telemetry;
mod tenants;
mod token;
mod wait_block;
