//! An override as it is kept: what the tenant asked for, not what became of it, so that it is applied to the
//! built-in policy of the release that reads it.

use assent_domain::evidence::{Basis, Item, Items};
use assent_domain::id::PolicyId;
use assent_domain::policy::{CounterMode, DefaultChange, OnWithdrawal, Policy, PolicyOverride};
use assent_domain::scope::{Scope, ScopeSet};
use serde::{Deserialize, Serialize};

use super::Unreadable;

const UNREADABLE: Unreadable = Unreadable { setting: "policy override" };

/// The body of an override, in the contract's words. What is absent stays as the policy has it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoredOverride {
    /// The built-in policy that it changes.
    pub base: String,
    /// Names of items of evidence demanded beside the policy's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub more_demands: Vec<String>,
    /// Names of grounds no longer accepted of a grant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refused_bases: Vec<String>,
    /// Whether one act may cover mail and tracking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joint_allowed: Option<bool>,
    /// Days of 24 hours after which an unconfirmed grant has run out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_after_days: Option<u32>,
    /// Whether a notice alone permits beyond the transition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice_alone_suffices: Option<bool>,
    /// The name of the mode of the anonymous counter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anonymous_mode: Option<String>,
    /// What becomes of earlier interactions, by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlier_interactions: Option<String>,
    /// Whether nobody who did not answer is tracked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unanswered_denied: Option<bool>,
    /// Whether a notice must have offered to withdraw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawal_offer_demanded: Option<bool>,
    /// Days of 24 hours for which interactions are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interactions_kept_days: Option<u32>,
    /// Whether French websites have ceiling `NEVER` from their day on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force_never_on_french_websites: Option<bool>,
    /// Names of the kinds that may be counted anonymously; none: as the policy has it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub anonymous_kinds: Vec<String>,
}

impl StoredOverride {
    /// The body's text.
    ///
    /// # Errors
    /// [`Unreadable`] when it has no JSON form.
    pub fn write(&self) -> Result<String, Unreadable> {
        serde_json::to_string(self).map_err(|_| UNREADABLE)
    }

    /// The body of a text.
    ///
    /// # Errors
    /// [`Unreadable`] when no release up to this one wrote it.
    pub fn read(body: &str) -> Result<Self, Unreadable> {
        serde_json::from_str(body).map_err(|_| UNREADABLE)
    }

    /// The override that it asks for, of one of `policies`.
    ///
    /// # Errors
    /// [`Unreadable`] when it names what this release does not know.
    pub fn of(&self, id: PolicyId, version: u32, policies: &[Policy]) -> Result<PolicyOverride, Unreadable> {
        let base = policies.iter().find(|policy| policy.id.as_str() == self.base).ok_or(UNREADABLE)?;
        let mut asked = PolicyOverride::new(id, version, base.id.clone());
        if !self.more_demands.is_empty() {
            let more: Option<Items> = self.more_demands.iter().map(|name| Item::named(name)).collect();
            asked.grant.demands = Some(base.grant.demands.union(more.ok_or(UNREADABLE)?));
        }
        if !self.refused_bases.is_empty() {
            let refused: Option<Vec<_>> = self.refused_bases.iter().map(|name| Basis::named(name)).collect();
            let refused = refused.ok_or(UNREADABLE)?;
            let kept = base.grant.bases.iter().copied().filter(|basis| !refused.contains(basis));
            asked.grant.bases = Some(kept.collect());
        }
        asked.grant.joint = self.joint_allowed;
        asked.grant.expires_after_days = self.expires_after_days;
        asked.notice.notice_alone_suffices = self.notice_alone_suffices;
        asked.notice.withdrawal_offered = self.withdrawal_offer_demanded;
        asked.default = self
            .unanswered_denied
            .map(|denied| if denied { DefaultChange::Denied } else { DefaultChange::Permitted });
        asked.interactions_kept_days = self.interactions_kept_days;
        asked.force_never_on_french_websites = self.force_never_on_french_websites;
        if !self.anonymous_kinds.is_empty() {
            let kinds: Option<ScopeSet> =
                self.anonymous_kinds.iter().map(|name| Scope::named(name)).collect();
            asked.counter.anonymous_kinds = Some(kinds.ok_or(UNREADABLE)?);
        }
        asked.counter.mode = named(self.anonymous_mode.as_deref(), CounterMode::named)?;
        asked.on_withdrawal = named(self.earlier_interactions.as_deref(), OnWithdrawal::named)?;
        Ok(asked)
    }
}

fn named<T>(name: Option<&str>, read: fn(&str) -> Option<T>) -> Result<Option<T>, Unreadable> {
    name.map(|name| read(name).ok_or(UNREADABLE)).transpose()
}
