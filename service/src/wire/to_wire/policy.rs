//! Policies: by their names, and whole.

use assent_domain::interaction::InteractionKind;
use assent_domain::policy::{CounterMode, DefaultRule, OnWithdrawal, Policy};
use assent_domain::record::PolicyVersion;
use assent_proto::v1;

use super::{evidence, time, verdict};

/// A policy as it stood when something was decided.
#[must_use]
pub fn version(version: &PolicyVersion) -> v1::PolicyVersion {
    v1::PolicyVersion { id: version.id.as_str().to_owned(), version: version.version }
}

/// A policy as it is in force.
#[must_use]
pub fn policy(policy: &Policy, base: Option<&Policy>) -> v1::Policy {
    let grant = &policy.grant;
    v1::Policy {
        id: policy.id.as_str().to_owned(),
        version: policy.version,
        base: base.map(|base| version(&base.named())),
        zone: policy.zone.as_ref().map(|zone| zone.name().to_owned()),
        grant: Some(v1::GrantRule {
            demands: grant.demands.iter().map(|item| evidence::item(item).into()).collect(),
            bases: grant.bases.iter().map(|basis| evidence::basis(*basis).into()).collect(),
            joint_allowed: grant.joint,
            expires_after_days: grant.expires_after_days,
        }),
        unanswered_permits: matches!(policy.default, DefaultRule::Permitted),
        transition: transition(policy),
        anonymous_mode: mode(policy.counter.mode).into(),
        earlier_interactions: earlier(policy.on_withdrawal).into(),
        countries: countries(policy),
        interactions_kept_days: policy.interactions_kept_days,
        force_never_on_french_websites: policy.force_never.on,
        anonymous_kinds: anonymous_kinds(policy),
        ask_again_after_months: policy.ask_again_after_months,
    }
}

/// What it says of addresses collected before its rules began; absent where it denies to all who did not answer.
fn transition(policy: &Policy) -> Option<v1::TransitionRule> {
    let (DefaultRule::Transition(transition), Some(notice)) = (&policy.default, &policy.notice) else {
        return None;
    };
    Some(v1::TransitionRule {
        collected_before: Some(time::day(notice.collected_before)),
        last_day: Some(time::day(notice.last_day)),
        notice_permits: notice.notice_alone_suffices,
        withdrawal_offer_demanded: notice.withdrawal_offered,
        ended_by_marketing_grant_from: transition.marketing_grant_day().map(time::day),
        notice_text_demanded: notice.text,
        conditions_unchanged_demanded: notice.conditions_unchanged,
        late_notice_permits: notice.late_with_justification,
    })
}

fn countries(policy: &Policy) -> Vec<String> {
    let mut countries: Vec<_> = policy.countries.iter().map(|country| country.code().to_owned()).collect();
    countries.sort_unstable();
    countries
}

fn anonymous_kinds(policy: &Policy) -> Vec<i32> {
    let kinds = InteractionKind::TRACKED.into_iter();
    let counted = |kind: &InteractionKind| {
        kind.scope().is_some_and(|scope| policy.counter.anonymous_kinds.contains(scope))
    };
    kinds.filter(counted).map(|kind| verdict::kind(kind).into()).collect()
}

/// How may be counted without naming anybody.
#[must_use]
pub const fn mode(mode: CounterMode) -> v1::AnonymousMode {
    match mode {
        CounterMode::Off => v1::AnonymousMode::Off,
        CounterMode::SharedPixel => v1::AnonymousMode::SharedPixel,
        CounterMode::FromIdentified => v1::AnonymousMode::FromIdentified,
    }
}

/// What becomes of earlier interactions.
#[must_use]
pub const fn earlier(earlier: OnWithdrawal) -> v1::EarlierInteractions {
    match earlier {
        OnWithdrawal::Keep => v1::EarlierInteractions::Keep,
        OnWithdrawal::Erase => v1::EarlierInteractions::Erase,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use assent_domain::id::PolicyId;
    use assent_domain::policy::{DefaultChange, PolicyOverride};

    fn built_in(id: &str) -> Policy {
        Policy::built_in(&PolicyId::new(id).unwrap()).unwrap()
    }

    #[test]
    fn the_french_policy_is_told_with_its_dates() {
        let told = policy(&built_in("fr-cnil-2026"), None);
        assert_eq!((told.id.as_str(), told.version, told.base), ("fr-cnil-2026", 1, None));
        assert_eq!((told.zone.as_deref(), told.countries.len()), (Some("Europe/Paris"), 1));
        let transition = told.transition.unwrap();
        assert_eq!(transition.last_day.map(|day| (day.year, day.month, day.day)), Some((2026, 7, 14)));
        let ended = transition.ended_by_marketing_grant_from;
        assert_eq!(ended.map(|day| (day.year, day.month, day.day)), Some((2026, 4, 14)));
        assert!(transition.notice_permits && transition.late_notice_permits);
        let opens = i32::from(v1::InteractionKind::EmailOpen);
        assert_eq!((told.anonymous_kinds, told.force_never_on_french_websites), (vec![opens], false));
        assert!(!told.unanswered_permits && told.grant.is_some_and(|grant| grant.demands.len() == 8));
        assert_eq!(told.ask_again_after_months, 6);
        let patient = Policy { ask_again_after_months: 9, ..built_in("strict") };
        assert_eq!(policy(&patient, None).ask_again_after_months, 9);
    }

    #[test]
    fn countries_are_told_in_alphabetical_order() {
        let told = policy(&built_in("strict"), None);
        assert!(told.countries.len() > 25 && told.countries.is_sorted());
        assert!(told.transition.is_none() && told.zone.is_none());
        assert!(policy(&built_in("legacy"), None).unanswered_permits);
    }

    #[test]
    fn an_override_is_told_with_its_base_and_without_the_transition_it_took_away() {
        let base = built_in("fr-cnil-2026");
        let mut ours = PolicyOverride::new(PolicyId::new("ours").unwrap(), 4, base.id.clone());
        ours.default = Some(DefaultChange::Denied);
        let told = policy(&ours.apply(&base).unwrap(), Some(&base));
        assert_eq!((told.id.as_str(), told.version), ("ours", 4));
        assert_eq!(told.base, Some(version(&base.named())));
        assert!(told.transition.is_none() && !told.unanswered_permits);
    }
}
