//! Overrides: each field has one direction. Tightening is taken, loosening is refused by its path.

use crate::evidence::{Basis, Item, Items};
use crate::policy::{CounterMode, DefaultChange, DefaultRule, OnWithdrawal, Policy, PolicyOverride, Problem};
use crate::scene::{day, paris, policy, policy_id};
use crate::scope::{Scope, ScopeSet};

type Edit = fn(&mut PolicyOverride);
type Check = fn(&Policy) -> bool;

fn applied(base: &str, edit: Edit) -> Result<Policy, Vec<Problem>> {
    let mut change = PolicyOverride::new(policy_id("acme"), 1, policy_id(base));
    edit(&mut change);
    change.apply(&policy(base))
}

fn taken(base: &str, rows: &[(&str, Edit, Check)]) {
    for (name, edit, check) in rows {
        let policy = applied(base, *edit).unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
        assert!(check(&policy), "{name}");
    }
}

fn refused(base: &str, rows: &[(&str, Edit)]) {
    for (field, edit) in rows {
        let problems = applied(base, *edit).expect_err(field);
        assert_eq!(problems.iter().map(|problem| problem.field).collect::<Vec<_>>(), [*field]);
    }
}

#[test]
fn an_override_that_changes_nothing_is_the_base_under_its_own_name() {
    for base in crate::policy::BUILT_IN_IDS {
        let (base, mut named) = (policy(base), applied(base, |_| {}).unwrap());
        assert_eq!((named.id.as_str(), named.version, &named.base), ("acme", 1, &base.id));
        named.id = base.id.clone();
        assert_eq!(named, base);
    }
}

#[test]
fn an_override_that_says_what_the_base_says_loosens_nothing() {
    for base in crate::policy::BUILT_IN_IDS {
        let base = policy(base);
        let mut change = PolicyOverride::new(policy_id("acme"), 1, base.id.clone());
        change.grant.demands = Some(base.grant.demands);
        change.grant.bases = Some(base.grant.bases.clone());
        change.grant.joint = Some(base.grant.joint);
        if let Some(notice) = &base.notice {
            change.notice.collected_before = Some(notice.collected_before);
            change.notice.last_day = Some(notice.last_day);
            change.notice.text = Some(notice.text);
            change.notice.conditions_unchanged = Some(notice.conditions_unchanged);
            change.notice.withdrawal_offered = Some(notice.withdrawal_offered);
            change.notice.late_with_justification = Some(notice.late_with_justification);
            change.notice.notice_alone_suffices = Some(notice.notice_alone_suffices);
        }
        change.last_open.exempt = Some(base.last_open.exempt);
        change.last_open.kept_on_tracking_refusal = Some(base.last_open.kept_on_tracking_refusal);
        change.last_open.retention_days = Some(base.last_open.retention_days);
        change.counter.mode = Some(base.counter.mode);
        change.counter.anonymous_kinds = Some(base.counter.anonymous_kinds);
        change.on_withdrawal = Some(base.on_withdrawal);
        change.ask_again_after_months = Some(base.ask_again_after_months);
        change.untracked_answers_no = Some(base.untracked_answers_no);
        change.force_never_on_french_websites = Some(base.force_never.on);
        let mut named = change.apply(&base).unwrap();
        named.id = base.id.clone();
        assert_eq!(named, base);
    }
}

#[test]
fn a_grant_may_need_more_and_never_less() {
    let without_language: Edit = |o| {
        o.grant.demands = Some(Item::ALL.into_iter().filter(|item| *item != Item::Language).collect());
    };
    taken(
        "legacy",
        &[
            (
                "demands",
                |o| o.grant.demands = Some(Items::NONE.with(Item::Method)),
                |p| p.grant.demands.contains(Item::Method),
            ),
            (
                "bases",
                |o| o.grant.bases = Some(vec![Basis::Explicit]),
                |p| p.grant.bases == [Basis::Explicit],
            ),
            ("joint", |o| o.grant.joint = Some(false), |p| !p.grant.joint),
            (
                "expires",
                |o| o.grant.expires_after_days = Some(400),
                |p| p.grant.expires_after_days == Some(400),
            ),
        ],
    );
    refused(
        "strict",
        &[
            ("grant.demands", |o| o.grant.demands = Some(Items::NONE)),
            ("grant.demands", without_language),
            ("grant.bases", |o| o.grant.bases = Some(Basis::ALL.to_vec())),
            ("grant.bases", |o| o.grant.bases = Some(Vec::new())),
            ("grant.joint", |o| o.grant.joint = Some(true)),
            ("grant.expires_after_days", |o| o.grant.expires_after_days = Some(0)),
        ],
    );
}

