//! Requests for consent, and the ids of calls.

use assent_domain::id::RequestId;
use assent_domain::record::RequestMade;
use assent_proto::v1;

use super::{Misfit, evidence, notice, scope, time};

/// A request for consent that somebody was sent.
///
/// # Errors
/// When a field is none the domain takes.
pub fn made(made: &v1::RequestMade) -> Result<RequestMade, Misfit> {
    let at = made.requested_at.as_ref().map(|at| time::instant(at).ok_or(Misfit::of("requested_at")));
    Ok(RequestMade {
        coverage: scope::coverage(made.coverage.as_ref())?,
        requested_at: at.transpose()?,
        text: notice::optional_id(made.notice_id.as_deref())?,
        source: made.source.as_ref().map(evidence::source).transpose()?,
        // Only the recorded send of a message has one, and no call records sends through here.
        sent_message: None,
    })
}

/// The id by which a repeated call is known.
///
/// # Errors
/// When it is no UUID.
pub fn id(text: &str) -> Result<RequestId, Misfit> {
    let uuid = uuid::Uuid::try_parse(text).map_err(|_| Misfit::of("request_id"))?;
    Ok(RequestId(uuid.into_bytes()))
}
