//! What Assent means, as pure functions and types.
//!
//! Here stand the words (profile, answer, record, state, policy, verdict), the rules that turn
//! records into states and states into verdicts, and the form in which a record is hashed for ever.
//!
//! What is deliberately not here: no clock (the time is a parameter), no randomness (ids and salts
//! are parameters), no I/O, no async, no protobuf, no ORM. `Cargo.toml` proves it: a reader who
//! finds one of those there has found a mistake.

/// Gives types a `Debug` form that shows nothing: what they hold is about a person.
macro_rules! hidden {
    ($($name:ident),+ $(,)?) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}

pub mod answer;
pub mod asking;
pub mod campaign;
pub mod canonical;
pub mod ceiling;
pub mod change;
pub mod command;
mod consent;
pub mod context;
mod default;
pub mod engagement;
pub mod evidence;
mod exemption;
pub mod history;
pub mod id;
pub mod inactivity;
pub mod interaction;
pub mod ledger;
pub mod message;
pub mod mode;
pub mod opt_in;
pub mod plan;
pub mod policy;
pub mod profile;
pub mod profile_table;
pub mod reason;
pub mod record;
pub mod refusal;
pub mod removal;
pub mod scope;
pub mod sight;
pub mod subject;
pub mod tally;
pub mod time;
pub mod token;
pub mod verdict;
pub mod wait_block;
pub mod website;

#[cfg(test)]
mod scene;

#[cfg(test)]
mod sample;
