//! What the service would do with an interaction.

use assent_proto::v1;

use crate::policy::PolicyVersion;
use crate::word::{Word, words};

words! {
    /// Something a profile does.
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
