//! Whether a person may be asked.

use assent_domain::asking::{AskReason, Askable};
use assent_domain::scope::Series;
use assent_proto::v1;

use super::{scope, time};

/// What decides it.
#[must_use]
pub const fn reason(reason: AskReason) -> v1::AskReason {
    match reason {
        AskReason::Unknown => v1::AskReason::Unknown,
        AskReason::Informed => v1::AskReason::Informed,
        AskReason::Granted => v1::AskReason::Granted,
        AskReason::Refused => v1::AskReason::Refused,
        AskReason::Withdrawn => v1::AskReason::Withdrawn,
        AskReason::Objected => v1::AskReason::Objected,
        AskReason::Expired => v1::AskReason::Expired,
        AskReason::Requested => v1::AskReason::Requested,
        AskReason::GrantUnproven => v1::AskReason::GrantUnproven,
        AskReason::ProfileErased => v1::AskReason::ProfileErased,
    }
}

/// Whether they may be asked for `series`.
#[must_use]
pub fn of_series(series: Series, askable: Askable) -> v1::SeriesAskable {
    v1::SeriesAskable {
        series: scope::series(series).into(),
        askable: askable.now,
        reason: reason(askable.reason).into(),
        askable_from: askable.from.map(time::instant),
    }
}