#[test]
fn a_grant_may_expire_sooner_and_never_later() {
    let mut base = policy("strict");
    base.grant.expires_after_days = Some(100);
    let expires = |days| {
        let mut change = PolicyOverride::new(policy_id("acme"), 1, policy_id("strict"));
        change.grant.expires_after_days = Some(days);
        change.apply(&base).map(|policy| policy.grant.expires_after_days)
    };
    assert_eq!(expires(99), Ok(Some(99)));
    assert_eq!(expires(100), Ok(Some(100)));
    assert_eq!(expires(101).unwrap_err()[0].field, "grant.expires_after_days");
}

#[test]
fn the_default_may_only_narrow() {
    let denied: Edit = |o| o.default = Some(DefaultChange::Denied);
    let permitted: Edit = |o| o.default = Some(DefaultChange::Permitted);
    for base in crate::policy::BUILT_IN_IDS {
        assert_eq!(applied(base, denied).unwrap().default, DefaultRule::Denied);
    }
    assert_eq!(applied("legacy", permitted).unwrap().default, DefaultRule::Permitted);
    for base in ["fr-cnil-2026", "it-garante-2026", "strict"] {
        refused(base, &[("default", permitted)]);
    }
}

#[test]
fn a_notice_may_need_more_and_never_less() {
    taken(
        "fr-cnil-2026",
        &[
            (
                "withdrawal_offered",
                |o| o.notice.withdrawal_offered = Some(true),
                |p| p.notice.as_ref().unwrap().withdrawal_offered,
            ),
            (
                "late",
                |o| o.notice.late_with_justification = Some(false),
                |p| !p.notice.as_ref().unwrap().late_with_justification,
            ),
            (
                "alone",
                |o| o.notice.notice_alone_suffices = Some(false),
                |p| !p.notice.as_ref().unwrap().notice_alone_suffices,
            ),
            ("text", |o| o.notice.text = Some(true), |p| p.notice.as_ref().unwrap().text),
        ],
    );
    taken(
        "it-garante-2026",
        &[(
            "conditions_unchanged",
            |o| o.notice.conditions_unchanged = Some(true),
            |p| p.notice.as_ref().unwrap().conditions_unchanged,
        )],
    );
    refused(
        "fr-cnil-2026",
        &[
            ("notice.text", |o| o.notice.text = Some(false)),
            ("notice.conditions_unchanged", |o| o.notice.conditions_unchanged = Some(false)),
            ("notice.last_day", |o| o.notice.last_day = Some(day("2026-07-15"))),
            ("notice.collected_before", |o| o.notice.collected_before = Some(day("2026-04-15"))),
        ],
    );
    refused(
        "it-garante-2026",
        &[("notice.withdrawal_offered", |o| o.notice.withdrawal_offered = Some(false))],
    );
    refused(
        "strict",
        &[
            ("notice.text", |o| o.notice.text = Some(true)),
            ("notice.conditions_unchanged", |o| o.notice.conditions_unchanged = Some(true)),
            ("notice.withdrawal_offered", |o| o.notice.withdrawal_offered = Some(false)),
            ("notice.late_with_justification", |o| o.notice.late_with_justification = Some(false)),
            ("notice.notice_alone_suffices", |o| o.notice.notice_alone_suffices = Some(true)),
            ("notice.last_day", |o| o.notice.last_day = Some(day("2026-01-01"))),
            ("notice.collected_before", |o| o.notice.collected_before = Some(day("2026-01-01"))),
        ],
    );
    let mut base = policy("fr-cnil-2026");
    let rule = base.notice.as_mut().unwrap();
    (rule.late_with_justification, rule.notice_alone_suffices) = (false, false);
    let mut change = PolicyOverride::new(policy_id("acme"), 1, policy_id("fr-cnil-2026"));
    change.notice.late_with_justification = Some(true);
    change.notice.notice_alone_suffices = Some(true);
    let fields: Vec<_> = change.apply(&base).unwrap_err().iter().map(|problem| problem.field).collect();
    assert_eq!(fields, ["notice.late_with_justification", "notice.notice_alone_suffices"]);
}

#[test]
fn an_earlier_day_moves_the_transition_with_it() {
    let policy = applied("fr-cnil-2026", |o| {
        o.notice.last_day = Some(day("2026-06-30"));
        o.notice.collected_before = Some(day("2026-01-01"));
    });
    let DefaultRule::Transition(transition) = policy.unwrap().default else { panic!("a transition") };
    assert_eq!(transition.ends(), paris("2026-07-01 00:00:00"));
    assert_eq!(transition.collected_before(), day("2026-01-01"));
    assert_eq!(transition.marketing_grant_from(), Some(paris("2026-04-14 00:00:00")));
}

