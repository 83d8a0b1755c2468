//! What the service would do with an interaction, and why.

use assent_domain::interaction::InteractionKind;
use assent_domain::reason::Reason;
use assent_domain::record::PolicyVersion;
use assent_domain::verdict::{Disposition, Verdict};
use assent_proto::v1;

use super::policy;

/// A kind of interaction.
#[must_use]
pub const fn kind(kind: InteractionKind) -> v1::InteractionKind {
    match kind {
        InteractionKind::EmailOpen => v1::InteractionKind::EmailOpen,
        InteractionKind::EmailClick => v1::InteractionKind::EmailClick,
        InteractionKind::SmsClick => v1::InteractionKind::SmsClick,
        InteractionKind::WebsiteVisit => v1::InteractionKind::WebsiteVisit,
        InteractionKind::TransactionGoal => v1::InteractionKind::TransactionGoal,
        InteractionKind::Send => v1::InteractionKind::Send,
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

/// Why.
#[must_use]
pub const fn reason(reason: Reason) -> v1::VerdictReason {
    match reason {
        Reason::PermittedGranted => v1::VerdictReason::Granted,
        Reason::PermittedByDefault => v1::VerdictReason::DefaultPermits,
        Reason::PermittedKept => v1::VerdictReason::Kept,
        Reason::PermittedSend => v1::VerdictReason::Send,
        Reason::Unknown => v1::VerdictReason::Unknown,
        Reason::Informed => v1::VerdictReason::Informed,
        Reason::Refused => v1::VerdictReason::Refused,
        Reason::Withdrawn => v1::VerdictReason::Withdrawn,
        Reason::Objected => v1::VerdictReason::Objected,
        Reason::Expired => v1::VerdictReason::Expired,
        Reason::GrantUnproven => v1::VerdictReason::GrantUnproven,
        Reason::ProfileErased => v1::VerdictReason::ProfileErased,
        Reason::FunctionalLink => v1::VerdictReason::FunctionalLink,
        Reason::ConsentRequest => v1::VerdictReason::ConsentRequest,
        Reason::NoPixel => v1::VerdictReason::NoPixel,
        Reason::TooOld => v1::VerdictReason::TooOld,
        Reason::TrackingDisabled => v1::VerdictReason::TrackingDisabled,
        Reason::AnonymousOnly => v1::VerdictReason::AnonymousOnly,
        Reason::NoProfile => v1::VerdictReason::NoProfile,
        Reason::LastOpenOnly => v1::VerdictReason::LastOpenOnly,
    }
}

/// What would be done with an interaction of `of`.
#[must_use]
pub fn of_kind(of: InteractionKind, verdict: &Verdict) -> v1::KindVerdict {
    v1::KindVerdict {
        kind: kind(of).into(),
        verdict: disposition(verdict.disposition).into(),
        reason: reason(verdict.reason).into(),
        policy: decided_by(verdict.reason, &verdict.policy),
    }
}

/// The policy that decided, unless none was asked.
#[must_use]
pub fn decided_by(reason: Reason, policy: &PolicyVersion) -> Option<v1::PolicyVersion> {
    (reason != Reason::ProfileErased).then(|| policy::version(policy))
}
