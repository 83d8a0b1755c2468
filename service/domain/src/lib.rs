//! What Assent means, as pure functions and types.
//!
//! Here stand the words (profile, answer, record, state, policy, verdict), the rules that turn
//! records into states and states into verdicts, and the form in which a record is hashed for ever.
//!
//! What is deliberately not here: no clock (the time is a parameter), no randomness (ids and salts
//! are parameters), no I/O, no async, no protobuf, no ORM. `Cargo.toml` proves it: a reader who
//! finds one of those there has found a mistake.

pub mod answer;
pub mod campaign;
pub mod canonical;
pub mod ceiling;
mod consent;
pub mod context;
mod default;
pub mod evidence;
mod exemption;
pub mod history;
pub mod id;
pub mod interaction;
pub mod message;
pub mod mode;
pub mod policy;
pub mod reason;
pub mod record;
#[cfg(test)]
mod scene;
pub mod scope;
pub mod time;
pub mod verdict;
pub mod wait_block;
pub mod website;
