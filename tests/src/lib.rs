//! The test house: what every test of the whole service stands on.
//!
//! Here are the engines with their fresh databases. The tests themselves are one binary, `it/main.rs`.
//!
//! Deliberately not here: anything that a running service needs. Nothing depends on this crate.
#![expect(clippy::expect_used, clippy::panic, reason = "a harness that cannot go on fails the test")]

pub mod engine;
pub mod look;
pub mod postgres;

pub use macro_rules_attribute::apply;
