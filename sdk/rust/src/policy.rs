//! A jurisdiction's rulebook, and what a tenant changes of it.

use assent_proto::v1;

use crate::error::{Error, Result};
use crate::evidence::{Basis, EvidenceItem};
use crate::profile_table::Etag;
use crate::time::{Day, Instant};
use crate::verdict::InteractionKind;
use crate::word::{Word, words};

words! {
    /// How interactions of people who did not permit tracking may be counted without naming them. Each mode includes those
    /// before it.
    AnonymousMode = v1::AnonymousMode, "ANONYMOUS_MODE_" {
        /// Not at all.
        Off,
        /// Only what arrives without naming anybody, such as the request of a pixel shared by all recipients.
        SharedPixel,
        /// What names a person too, once the identity is discarded; only by an explicit choice of the controller.
        FromIdentified,
    }
}

words! {
    /// What becomes of what was recorded before a person turned to a denying answer.
    EarlierInteractions = v1::EarlierInteractions, "EARLIER_INTERACTIONS_" {
        /// It is kept.
        Keep,
        /// It is erased.
        Erase,
    }
}

/// A policy as it stood when something was decided.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct PolicyVersion {
    /// Which policy: a built-in one's id or an override's.
    pub id: String,
    /// Its version, counted from 1.
    pub version: u32,
}

impl PolicyVersion {
    pub(crate) fn from_wire(wire: v1::PolicyVersion) -> Self {
        Self { id: wire.id, version: wire.version }
    }
}

/// What a policy demands of a grant, for marketing and tracking alike.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GrantRule {
    /// The items of evidence that a grant must come with.
    pub demands: Vec<EvidenceItem>,
    /// The grounds that are accepted.
    pub bases: Vec<Basis>,
    /// Whether one act may cover mail and tracking.
    pub joint_allowed: bool,
    /// Days of 24 hours after which a grant that was not confirmed reads expired. Absent: never.
    pub expires_after_days: Option<u32>,
}

/// What a policy says of addresses that were collected before its rules began. Its days are days of the policy's zone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransitionRule {
    /// Only addresses collected before this day; unknown days are not before it.
    pub collected_before: Day,
    /// The last day on which tracking is permitted though nobody answered.
    pub last_day: Day,
    /// Whether a notice on record permits beyond that day.
    pub notice_permits: bool,
    /// Whether the notice must have offered to withdraw.
    pub withdrawal_offer_demanded: bool,
    /// Whether the notice's text must be on record.
    pub notice_text_demanded: bool,
    /// Whether the conditions of sending must have stayed as they were.
    pub conditions_unchanged_demanded: bool,
    /// Whether a notice after the last day permits, from its own instant, if it comes with a justification.
    pub late_notice_permits: bool,
    /// From this day a grant or renewal of marketing ends the transition for its person. Absent: it never does.
    pub ended_by_marketing_grant_from: Option<Day>,
}

/// A jurisdiction's rulebook, built in, or a built-in one as an override changes it. Never changed in place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// Its id: `legacy`, `fr-cnil-2026`, `it-garante-2026`, `strict`, or an override's.
    pub id: String,
    /// Its version, counted from 1.
    pub version: u32,
    /// The built-in policy that an override changes. Absent: it is a built-in one.
    pub base: Option<PolicyVersion>,
    /// The time zone whose days its dates are. Absent: the profile table's.
    pub zone: Option<String>,
    /// What it demands of a grant.
    pub grant: GrantRule,
    /// Whether tracking is permitted where nobody answered and no transition says otherwise.
    pub unanswered_permits: bool,
    /// What it says of addresses collected before its rules began. Absent: nothing.
    pub transition: Option<TransitionRule>,
    /// How may be counted without naming anybody.
    pub anonymous_mode: AnonymousMode,
    /// What becomes of earlier interactions when a person turns to a denying answer.
    pub earlier_interactions: EarlierInteractions,
    /// The countries whose people it judges, whatever their table's policy (ISO 3166-1 alpha-2). Empty: it judges only where
    /// a table names it.
    pub countries: Vec<String>,
    /// Days of 24 hours for which interactions are kept, counted from when they occurred. Absent: the policy sets no limit.
    pub interactions_kept_days: Option<u32>,
    /// Whether websites with country FR are never tracked from 14 July 2026 on, whatever their setting.
    pub force_never_on_french_websites: bool,
    /// The kinds that may be counted without naming anybody, as far as `anonymous_mode` allows.
    pub anonymous_kinds: Vec<InteractionKind>,
    /// Months after which somebody may be asked again who refused, withdrew or did not answer a request. 0: at once.
    pub ask_again_after_months: u32,
}

