//! What the service would do with an interaction.

use assent_proto::v1;

use crate::policy::PolicyVersion;
use crate::word::{Word, words};

words! {
    /// What was done: something a profile does, and the send, which we do.
    InteractionKind = v1::InteractionKind, "INTERACTION_KIND_" {
        /// Opened an email.
        EmailOpen,
        /// Clicked a link in an email.
        EmailClick,
        /// Clicked a link in an SMS message.
        SmsClick,
        /// Visited a website.
        WebsiteVisit,
        /// Reached a goal by a transaction.
        TransactionGoal,
        /// We sent a message to the profile.
        Send,
    }
}

words! {
    /// What the service does with an interaction.
    Verdict = v1::Verdict, "VERDICT_" {
        /// It is recorded.
        Record,
        /// Only what the law exempts from consent is kept of it.
        Exempt,
        /// It is dropped, as if it had not occurred.
        Discard,
    }
}

words! {
    /// Why the service does it.
    VerdictReason = v1::VerdictReason, "VERDICT_REASON_" {
        /// The person granted it.
        Granted,
        /// Nobody answered, and the policy's default permits.
        DefaultPermits,
        /// Nobody told, asked or answered, and the policy's default denies.
        Unknown,
        /// The person was told and did not answer, and the policy's default denies.
        Informed,
        /// The person refused.
        Refused,
        /// The person withdrew.
        Withdrawn,
        /// The person objected.
        Objected,
        /// The grant ran out.
        Expired,
        /// A grant is on record, but not with the evidence that the policy in force demands.
        GrantUnproven,
        /// The person was erased.
        ProfileErased,
        /// It was recorded when it was permitted, and the policy keeps what was recorded.
        Kept,
        /// We sent it: ours, not the person's behaviour.
        Send,
        /// The link is functional: always served, never stored.
        FunctionalLink,
        /// The message asks for consent or tells of tracking: it carries none.
        ConsentRequest,
        /// An SMS message has no pixel.
        NoPixel,
        /// It is older than the policy would keep it.
        TooOld,
        /// A website, campaign or message in play is never tracked, or the message went out without tracking.
        TrackingDisabled,
        /// A website, campaign or message in play is tracked only without naming anybody.
        AnonymousOnly,
        /// The interaction names no profile.
        NoProfile,
        /// Consent permits, but the message went out with a pixel that serves the last-open day alone.
        LastOpenOnly,
    }
}

/// What the service would do with an interaction of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KindVerdict {
    /// The kind.
    pub kind: InteractionKind,
    /// What it would do.
    pub verdict: Verdict,
    /// Why.
    pub reason: VerdictReason,
    /// The policy that decided. Absent where none was asked ([`VerdictReason::ProfileErased`]).
    pub policy: Option<PolicyVersion>,
}

impl KindVerdict {
    pub(crate) fn from_wire(wire: v1::KindVerdict) -> Self {
        Self {
            kind: InteractionKind::from_wire(wire.kind),
            verdict: Verdict::from_wire(wire.verdict),
            reason: VerdictReason::from_wire(wire.reason),
            policy: wire.policy.map(PolicyVersion::from_wire),
        }
    }
}
