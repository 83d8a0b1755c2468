//! What the domain says, as a caller reads it. One file for each noun; every enum by one exhaustive match, so
//! that a word that is new in the domain does not compile until the contract has it.

pub mod answer;
pub mod asking;
pub mod audience;
pub mod campaign;
pub mod ceiling;
pub mod change;
pub mod erasure;
pub mod evidence;
pub mod facts;
pub mod interaction;
pub mod ledger;
pub mod message;
pub mod notice;
pub mod opt_in;
pub mod outcome;
pub mod plan;
pub mod policy;
pub mod policy_override;
pub mod profile_table;
pub mod record;
pub mod report;
pub mod request;
pub mod scope;
pub mod standing;
pub mod time;
pub mod token;
pub mod verdict;
pub mod wait_block;
pub mod website;

#[cfg(test)]
mod tests;