#[test]
fn exemptions_may_shrink_and_never_grow() {
    taken(
        "fr-cnil-2026",
        &[
            ("exempt", |o| o.last_open.exempt = Some(false), |p| !p.last_open.exempt),
            (
                "kept",
                |o| o.last_open.kept_on_tracking_refusal = Some(false),
                |p| !p.last_open.kept_on_tracking_refusal,
            ),
            ("retention", |o| o.last_open.retention_days = Some(364), |p| p.last_open.retention_days == 364),
            ("mode", |o| o.counter.mode = Some(CounterMode::Off), |p| p.counter.mode == CounterMode::Off),
            (
                "kinds",
                |o| o.counter.anonymous_kinds = Some(ScopeSet::NONE),
                |p| p.counter.anonymous_kinds.is_empty(),
            ),
        ],
    );
    refused(
        "strict",
        &[
            ("last_open.exempt", |o| o.last_open.exempt = Some(true)),
            ("last_open.kept_on_tracking_refusal", |o| o.last_open.kept_on_tracking_refusal = Some(true)),
            ("last_open.retention_days", |o| o.last_open.retention_days = Some(366)),
            ("last_open.retention_days", |o| o.last_open.retention_days = Some(0)),
            ("counter.mode", |o| o.counter.mode = Some(CounterMode::SharedPixel)),
            ("counter.anonymous_kinds", |o| {
                o.counter.anonymous_kinds =
                    Some(ScopeSet::NONE.with(Scope::EmailOpen).with(Scope::EmailClick));
            }),
        ],
    );
}

#[test]
fn the_rest_may_tighten_and_never_loosen() {
    taken(
        "legacy",
        &[
            (
                "erase",
                |o| o.on_withdrawal = Some(OnWithdrawal::Erase),
                |p| p.on_withdrawal == OnWithdrawal::Erase,
            ),
            ("ask", |o| o.ask_again_after_months = Some(7), |p| p.ask_again_after_months == 7),
            ("kept", |o| o.interactions_kept_days = Some(400), |p| p.interactions_kept_days == Some(400)),
            ("answers", |o| o.untracked_answers_no = Some(false), |p| !p.untracked_answers_no),
            // Qualifio 3
            ("force", |o| o.force_never_on_french_websites = Some(true), |p| p.force_never.on),
        ],
    );
    refused(
        "strict",
        &[
            ("on_withdrawal", |o| o.on_withdrawal = Some(OnWithdrawal::Keep)),
            ("ask_again_after_months", |o| o.ask_again_after_months = Some(5)),
            ("interactions_kept_days", |o| o.interactions_kept_days = Some(0)),
            ("untracked_answers_no", |o| o.untracked_answers_no = Some(true)),
        ],
    );
    let mut base = policy("strict");
    base.force_never.on = true;
    let mut change = PolicyOverride::new(policy_id("acme"), 1, policy_id("strict"));
    change.force_never_on_french_websites = Some(false);
    assert_eq!(change.apply(&base).unwrap_err()[0].field, "force_never_on_french_websites");
}

#[test]
fn switches_are_set_where_the_policy_leaves_them_open() {
    let joint: Edit = |o| o.grant.joint = Some(true);
    let alone: Edit = |o| o.notice.notice_alone_suffices = Some(true);
    let identified: Edit = |o| o.counter.mode = Some(CounterMode::FromIdentified);
    let clicks: Edit = |o| {
        o.counter.anonymous_kinds = Some(ScopeSet::NONE.with(Scope::EmailOpen).with(Scope::EmailClick));
    };
    taken(
        "fr-cnil-2026",
        &[
            ("joint", joint, |p| p.grant.joint),
            ("mode", identified, |p| p.counter.mode == CounterMode::FromIdentified),
            ("kinds", clicks, |p| p.counter.anonymous_kinds.contains(Scope::EmailClick)),
        ],
    );
    taken(
        "it-garante-2026",
        &[
            ("alone", alone, |p| p.notice.as_ref().unwrap().notice_alone_suffices),
            ("kinds", clicks, |p| p.counter.anonymous_kinds.contains(Scope::EmailClick)),
        ],
    );
    // The Garante allows a shared pixel at most.
    refused("it-garante-2026", &[("counter.mode", identified)]);
    refused(
        "strict",
        &[("grant.joint", joint), ("counter.mode", identified), ("counter.anonymous_kinds", clicks)],
    );
    refused("legacy", &[("counter.mode", identified)]);
    let visits: Edit = |o| o.counter.anonymous_kinds = Some(ScopeSet::NONE.with(Scope::WebsiteVisit));
    refused("fr-cnil-2026", &[("counter.anonymous_kinds", visits)]);
}

#[test]
fn an_override_has_its_own_id_a_version_and_the_base_it_names() {
    let mut change = PolicyOverride::new(policy_id("strict"), 0, policy_id("legacy"));
    change.ask_again_after_months = Some(1);
    let problems = change.apply(&policy("strict")).unwrap_err();
    let fields: Vec<_> = problems.iter().map(|problem| problem.field).collect();
    assert_eq!(fields, ["id", "version", "base", "ask_again_after_months"], "all at once");
}
