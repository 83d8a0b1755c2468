//! An override to store, in the form in which it is kept.

use assent_domain::evidence::{Basis, Item};
use assent_domain::id::PolicyId;
use assent_domain::interaction::InteractionKind;
use assent_domain::policy::{CounterMode, OnWithdrawal};
use assent_domain::scope::Scope;
use assent_proto::v1;

use super::{Misfit, evidence, interaction_filter};
use crate::stored::StoredOverride;

/// An override's id, the id of the policy that it changes, and what it asks for. Lists are sorted, so that the
/// same override in another order is the same.
///
/// # Errors
/// When an id is none, or an enum holds what nobody knows.
pub fn asked(asked: &v1::PolicyOverride) -> Result<(PolicyId, PolicyId, StoredOverride), Misfit> {
    let id = |text: &str, field| PolicyId::new(text).map_err(|_| Misfit::of(field));
    let base = id(&asked.base_policy_id, "base_policy_id")?;
    let body = StoredOverride {
        base: base.as_str().to_owned(),
        more_demands: names(&asked.more_demands, item).ok_or(Misfit::of("more_demands"))?,
        refused_bases: names(&asked.refused_bases, basis).ok_or(Misfit::of("refused_bases"))?,
        joint_allowed: asked.joint_allowed,
        expires_after_days: asked.expires_after_days,
        notice_alone_suffices: asked.notice_alone_suffices,
        anonymous_mode: mode(asked.anonymous_mode).ok_or(Misfit::of("anonymous_mode"))?,
        earlier_interactions: earlier(asked.earlier_interactions)
            .ok_or(Misfit::of("earlier_interactions"))?,
        unanswered_denied: asked.unanswered_denied,
        withdrawal_offer_demanded: asked.withdrawal_offer_demanded,
        interactions_kept_days: asked.interactions_kept_days,
        force_never_on_french_websites: asked.force_never_on_french_websites,
        anonymous_kinds: names(&asked.anonymous_kinds, kind).ok_or(Misfit::of("anonymous_kinds"))?,
    };
    Ok((id(&asked.id, "id")?, base, body))
}

fn item(number: i32) -> Option<&'static str> {
    v1::EvidenceItem::try_from(number).ok().and_then(evidence::item).map(Item::name)
}

fn basis(number: i32) -> Option<&'static str> {
    evidence::basis(number).ok().flatten().map(Basis::name)
}

/// The name of a kind that consent is asked for; it is its scope's as well.
fn kind(number: i32) -> Option<&'static str> {
    let kind = v1::InteractionKind::try_from(number).ok().and_then(interaction_filter::kind);
    kind.and_then(InteractionKind::scope).map(Scope::name)
}

/// `Some(None)`: as the policy has it.
#[expect(clippy::option_option, reason = "not said and not known are different answers")]
fn mode(number: i32) -> Option<Option<String>> {
    let mode = match v1::AnonymousMode::try_from(number).ok()? {
        v1::AnonymousMode::Unspecified => return Some(None),
        v1::AnonymousMode::Off => CounterMode::Off,
        v1::AnonymousMode::SharedPixel => CounterMode::SharedPixel,
        v1::AnonymousMode::FromIdentified => CounterMode::FromIdentified,
    };
    Some(Some(mode.name().to_owned()))
}

#[expect(clippy::option_option, reason = "not said and not known are different answers")]
fn earlier(number: i32) -> Option<Option<String>> {
    let earlier = match v1::EarlierInteractions::try_from(number).ok()? {
        v1::EarlierInteractions::Unspecified => return Some(None),
        v1::EarlierInteractions::Keep => OnWithdrawal::Keep,
        v1::EarlierInteractions::Erase => OnWithdrawal::Erase,
    };
    Some(Some(earlier.name().to_owned()))
}

fn names(numbers: &[i32], name: fn(i32) -> Option<&'static str>) -> Option<Vec<String>> {
    let names: Option<Vec<String>> = numbers.iter().map(|number| name(*number).map(str::to_owned)).collect();
    let mut names = names?;
    names.sort_unstable();
    names.dedup();
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::super::super::to_wire;
    use super::*;

    fn whole() -> v1::PolicyOverride {
        v1::PolicyOverride {
            id: "ours".to_owned(),
            base_policy_id: "legacy".to_owned(),
            more_demands: vec![v1::EvidenceItem::NoticeText.into(), v1::EvidenceItem::Actor.into()],
            refused_bases: vec![v1::Basis::Assumed.into()],
            joint_allowed: Some(false),
            expires_after_days: Some(30),
            notice_alone_suffices: Some(true),
            anonymous_mode: v1::AnonymousMode::SharedPixel.into(),
            earlier_interactions: v1::EarlierInteractions::Erase.into(),
            unanswered_denied: Some(true),
            withdrawal_offer_demanded: Some(true),
            interactions_kept_days: Some(30),
            force_never_on_french_websites: Some(true),
            anonymous_kinds: vec![
                v1::InteractionKind::EmailClick.into(),
                v1::InteractionKind::EmailOpen.into(),
            ],
            ..v1::PolicyOverride::default()
        }
    }

    #[test]
    fn an_override_reads_as_it_is_told_whatever_the_order_of_its_lists() {
        let (id, base, body) = asked(&whole()).unwrap();
        assert_eq!((id.as_str(), base.as_str()), ("ours", "legacy"));
        let told = to_wire::policy_override::told(&id, &body).unwrap();
        assert_eq!(asked(&told).unwrap(), (id, base, body.clone()));
        let mut sorted = whole();
        sorted.more_demands.reverse();
        sorted.more_demands.push(v1::EvidenceItem::Actor.into());
        assert_eq!(asked(&sorted).unwrap().2, body);
        let expected = v1::PolicyOverride { more_demands: told.more_demands.clone(), ..whole() };
        assert_eq!(told, expected);
    }

    #[test]
    fn what_is_left_out_stays_left_out() {
        let bare = v1::PolicyOverride {
            id: "ours".to_owned(),
            base_policy_id: "strict".to_owned(),
            ..v1::PolicyOverride::default()
        };
        let (id, _, body) = asked(&bare).unwrap();
        assert_eq!(body, StoredOverride { base: "strict".to_owned(), ..StoredOverride::default() });
        assert_eq!(to_wire::policy_override::told(&id, &body).unwrap(), bare);
    }

    #[test]
    fn an_unknown_number_is_named_by_its_field() {
        let field = |wrong: v1::PolicyOverride| asked(&wrong).unwrap_err().field;
        assert_eq!(field(v1::PolicyOverride { more_demands: vec![0], ..whole() }), "more_demands");
        assert_eq!(field(v1::PolicyOverride { refused_bases: vec![0], ..whole() }), "refused_bases");
        assert_eq!(field(v1::PolicyOverride { anonymous_mode: 9, ..whole() }), "anonymous_mode");
        for wrong in [0, 9, i32::from(v1::InteractionKind::Send)] {
            let wrong = v1::PolicyOverride { anonymous_kinds: vec![wrong], ..whole() };
            assert_eq!(field(wrong), "anonymous_kinds");
        }
        assert_eq!(field(v1::PolicyOverride { earlier_interactions: 9, ..whole() }), "earlier_interactions");
    }
}
