//! What a token can do.

use assent_domain::history::Standing;
use assent_domain::scope::Series;
use assent_domain::token::{Capability, Token};
use assent_proto::v1;

use super::{scope, standing, time};

/// A token's description, with what is to be shown of the person. Who that is, and which message brought them, is not told.
#[must_use]
pub fn description(token: &Token, standings: &[(Series, Standing)]) -> v1::TokenDescription {
    let (capability, expires_at) = match token.capability {
        Capability::Withdraw(_) => (v1::TokenCapability::Withdraw, None),
        Capability::Preferences { expires_at } => (v1::TokenCapability::Preferences, expires_at),
    };
    v1::TokenDescription {
        profile_table: token.table.as_str().to_owned(),
        capability: capability.into(),
        coverage: Some(scope::coverage(token.coverage())),
        issued_at: Some(time::instant(token.issued_at)),
        expires_at: expires_at.map(time::instant),
        standings: standings.iter().map(|(series, reads)| standing::standing(*series, reads)).collect(),
    }
}