impl Policy {
    pub(crate) fn from_wire(wire: v1::Policy) -> Result<Self> {
        let grant = wire.grant.ok_or_else(|| Error::unintelligible("policy.grant"))?;
        Ok(Self {
            id: wire.id,
            version: wire.version,
            base: wire.base.map(PolicyVersion::from_wire),
            zone: wire.zone,
            grant: GrantRule {
                demands: grant.demands.into_iter().map(EvidenceItem::from_wire).collect(),
                bases: grant.bases.into_iter().map(Basis::from_wire).collect(),
                joint_allowed: grant.joint_allowed,
                expires_after_days: grant.expires_after_days,
            },
            unanswered_permits: wire.unanswered_permits,
            transition: wire.transition.map(transition).transpose()?,
            anonymous_mode: AnonymousMode::from_wire(wire.anonymous_mode),
            earlier_interactions: EarlierInteractions::from_wire(wire.earlier_interactions),
            countries: wire.countries,
            interactions_kept_days: wire.interactions_kept_days,
            force_never_on_french_websites: wire.force_never_on_french_websites,
            anonymous_kinds: wire.anonymous_kinds.into_iter().map(InteractionKind::from_wire).collect(),
            ask_again_after_months: wire.ask_again_after_months,
        })
    }
}

fn transition(wire: v1::TransitionRule) -> Result<TransitionRule> {
    let day =
        |wire: Option<_>, path| wire.and_then(Day::from_wire).ok_or_else(|| Error::unintelligible(path));
    Ok(TransitionRule {
        collected_before: day(wire.collected_before, "policy.transition.collected_before")?,
        last_day: day(wire.last_day, "policy.transition.last_day")?,
        notice_permits: wire.notice_permits,
        withdrawal_offer_demanded: wire.withdrawal_offer_demanded,
        notice_text_demanded: wire.notice_text_demanded,
        conditions_unchanged_demanded: wire.conditions_unchanged_demanded,
        late_notice_permits: wire.late_notice_permits,
        ended_by_marketing_grant_from: wire.ended_by_marketing_grant_from.and_then(Day::from_wire),
    })
}

/// What a tenant changes of one built-in policy: it may tighten it and set its switches, never loosen it. A tenant has at
/// most one for each policy. What is absent stays as the policy has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyOverride {
    /// Its id, 1 to 64 bytes; never changed, not a built-in policy's.
    pub id: String,
    /// The built-in policy that it changes; fixed by the first Put.
    pub base_policy_id: String,
    /// Items of evidence demanded beside the policy's own, at most 16.
    pub more_demands: Vec<EvidenceItem>,
    /// Grounds no longer accepted of a grant, at most 8.
    pub refused_bases: Vec<Basis>,
    /// Whether one act may cover mail and tracking; true only where the policy has a switch for it or allows it already.
    pub joint_allowed: Option<bool>,
    /// Days of 24 hours, 1 to 36,500, after which a grant that was not confirmed reads expired; not more than the policy's.
    pub expires_after_days: Option<u32>,
    /// Whether a notice alone permits beyond the transition; true only where the policy has a switch for it or says so already.
    pub notice_alone_suffices: Option<bool>,
    /// How may be counted without naming anybody; not beyond what the policy's switch allows.
    pub anonymous_mode: Option<AnonymousMode>,
    /// What becomes of earlier interactions; to keep them where the policy erases is refused.
    pub earlier_interactions: Option<EarlierInteractions>,
    /// Whether nobody who did not answer is tracked, whatever the transition says; false where the policy denies is refused.
    pub unanswered_denied: Option<bool>,
    /// Whether a notice must have offered to withdraw; false where the policy demands it is refused.
    pub withdrawal_offer_demanded: Option<bool>,
    /// Days of 24 hours, 1 to 36,500, for which interactions are kept, counted from when they occurred; not more than the
    /// policy's.
    pub interactions_kept_days: Option<u32>,
    /// Whether websites with country FR are never tracked from 14 July 2026 00:00 in Paris on, whatever their setting.
    pub force_never_on_french_websites: Option<bool>,
    /// The kinds that may be counted without naming anybody: opens, and clicks where the policy has a switch for it. Empty: as
    /// the policy has it.
    pub anonymous_kinds: Vec<InteractionKind>,
    /// What the caller last read, for a Put over it. Absent in a Put: the override must not exist yet.
    pub etag: Option<Etag>,
    /// Counts the override's changes, from 1. 0 in one that was not read; ignored in a Put.
    pub version: u32,
    /// When this version was stored. Absent in one that was not read; ignored in a Put.
    pub recorded_at: Option<Instant>,
}

