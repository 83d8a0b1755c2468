//! The built-in policies as they ship, who they apply to, and what an override may do to them.

mod change;

use super::*;
use crate::evidence::{Basis, Item};
use crate::scene::{clock, day, paris, policy, policy_id, rome};
use crate::scope::Scope;

#[test]
fn four_policies_are_built_in_under_their_names() {
    let policies = built_in();
    let ids: Vec<&str> = policies.iter().map(|policy| policy.id.as_str()).collect();
    assert_eq!(ids, BUILT_IN_IDS);
    assert!(policies.iter().all(|policy| policy.version == 1 && policy.base == policy.id));
    assert_eq!(Policy::built_in(&policy_id("strict")), Some(policies[3].clone()));
    assert_eq!(Policy::built_in(&policy_id("other")), None);
}

#[test]
fn each_policy_demands_of_a_grant_what_its_regulator_does() {
    let all: Items = Item::ALL.into_iter().collect();
    for (id, demands, assumed, joint) in [
        ("legacy", Items::NONE, true, true),
        ("fr-cnil-2026", all, false, false),
        ("it-garante-2026", all, false, true),
        ("strict", all, false, false),
    ] {
        let grant = policy(id).grant;
        assert_eq!((grant.demands, grant.joint), (demands, joint), "{id}");
        assert_eq!(grant.bases.contains(&Basis::Assumed), assumed, "{id}");
        assert!(grant.bases.contains(&Basis::Explicit) && grant.bases.contains(&Basis::Imported), "{id}");
        assert_eq!(grant.expires_after_days, None, "{id}");
    }
}

#[test]
fn each_policy_ships_with_its_exemptions_and_its_way_of_withdrawing() {
    for (id, exempt, kept, mode, withdrawal, answers_no) in [
        ("legacy", false, true, CounterMode::Off, OnWithdrawal::Keep, true),
        ("fr-cnil-2026", true, true, CounterMode::SharedPixel, OnWithdrawal::Erase, false),
        ("it-garante-2026", false, false, CounterMode::SharedPixel, OnWithdrawal::Erase, false),
        ("strict", false, false, CounterMode::Off, OnWithdrawal::Erase, false),
    ] {
        let policy = policy(id);
        let rule = LastOpenRule { exempt, kept_on_tracking_refusal: kept, retention_days: 365 };
        assert_eq!(policy.last_open, rule, "{id}");
        assert_eq!(policy.counter.mode, mode, "{id}");
        assert_eq!(policy.counter.anonymous_kinds.iter().collect::<Vec<_>>(), [Scope::EmailOpen], "{id}");
        assert_eq!(policy.on_withdrawal, withdrawal, "{id}");
        assert_eq!(policy.untracked_answers_no, answers_no, "{id}");
        let kept = if id == "legacy" { 1826 } else { 761 };
        assert_eq!((policy.ask_again_after_months, policy.interactions_kept_days), (6, Some(kept)), "{id}");
        assert!(!policy.force_never.on, "{id}");
        assert_eq!(policy.force_never.from, paris("2026-07-14 00:00:00"), "{id}");
        assert_eq!(policy.force_never.country.code(), "FR", "{id}");
    }
}

#[test]
fn the_dates_of_the_transitions_are_those_of_the_texts_in_their_zones() {
    let (fr, it) = (policy("fr-cnil-2026"), policy("it-garante-2026"));
    let (DefaultRule::Transition(of_fr), DefaultRule::Transition(of_it)) = (&fr.default, &it.default) else {
        panic!("both are transitions");
    };
    assert_eq!(of_fr.collected_before(), day("2026-04-14"));
    assert_eq!(of_fr.ends(), paris("2026-07-15 00:00:00"));
    assert_eq!(of_fr.marketing_grant_from(), Some(paris("2026-04-14 00:00:00")));
    assert_eq!(of_it.collected_before(), day("2026-04-29"));
    assert_eq!(of_it.ends(), rome("2026-10-29 00:00:00"));
    assert_eq!(of_it.marketing_grant_from(), None);
    assert_eq!(policy("legacy").default, DefaultRule::Permitted);
    assert_eq!(policy("strict").default, DefaultRule::Denied);
    assert_eq!(fr.zone_or(&Zone::utc()).name(), "Europe/Paris");
    assert_eq!(policy("strict").zone_or(&Zone::utc()).name(), "UTC");
    assert_eq!(of_fr.ends(), clock("UTC", "2026-07-14 22:00:00"));
}

fn ids(applicable: &Applicable<'_>) -> Vec<String> {
    applicable.named().into_iter().map(|named| named.id.as_str().to_owned()).collect()
}

#[test]
fn a_country_adds_its_policy_and_other_countries_add_nothing() {
    let rulebook = Rulebook::new(WithoutPolicy::Strict);
    let legacy = policy("legacy");
    let with = |code: &str| ids(&rulebook.policies_for(Some(&legacy), Country::new(code), None));
    assert_eq!(with("FR"), ["legacy", "fr-cnil-2026"]);
    assert_eq!(with("IT"), ["legacy", "it-garante-2026"]);
    let strict = [
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "GR", "HR", "HU", "IE", "IS", "LI", "LT",
        "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK", "GB", "CH",
    ];
    for code in strict {
        assert_eq!(with(code), ["legacy", "strict"], "{code}");
    }
    let all = ('A'..='Z').flat_map(|a| ('A'..='Z').map(move |b| format!("{a}{b}")));
    let added = all.filter(|code| with(code).len() > 1).count();
    assert_eq!(added, strict.len() + 2, "no other country");
}

