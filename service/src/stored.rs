//! What the bodies of settings say: the form in which profile tables, overrides and what is declared are kept, as JSON.
//!
//! The store keeps the text and its version; what stands in it is known here alone. A key that is not known is
//! an error: what a later release wrote is never half understood. Deliberately not here: the limits of the
//! fields (the contract's) and what an override may change (the domain's).

mod campaign;
mod ceiling;
mod message;
mod opt_in;
mod policy_override;
mod profile_table;
mod statement;
mod website;

pub use campaign::StoredCampaign;
pub use message::StoredMessage;
pub use policy_override::StoredOverride;
pub use profile_table::StoredTable;
pub use website::StoredWebsite;

use std::fmt;

/// Why a body cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The kind of setting.
    pub setting: &'static str,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a stored {} is not one that this release writes", self.setting)
    }
}

impl std::error::Error for Unreadable {}

#[cfg(test)]
mod tests;
