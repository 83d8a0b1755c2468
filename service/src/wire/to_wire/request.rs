//! Requests for consent.

use assent_domain::record::RequestMade;
use assent_proto::v1;

use super::{evidence, scope, time};

/// A request that somebody was sent.
#[must_use]
pub fn made(made: &RequestMade) -> v1::RequestMade {
    v1::RequestMade {
        coverage: Some(scope::coverage(made.coverage)),
        requested_at: made.requested_at.map(time::instant),
        notice_id: made.text.map(|id| id.0.to_vec()),
        source: made.source.as_ref().map(evidence::source),
        sent_message_id: made.sent_message.as_ref().map(|id| id.as_str().to_owned()),
    }
}