impl PolicyOverride {
    /// An override of that id that changes nothing yet of that built-in policy; set its fields.
    #[must_use]
    pub fn new(id: impl Into<String>, base_policy_id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            base_policy_id: base_policy_id.into(),
            more_demands: Vec::new(),
            refused_bases: Vec::new(),
            joint_allowed: None,
            expires_after_days: None,
            notice_alone_suffices: None,
            anonymous_mode: None,
            earlier_interactions: None,
            unanswered_denied: None,
            withdrawal_offer_demanded: None,
            interactions_kept_days: None,
            force_never_on_french_websites: None,
            anonymous_kinds: Vec::new(),
            etag: None,
            version: 0,
            recorded_at: None,
        }
    }

    pub(crate) fn into_wire(self) -> v1::PolicyOverride {
        v1::PolicyOverride {
            id: self.id,
            base_policy_id: self.base_policy_id,
            more_demands: self.more_demands.into_iter().map(Word::to_wire).collect(),
            refused_bases: self.refused_bases.into_iter().map(Word::to_wire).collect(),
            joint_allowed: self.joint_allowed,
            expires_after_days: self.expires_after_days,
            notice_alone_suffices: self.notice_alone_suffices,
            anonymous_mode: self.anonymous_mode.map_or(0, Word::to_wire),
            earlier_interactions: self.earlier_interactions.map_or(0, Word::to_wire),
            unanswered_denied: self.unanswered_denied,
            withdrawal_offer_demanded: self.withdrawal_offer_demanded,
            interactions_kept_days: self.interactions_kept_days,
            force_never_on_french_websites: self.force_never_on_french_websites,
            anonymous_kinds: self.anonymous_kinds.into_iter().map(Word::to_wire).collect(),
            etag: self.etag.map(|etag| etag.0),
            version: 0,
            recorded_at: None,
        }
    }

    pub(crate) fn from_wire(wire: v1::PolicyOverride) -> Self {
        Self {
            id: wire.id,
            base_policy_id: wire.base_policy_id,
            more_demands: wire.more_demands.into_iter().map(EvidenceItem::from_wire).collect(),
            refused_bases: wire.refused_bases.into_iter().map(Basis::from_wire).collect(),
            joint_allowed: wire.joint_allowed,
            expires_after_days: wire.expires_after_days,
            notice_alone_suffices: wire.notice_alone_suffices,
            anonymous_mode: (wire.anonymous_mode != 0).then(|| AnonymousMode::from_wire(wire.anonymous_mode)),
            earlier_interactions: (wire.earlier_interactions != 0)
                .then(|| EarlierInteractions::from_wire(wire.earlier_interactions)),
            unanswered_denied: wire.unanswered_denied,
            withdrawal_offer_demanded: wire.withdrawal_offer_demanded,
            interactions_kept_days: wire.interactions_kept_days,
            force_never_on_french_websites: wire.force_never_on_french_websites,
            anonymous_kinds: wire.anonymous_kinds.into_iter().map(InteractionKind::from_wire).collect(),
            etag: wire.etag.map(Etag),
            version: wire.version,
            recorded_at: wire.recorded_at.map(Instant::from_wire),
        }
    }

    /// An override that the contract promises to give.
    pub(crate) fn promised(wire: Option<v1::PolicyOverride>) -> Result<Self> {
        wire.map(Self::from_wire).ok_or_else(|| Error::unintelligible("policy_override"))
    }
}
