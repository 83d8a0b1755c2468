//! What a caller sent, as the domain takes it. One file for each noun.
//!
//! The contract's own limits are judged before (`assent_proto::validate`); here stands only what two fields
//! say together. So [`Misfit`] is the last line: what it names passed the limits and is none all the same.

pub mod answer;
pub mod audience;
pub mod campaign;
pub mod ceiling;
pub mod change;
pub mod cursor;
pub mod evidence;
pub mod facts;
pub mod head;
pub mod import;
pub mod interaction;
pub mod interaction_filter;
pub mod item;
pub mod message;
pub mod notice;
pub mod opt_in;
pub mod plan;
pub mod policy_override;
pub mod profile;
pub mod profile_table;
pub mod record;
pub mod report;
pub mod request;
pub mod scope;
mod sight;
pub mod time;
pub mod token;
pub mod wait_block;
pub mod website;

use crate::failure::Failure;

/// A field that is not what the domain takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The field's name in its message.
    pub field: &'static str,
}

impl Misfit {
    /// That field does not fit.
    #[must_use]
    pub const fn of(field: &'static str) -> Self {
        Self { field }
    }

    /// The failure of a call or item whose message stands at `path` (empty: the request itself).
    #[must_use]
    pub fn at(self, path: &str) -> Failure {
        let dot = if path.is_empty() { "" } else { "." };
        Failure::invalid(
            format!("{path}{dot}{}", self.field),
            "is missing or not one of the contract's values",
        )
    }
}

#[cfg(test)]
mod tests;
