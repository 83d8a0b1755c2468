use assent_domain::evidence::{Basis, Controller, Item};
use assent_domain::id::PolicyId;
use assent_domain::policy::{CounterMode, DefaultRule, OnWithdrawal, Rulebook, WithoutPolicy};
use assent_domain::profile_table::ProfileTable;
use assent_domain::time::Zone;

use super::{StoredOverride, StoredTable};

fn id(text: &str) -> PolicyId {
    PolicyId::new(text).unwrap()
}

#[test]
fn a_table_reads_as_it_was_written() {
    let [name, address, contact] = ["Shop", "1 rue de la Paix\nParis", "dpo@shop.example"].map(str::to_owned);
    let full = ProfileTable {
        controller: Some(Controller { name, address, contact }),
        policy: Some(id("fr-cnil-2026")),
        zone: Zone::named("Europe/Brussels").unwrap(),
    };
    let bare = ProfileTable { controller: None, policy: None, zone: Zone::utc() };
    for table in [full, bare] {
        let body = StoredTable::write(&table).unwrap();
        assert!(StoredTable::read(&body).unwrap() == table, "{body}");
    }
}

#[test]
fn what_a_later_release_wrote_is_never_half_understood() {
    for body in ["", "{}", r#"{"zone":"Mars/Base"}"#, r#"{"zone":"UTC","pixel":"none"}"#] {
        assert!(StoredTable::read(body).is_err(), "{body}");
    }
    assert!(StoredOverride::read(r#"{"base":"strict","tighter":true}"#).is_err());
    let rulebook = Rulebook::new(WithoutPolicy::Strict);
    for body in [r#"{"base":"gone"}"#, r#"{"base":"strict","more_demands":["shoe_size"]}"#] {
        assert!(
            StoredOverride::read(body).unwrap().of(id("ours"), 1, rulebook.policies()).is_err(),
            "{body}"
        );
    }
}

#[test]
fn an_override_is_kept_as_asked_and_applied_to_its_policy() {
    let asked = StoredOverride {
        base: "legacy".to_owned(),
        more_demands: vec!["method".to_owned()],
        refused_bases: vec!["ASSUMED".to_owned()],
        joint_allowed: Some(false),
        expires_after_days: Some(30),
        notice_alone_suffices: None,
        anonymous_mode: Some("OFF".to_owned()),
        earlier_interactions: Some("ERASE".to_owned()),
        unanswered_denied: Some(true),
        withdrawal_offer_demanded: None,
    };
    let read = StoredOverride::read(&asked.write().unwrap()).unwrap();
    assert_eq!(read, asked);
    let rulebook = Rulebook::new(WithoutPolicy::Strict);
    let tightened = read.of(id("ours"), 2, rulebook.policies()).unwrap();
    let policy = tightened.apply(rulebook.policy(&id("legacy")).unwrap()).unwrap();
    assert!(policy.grant.demands.contains(Item::Method));
    assert!(!policy.grant.bases.contains(&Basis::Assumed) && !policy.grant.bases.is_empty());
    assert!(!policy.grant.joint);
    assert_eq!(policy.default, DefaultRule::Denied);
    assert_eq!(policy.grant.expires_after_days, Some(30));
    assert_eq!((policy.counter.mode, policy.on_withdrawal), (CounterMode::Off, OnWithdrawal::Erase));
}

#[test]
fn what_an_override_says_of_notices_is_applied_to_the_policys_own() {
    let rulebook = Rulebook::new(WithoutPolicy::Strict);
    let base = rulebook.policy(&id("fr-cnil-2026")).unwrap();
    let asked = StoredOverride {
        base: "fr-cnil-2026".to_owned(),
        withdrawal_offer_demanded: Some(true),
        ..StoredOverride::default()
    };
    let policy = asked.of(id("ours"), 1, rulebook.policies()).unwrap().apply(base).unwrap();
    assert!(policy.notice.is_some_and(|notice| notice.withdrawal_offered));
    let loose = StoredOverride { unanswered_denied: Some(false), ..asked };
    let problems = loose.of(id("ours"), 1, rulebook.policies()).unwrap().apply(base).unwrap_err();
    assert_eq!(problems.iter().map(|problem| problem.field).collect::<Vec<_>>(), ["default"]);
}
