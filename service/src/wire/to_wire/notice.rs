//! Notices: texts, and what people were told.

use assent_domain::record::NoticeGiven;
use assent_proto::v1;
use assent_store::{Notice, NoticeEntry};

use super::{evidence, scope, time};
use crate::failure::{Failure, Outcome};

/// A notice that somebody was told.
#[must_use]
pub fn given(given: &NoticeGiven) -> v1::NoticeGiven {
    v1::NoticeGiven {
        coverage: Some(scope::coverage(given.coverage)),
        notified_at: given.notified_at.map(time::instant),
        notice_id: given.text.map(|id| id.0.to_vec()),
        conditions_unchanged: given.conditions_unchanged,
        withdrawal_offered: given.withdrawal_offered,
        justification: given.justification.clone(),
        proof_reference: given.proof_reference.clone(),
        source: given.source.as_ref().map(evidence::source),
        sent_message_id: given.sent_message.as_ref().map(|id| id.as_str().to_owned()),
    }
}

/// A text as it is stored.
///
/// # Errors
/// An internal error when it is not UTF-8, which no call could have stored.
pub fn text(notice: Notice) -> Outcome<v1::Notice> {
    Ok(v1::Notice {
        id: notice.id.0.to_vec(),
        text: String::from_utf8(notice.content).map_err(|error| Failure::internal(error.utf8_error()))?,
        recorded_at: Some(time::instant(notice.recorded_at)),
    })
}

/// A text in a list.
#[must_use]
pub fn entry(entry: &NoticeEntry) -> v1::NoticeEntry {
    v1::NoticeEntry {
        id: entry.id.0.to_vec(),
        // A text is far below that.
        size_bytes: u32::try_from(entry.size_bytes).unwrap_or(u32::MAX),
        recorded_at: Some(time::instant(entry.recorded_at)),
    }
}
