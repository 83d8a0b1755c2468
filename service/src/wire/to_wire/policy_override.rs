//! An override as it is stored.

use assent_domain::evidence::{Basis, Item};
use assent_domain::id::PolicyId;
use assent_domain::interaction::InteractionKind;
use assent_domain::policy::{CounterMode, OnWithdrawal};
use assent_proto::v1;
use assent_store::Versioned;

use super::{evidence, policy, time, verdict};
use crate::failure::{Failure, Outcome};
use crate::stored::StoredOverride;
use crate::wire::etag;

/// An override with its etag and version.
///
/// # Errors
/// An internal error when it holds what no release up to this one wrote.
pub fn stored(id: &PolicyId, stored: &Versioned) -> Outcome<v1::PolicyOverride> {
    let body = StoredOverride::read(&stored.body).map_err(Failure::internal)?;
    let told = told(id, &body).ok_or_else(|| Failure::internal("a stored override names nothing known"))?;
    Ok(v1::PolicyOverride {
        etag: Some(etag::of(stored)),
        // Nobody changes an override four thousand million times.
        version: u32::try_from(stored.version).unwrap_or(u32::MAX),
        recorded_at: Some(time::instant(stored.recorded_at)),
        ..told
    })
}

/// What an override asks for; `None` if it holds a name that nobody knows.
#[must_use]
pub fn told(id: &PolicyId, body: &StoredOverride) -> Option<v1::PolicyOverride> {
    let item = |name: &String| Item::named(name).map(|item| evidence::item(item).into());
    let basis = |name: &String| Basis::named(name).map(|basis| evidence::basis(basis).into());
    let kind = |name: &String| InteractionKind::named(name).map(|kind| verdict::kind(kind).into());
    let anonymous_mode = match &body.anonymous_mode {
        None => v1::AnonymousMode::Unspecified,
        Some(name) => policy::mode(CounterMode::named(name)?),
    };
    let earlier_interactions = match &body.earlier_interactions {
        None => v1::EarlierInteractions::Unspecified,
        Some(name) => policy::earlier(OnWithdrawal::named(name)?),
    };
    Some(v1::PolicyOverride {
        id: id.as_str().to_owned(),
        base_policy_id: body.base.clone(),
        more_demands: body.more_demands.iter().map(item).collect::<Option<_>>()?,
        refused_bases: body.refused_bases.iter().map(basis).collect::<Option<_>>()?,
        joint_allowed: body.joint_allowed,
        expires_after_days: body.expires_after_days,
        notice_alone_suffices: body.notice_alone_suffices,
        anonymous_mode: anonymous_mode.into(),
        earlier_interactions: earlier_interactions.into(),
        unanswered_denied: body.unanswered_denied,
        withdrawal_offer_demanded: body.withdrawal_offer_demanded,
        interactions_kept_days: body.interactions_kept_days,
        force_never_on_french_websites: body.force_never_on_french_websites,
        anonymous_kinds: body.anonymous_kinds.iter().map(kind).collect::<Option<_>>()?,
        ..v1::PolicyOverride::default()
    })
}
