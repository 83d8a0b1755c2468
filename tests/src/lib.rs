//! The test house: what every test of the whole service stands on.
//!
//! Here are the engines with their fresh databases ([`engine`]), the real service in this process ([`app`]) or
//! in one of its own ([`process`]), the client that watches what it is answered ([`client`]), and words to tell a
//! story in ([`story`]). The tests themselves are one binary, `it/main.rs`.
//!
//! Deliberately not here: anything that a running service needs. Nothing depends on this crate.
#![expect(clippy::expect_used, clippy::panic, reason = "a harness that cannot go on fails the test")]

pub mod app;
pub mod audience;
pub mod blackbox;
pub mod canary;
pub mod client;
pub mod deed;
pub mod dump;
pub mod engine;
pub mod fault;
pub mod link;
pub mod list;
pub mod look;
pub mod marks;
pub mod matrix;
pub mod meter;
pub mod outbox;
pub mod plan;
pub mod postgres;
pub mod process;
pub mod receiver;
pub mod story;
pub mod streamed;
pub mod timeline;
pub mod wait;

pub use macro_rules_attribute::apply;

/// The folder that this test was built into: its program lies in `target/debug/deps` or `target/debug`.
///
/// # Panics
/// When the program does not know where it lies.
#[must_use]
pub fn target() -> std::path::PathBuf {
    let program = std::env::current_exe().expect("a program that was started from a file");
    let debug = program.ancestors().find(|folder| folder.ends_with("debug")).expect("a debug build");
    debug.parent().expect("a folder of the build").to_owned()
}
