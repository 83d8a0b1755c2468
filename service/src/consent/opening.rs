//! From the text of a link to what its token says.

use assent_domain::id::TenantId;
use assent_domain::token::{Beyond, Token};

use crate::context::Context;
use crate::failure::{Failure, Outcome, TokenFault};
use crate::seal::Unopened;

/// What a token of that tenant says.
///
/// # Errors
/// [`Failure::Token`] when it is none, or its key is not here.
pub(super) fn opened(context: &Context, tenant: &TenantId, token: &str) -> Outcome<Token> {
    let content = context.seals.open(tenant, token).map_err(|unopened| match unopened {
        Unopened::KeyUnknown => TokenFault::KeyUnknown,
        Unopened::Malformed => TokenFault::Malformed,
    })?;
    Token::from_bytes(&content).ok_or(Failure::Token(TokenFault::Malformed))
}

impl TokenFault {
    /// What is told of a token that does not suffice for what `field` asks.
    pub(super) fn beyond(beyond: Beyond, field: impl Into<String>) -> Self {
        match beyond {
            Beyond::Expired => Self::Expired { field: field.into() },
            Beyond::Capability | Beyond::Coverage => Self::Insufficient { field: field.into() },
        }
    }
}