#[test]
fn the_websites_country_counts_only_for_a_profile_without_a_jurisdiction() {
    let rulebook = Rulebook::new(WithoutPolicy::Strict);
    let legacy = policy("legacy");
    let of = |jurisdiction: &str, sites: &[&str]| {
        let sites = sites.iter().filter_map(|code| Country::new(code));
        ids(&rulebook.policies_for(Some(&legacy), Country::new(jurisdiction), sites))
    };
    assert_eq!(of("", &["FR"]), ["legacy", "fr-cnil-2026"]);
    assert_eq!(of("US", &["FR"]), ["legacy"]);
    assert_eq!(of("IT", &["FR"]), ["legacy", "it-garante-2026"]);
    assert_eq!(of("", &["US", "DE"]), ["legacy", "strict"]);
    let several = ["legacy", "fr-cnil-2026", "it-garante-2026", "strict"];
    assert_eq!(of("", &["DE", "IT", "FR", "BE"]), several, "the table's first, then by id");
    assert_eq!(of("", &[]), ["legacy"], "an undeclared website adds nothing");
}

#[test]
fn a_table_without_a_policy_is_strict_unless_the_operator_says_legacy() {
    let without = |choice| ids(&Rulebook::new(choice).policies_for(None, None, None));
    assert_eq!(without(WithoutPolicy::default()), ["strict"]);
    assert_eq!(without(WithoutPolicy::Legacy), ["legacy"]);
    let rulebook = Rulebook::new(WithoutPolicy::Strict);
    assert_eq!(ids(&rulebook.policies_for(None, Country::new("DE"), None)), ["strict"], "once is enough");
    assert_eq!(rulebook.policies().len(), 4);
    assert_eq!(rulebook.policy(&policy_id("legacy")), Some(&policy("legacy")));
}

#[test]
fn a_tables_override_stands_for_the_policy_it_tightens() {
    let rulebook = Rulebook::new(WithoutPolicy::Strict);
    let acme = PolicyOverride::new(policy_id("acme"), 3, policy_id("fr-cnil-2026"));
    let acme = acme.apply(&policy("fr-cnil-2026")).unwrap();
    let with = |code: &str| ids(&rulebook.policies_for(Some(&acme), Country::new(code), None));
    assert_eq!(with("FR"), ["acme"]);
    assert_eq!(with("IT"), ["acme", "it-garante-2026"]);
    assert_eq!(acme.named().version, 3);
}

#[test]
fn a_policy_file_that_names_nothing_known_does_not_read() {
    let text = include_str!("../../policies/fr-cnil-2026.toml");
    for (from, to, path) in [
        ("Europe/Paris\"\ncountries", "Europe/Parys\"\ncountries", "zone"),
        ("[\"FR\"]", "[\"fr\"]", "countries"),
        ("\"grant.joint\"", "\"grant.demands\"", "switches"),
        ("\"language\"", "\"tongue\"", "grant.demands"),
        ("\"EXPLICIT\"", "\"GUESSED\"", "grant.bases"),
        ("TRANSITION", "PERHAPS", "default.rule"),
        ("2026-07-14\"\ntext", "2026-07-32\"\ntext", "notice.last_day"),
        ("collected_before = \"2026-04-14\"", "collected_before = \"\"", "notice.collected_before"),
        ("SHARED_PIXEL", "ALL", "counter.mode"),
        ("[\"EMAIL_OPEN\"]", "[\"EMAIL\"]", "counter.anonymous_kinds"),
        ("ERASE", "HIDE", "withdrawal.recorded"),
        ("zone = \"Europe/Paris\"\ncountries", "countries", "zone"),
        ("country = \"FR\"", "country = \"F\"", "force_never_on_french_websites"),
        ("id = \"fr-cnil-2026\"", "id = \"\"", "id"),
    ] {
        assert!(text.contains(from), "{from}");
        let error = file::read(&text.replacen(from, to, 1)).unwrap_err();
        assert_eq!(error, file::FileError::Field(path), "{from}");
    }
    for (from, to) in
        [("[asking]", "[asked]"), ("joint = false", ""), ("joint = false", "joint = false\nx = 1")]
    {
        let error = file::read(&text.replacen(from, to, 1)).unwrap_err();
        assert!(matches!(error, file::FileError::Toml(_)), "{to}");
    }
    let (before, after) = (text.find("[notice]").unwrap(), text.find("[last_open]").unwrap());
    let no_notice = format!("{}{}", &text[..before], &text[after..]);
    assert_eq!(file::read(&no_notice).unwrap_err(), file::FileError::Field("notice"));
    let without = &text[..text.find("[retention]").unwrap()];
    assert_eq!(file::read(without).unwrap().interactions_kept_days, None);
}

#[test]
fn names_go_round() {
    assert!(CounterMode::ALL.into_iter().all(|mode| CounterMode::named(mode.name()) == Some(mode)));
    assert!(Switch::ALL.into_iter().all(|switch| Switch::named(switch.field()) == Some(switch)));
    for what in [OnWithdrawal::Keep, OnWithdrawal::Erase] {
        assert_eq!(OnWithdrawal::named(what.name()), Some(what));
    }
}
