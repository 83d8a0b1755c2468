//! Notices: what people were told, and the ids of texts.

use assent_domain::id::NoticeId;
use assent_domain::record::NoticeGiven;
use assent_proto::v1;

use super::{Misfit, evidence, scope, time};

/// The id of a text.
///
/// # Errors
/// When it is not 32 bytes.
pub fn id(bytes: &[u8]) -> Result<NoticeId, Misfit> {
    bytes.try_into().map(NoticeId).map_err(|_| Misfit::of("notice_id"))
}

/// The id of a text that need not be known.
///
/// # Errors
/// As [`id`].
pub fn optional_id(bytes: Option<&[u8]>) -> Result<Option<NoticeId>, Misfit> {
    bytes.map(id).transpose()
}

/// A notice that somebody was told.
///
/// # Errors
/// When a field is none the domain takes.
pub fn given(given: &v1::NoticeGiven) -> Result<NoticeGiven, Misfit> {
    let notified_at = given.notified_at.as_ref().map(|at| time::instant(at).ok_or(Misfit::of("notified_at")));
    Ok(NoticeGiven {
        coverage: scope::coverage(given.coverage.as_ref())?,
        notified_at: notified_at.transpose()?,
        text: optional_id(given.notice_id.as_deref())?,
        conditions_unchanged: given.conditions_unchanged,
        withdrawal_offered: given.withdrawal_offered,
        justification: given.justification.clone(),
        proof_reference: given.proof_reference.clone(),
        source: given.source.as_ref().map(evidence::source).transpose()?,
        // Only the recorded send of a message has one, and no call records sends through here.
        sent_message: None,
    })
}
