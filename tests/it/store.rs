//! The store on both engines: what is written stays, what is numbered is dense and in order.

mod batch_race;
mod batches;
mod consent;
mod declaration;
mod empty;
mod expiry;
mod fixed;
mod horizon;
mod imports;
mod ledger;
mod lost;
mod months;
mod people;
mod plans;
pub(crate) mod race;
mod redaction;
mod removals;
mod schema;
mod settings;
mod statements;
mod subject;
mod tally;
mod telling;
mod together;
mod trimming;
mod walk;
