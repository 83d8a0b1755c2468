//! What the service would do with an interaction, and why.

use assent_domain::interaction::InteractionKind;
use assent_domain::reason::Reason;
use assent_domain::verdict::{Disposition, Verdict};
use assent_proto::v1;

use super::policy;

/// A kind of interaction; `None` for a send, which is no behaviour of a person and no kind of the contract yet.
#[must_use]
pub const fn kind(kind: InteractionKind) -> Option<v1::InteractionKind> {
    match kind {
        InteractionKind::EmailOpen => Some(v1::InteractionKind::EmailOpen),
        InteractionKind::EmailClick => Some(v1::InteractionKind::EmailClick),
        InteractionKind::SmsClick => Some(v1::InteractionKind::SmsClick),
        InteractionKind::WebsiteVisit => Some(v1::InteractionKind::WebsiteVisit),
        InteractionKind::TransactionGoal => Some(v1::InteractionKind::TransactionGoal),
        InteractionKind::Send => None,
    }
}

/// What is done.
#[must_use]
pub const fn disposition(disposition: Disposition) -> v1::Verdict {
    match disposition {
        Disposition::Record => v1::Verdict::Record,
        Disposition::Exempt => v1::Verdict::Exempt,
        Disposition::Discard => v1::Verdict::Discard,
    }
}

/// Why; `None` for what cannot be the reason where nothing is declared and nothing recorded is read.
#[must_use]
pub const fn reason(reason: Reason) -> Option<v1::VerdictReason> {
    match reason {
        Reason::PermittedGranted => Some(v1::VerdictReason::Granted),
        Reason::PermittedByDefault => Some(v1::VerdictReason::DefaultPermits),
        Reason::Unknown => Some(v1::VerdictReason::Unknown),
        Reason::Informed => Some(v1::VerdictReason::Informed),
        Reason::Refused => Some(v1::VerdictReason::Refused),
        Reason::Withdrawn => Some(v1::VerdictReason::Withdrawn),
        Reason::Objected => Some(v1::VerdictReason::Objected),
        Reason::Expired => Some(v1::VerdictReason::Expired),
        Reason::GrantUnproven => Some(v1::VerdictReason::GrantUnproven),
        Reason::ProfileErased => Some(v1::VerdictReason::ProfileErased),
        Reason::PermittedKept
        | Reason::PermittedSend
        | Reason::FunctionalLink
        | Reason::ConsentRequest
        | Reason::NoPixel
        | Reason::TooOld
        | Reason::TrackingDisabled
        | Reason::AnonymousOnly
        | Reason::NoProfile
        | Reason::LastOpenOnly => None,
    }
}

/// What would be done with an interaction of `of`; `None` for a kind or a reason that the contract has no word for.
#[must_use]
pub fn of_kind(of: InteractionKind, verdict: &Verdict) -> Option<v1::KindVerdict> {
    let reason = reason(verdict.reason)?;
    let asked = reason != v1::VerdictReason::ProfileErased;
    Some(v1::KindVerdict {
        kind: kind(of)?.into(),
        verdict: disposition(verdict.disposition).into(),
        reason: reason.into(),
        policy: asked.then(|| policy::version(&verdict.policy)),
    })
}
