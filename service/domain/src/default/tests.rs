//! Every row of the table, with both sides of each boundary on the clocks of the policy's zone.

use crate::answer::Answer;
use crate::evidence::{Source, SourceKind};
use crate::id::MessageId;
use crate::interaction::InteractionKind;
use crate::policy::{Applicable, Policy};
use crate::reason::Reason;
use crate::record::{Body, NoticeGiven};
use crate::scene::{Scene, Someone, day, notice, only, paris, policy, rome};
use crate::scope::{Coverage, Scope};
use crate::time::{Instant, Zone};
use crate::verdict::{Life, Person, Use, verdict_for_kind};

mod sends;

/// What nobody's answer reads at that instant.
fn permitted(policy: &Policy, someone: &Someone, at: Instant) -> bool {
    let history = someone.history();
    let person = Person { life: Life::NeverErased, history: &history };
    let of = Applicable::of(policy);
    let told = verdict_for_kind(InteractionKind::EmailOpen, person, of, &Zone::utc(), at).reason;
    assert!(told == Reason::PermittedByDefault || !told.permits());
    told.permits()
}

fn rows(policy: &Policy, someone: &Someone, zone: fn(&str) -> Instant, rows: &[(&str, bool)]) {
    for (at, expected) in rows {
        assert_eq!(permitted(policy, someone, zone(at)), *expected, "{at}");
    }
}

const LAST_OF_JULY_14: &str = "2026-07-14 23:59:59.999999";
const FIRST_OF_JULY_15: &str = "2026-07-15 00:00:00";
const LAST_OF_OCTOBER_28: &str = "2026-10-28 23:59:59.999999";
const FIRST_OF_OCTOBER_29: &str = "2026-10-29 00:00:00";

// Actito 2
#[test]
fn fr_denies_who_was_collected_on_an_unknown_day_or_since_publication() {
    let fr = policy("fr-cnil-2026");
    let always = ["2025-01-01 00:00:00", "2026-04-14 00:00:00", LAST_OF_JULY_14, FIRST_OF_JULY_15];
    for someone in [Someone::unknown(), Someone::collected("2026-04-14"), Someone::collected("2026-09-01")] {
        rows(&fr, &someone, paris, &always.map(|at| (at, false)));
    }
    let informed = Someone::collected("2026-04-14").told(notice(), paris("2026-05-01 00:00:00"));
    rows(&fr, &informed, paris, &always.map(|at| (at, false)));
}

#[test]
fn fr_permits_old_contacts_to_the_last_instant_of_14_july_2026_in_paris() {
    let fr = policy("fr-cnil-2026");
    let old = Someone::collected("2026-04-13");
    rows(
        &fr,
        &old,
        paris,
        &[
            ("2026-04-13 12:00:00", true),
            (LAST_OF_JULY_14, true),
            (FIRST_OF_JULY_15, false),
            ("2027-01-01 00:00:00", false),
        ],
    );
    // 00:00 in Paris is 22:00 in UTC the day before: summer time.
    assert!(permitted(&fr, &old, crate::scene::clock("UTC", "2026-07-14 21:59:59.999999")));
    assert!(!permitted(&fr, &old, crate::scene::clock("UTC", "2026-07-14 22:00:00")));
}

#[test]
fn fr_a_marketing_grant_or_renewal_on_or_after_the_day_ends_the_old_default_from_that_instant() {
    let fr = policy("fr-cnil-2026");
    let marketing = |at| Someone::collected("2025-01-01").says(Answer::Grant, Coverage::MARKETING, paris(at));
    let last_before = "2026-04-13 23:59:59.999999";
    rows(&fr, &marketing(last_before), paris, &[(last_before, true), (LAST_OF_JULY_14, true)]);
    let first_after = "2026-04-14 00:00:00";
    rows(&fr, &marketing(first_after), paris, &[(last_before, true), (first_after, false)]);
    rows(
        &fr,
        &marketing("2026-06-01 10:00:00"),
        paris,
        &[("2026-06-01 09:59:59.999999", true), ("2026-06-01 10:00:00", false), (LAST_OF_JULY_14, false)],
    );
    // An old grant, renewed.
    let renewed = marketing("2025-02-01 00:00:00")
        .says(Answer::Grant, Coverage::MARKETING, paris("2026-05-01 00:00:00"))
        .told(notice(), paris("2026-05-02 00:00:00"));
    rows(
        &fr,
        &renewed,
        paris,
        &[("2026-04-30 23:59:59.999999", true), ("2026-05-01 00:00:00", false), (FIRST_OF_JULY_15, false)],
    );
}

// Small print 3
#[test]
fn fr_the_marketing_row_stays_denied_whatever_came_after_and_however_it_is_proven() {
    let fr = policy("fr-cnil-2026");
    let at = paris("2026-05-01 00:00:00");
    let later = paris("2026-05-02 00:00:00");
    for ended in [
        Someone::collected("2025-01-01").says(Answer::Grant, Coverage::MARKETING, at),
        Someone::collected("2025-01-01").assumed(Coverage::MARKETING, at),
    ] {
        let withdrawn = ended.says(Answer::Withdraw, Coverage::MARKETING, later);
        rows(&fr, &withdrawn, paris, &[("2026-05-03 00:00:00", false), ("2026-04-30 00:00:00", true)]);
    }
    let refused = Someone::collected("2025-01-01").says(Answer::Refuse, Coverage::MARKETING, at);
    rows(&fr, &refused, paris, &[("2026-05-03 00:00:00", true)]);
}

#[test]
fn fr_permits_who_was_informed_by_14_july_with_conditions_unchanged() {
    let fr = policy("fr-cnil-2026");
    let old = || Someone::collected("2026-04-13");
    let after = [(FIRST_OF_JULY_15, true), ("2027-01-01 00:00:00", true), (LAST_OF_JULY_14, true)];
    let closed = [(FIRST_OF_JULY_15, false), ("2027-01-01 00:00:00", false), (LAST_OF_JULY_14, true)];
    let in_time = paris(LAST_OF_JULY_14);
    let cases: [(&str, NoticeGiven, bool); 8] = [
        ("complete", notice(), true),
        ("changed", NoticeGiven { conditions_unchanged: Some(false), ..notice() }, false),
        ("conditions unsaid", NoticeGiven { conditions_unchanged: None, ..notice() }, false),
        ("without text", NoticeGiven { text: None, ..notice() }, false),
        ("no withdrawal offered", NoticeGiven { withdrawal_offered: None, ..notice() }, true),
        ("of opens", NoticeGiven { coverage: only(Scope::EmailOpen), ..notice() }, true),
        ("of clicks", NoticeGiven { coverage: only(Scope::EmailClick), ..notice() }, false),
        ("of marketing", NoticeGiven { coverage: Coverage::MARKETING, ..notice() }, false),
    ];
    for (name, notice, permits) in cases {
        let told = old().told(notice, in_time);
        println!("{name}");
        rows(&fr, &told, paris, if permits { &after } else { &closed });
    }
}

#[test]
fn a_notice_without_its_day_permits_nothing_after_the_transition() {
    let fr = policy("fr-cnil-2026");
    let told = |given| Someone::collected("2026-04-13").record(paris("2026-05-01 00:00:00"), given);
    let undated = told(Body::Notice(notice()));
    rows(&fr, &undated, paris, &[(LAST_OF_JULY_14, true), (FIRST_OF_JULY_15, false)]);
    // A recorded send has its instant.
    let sent = NoticeGiven { sent_message: Some(MessageId::new("m").unwrap()), ..notice() };
    rows(&fr, &told(Body::Notice(sent)), paris, &[(FIRST_OF_JULY_15, true)]);
}

#[test]
fn fr_a_late_notice_permits_only_with_a_justification_and_only_from_its_instant() {
    let fr = policy("fr-cnil-2026");
    let late = paris(FIRST_OF_JULY_15);
    let justified = |text: &str| NoticeGiven { justification: Some(text.into()), ..notice() };
    let told = |notice, at| Someone::collected("2026-04-13").told(notice, at);
    rows(&fr, &told(notice(), late), paris, &[(FIRST_OF_JULY_15, false), ("2026-08-01 00:00:00", false)]);
    rows(&fr, &told(justified("  "), late), paris, &[(FIRST_OF_JULY_15, false)]);
    rows(
        &fr,
        &told(justified("addresses on paper"), late),
        paris,
        &[(LAST_OF_JULY_14, true), (FIRST_OF_JULY_15, true)],
    );
    let august = told(justified("addresses on paper"), paris("2026-08-01 12:00:00"));
    rows(
        &fr,
        &august,
        paris,
        &[
            (LAST_OF_JULY_14, true),
            (FIRST_OF_JULY_15, false),
            ("2026-08-01 11:59:59.999999", false),
            ("2026-08-01 12:00:00", true),
        ],
    );
}

// Small print 14
#[test]
fn fr_the_date_of_a_proven_import_or_a_send_counts_and_that_a_caller_claims_does_not() {
    let fr = policy("fr-cnil-2026");
    let recorded = paris("2026-09-01 00:00:00");
    let dated = |at| NoticeGiven { notified_at: Some(paris(at)), ..notice() };
    let import = |given: NoticeGiven| NoticeGiven {
        source: Some(Source { kind: SourceKind::Import, name: None, version: None }),
        proof_reference: Some("box 7".into()),
        ..given
    };
    let unproven = |given: NoticeGiven| NoticeGiven { proof_reference: None, ..import(given) };
    let send = |given: NoticeGiven| NoticeGiven { sent_message: Some(MessageId::new("m").unwrap()), ..given };
    let told = |given| Someone::collected("2026-04-13").told(given, recorded);
    for given in [import(dated(LAST_OF_JULY_14)), send(dated(LAST_OF_JULY_14))] {
        rows(&fr, &told(given), paris, &[(FIRST_OF_JULY_15, true)]);
    }
    for given in [import(dated(FIRST_OF_JULY_15)), send(dated(FIRST_OF_JULY_15))] {
        rows(&fr, &told(given.clone()), paris, &[("2026-09-02 00:00:00", false)]);
        let justified = NoticeGiven { justification: Some("strike".into()), ..given };
        rows(&fr, &told(justified), paris, &[(FIRST_OF_JULY_15, true)]);
    }
    for given in [dated(LAST_OF_JULY_14), unproven(dated(LAST_OF_JULY_14))] {
        rows(&fr, &told(given), paris, &[("2026-09-02 00:00:00", false)]);
    }
    let claimed = NoticeGiven { justification: Some("strike".into()), ..dated(LAST_OF_JULY_14) };
    rows(&fr, &told(claimed), paris, &[("2026-08-31 23:59:59.999999", false), ("2026-09-01 00:00:00", true)]);
}

#[test]
fn it_denies_who_was_collected_on_an_unknown_day_or_since_publication() {
    let it = policy("it-garante-2026");
    for someone in [Someone::unknown(), Someone::collected("2026-04-29"), Someone::collected("2026-12-01")] {
        for at in ["2026-01-01 00:00:00", LAST_OF_OCTOBER_28, FIRST_OF_OCTOBER_29] {
            assert!(!permitted(&it, &someone, rome(at)), "{at}");
        }
    }
}

#[test]
fn it_permits_old_contacts_to_the_last_instant_of_28_october_2026_in_rome() {
    let it = policy("it-garante-2026");
    let old = Someone::collected("2026-04-28");
    rows(&it, &old, rome, &[(LAST_OF_OCTOBER_28, true), (FIRST_OF_OCTOBER_29, false)]);
    // Summer time ended on 25 October: 00:00 in Rome is 23:00 in UTC the day before.
    assert!(permitted(&it, &old, crate::scene::clock("UTC", "2026-10-28 22:59:59.999999")));
    assert!(!permitted(&it, &old, crate::scene::clock("UTC", "2026-10-28 23:00:00")));
    // A marketing grant is no row of this table.
    let marketing = old.says(Answer::Grant, Coverage::MARKETING, rome("2026-06-01 00:00:00"));
    rows(&it, &marketing, rome, &[(LAST_OF_OCTOBER_28, true)]);
}

#[test]
fn it_a_notice_permits_after_the_day_only_with_withdrawal_offered_and_the_switch() {
    let shipped = policy("it-garante-2026");
    let mut switched = shipped.clone();
    switched.notice.as_mut().unwrap().notice_alone_suffices = true;
    let told = |given| Someone::collected("2026-04-28").told(given, rome("2026-05-01 00:00:00"));
    let no_offer = NoticeGiven { withdrawal_offered: Some(false), ..notice() };
    let changed = NoticeGiven { conditions_unchanged: None, ..notice() };
    for (policy, given, permits) in [
        (&shipped, notice(), false),
        (&switched, notice(), true),
        (&switched, no_offer, false),
        (&switched, changed, false),
    ] {
        rows(policy, &told(given), rome, &[(LAST_OF_OCTOBER_28, true), (FIRST_OF_OCTOBER_29, permits)]);
    }
    rows(&switched, &Someone::collected("2026-04-28"), rome, &[(FIRST_OF_OCTOBER_29, false)]);
}

// Actito 1
#[test]
fn legacy_permits_and_strict_denies_whatever_day() {
    let informed = Someone::collected("2020-01-01").told(notice(), paris("2026-05-01 00:00:00"));
    for someone in [Someone::unknown(), Someone::collected("2026-12-01"), informed] {
        for at in ["2020-01-01 00:00:00", FIRST_OF_JULY_15, FIRST_OF_OCTOBER_29] {
            assert!(permitted(&policy("legacy"), &someone, paris(at)), "{at}");
            assert!(!permitted(&policy("strict"), &someone, paris(at)), "{at}");
        }
    }
}

#[test]
fn what_occurred_on_the_14th_and_arrived_on_the_15th_is_denied_because_both_instants_must_permit() {
    let fr = policy("fr-cnil-2026");
    let old = Someone::collected("2026-04-13");
    let (before, after) = (paris(LAST_OF_JULY_14), paris(FIRST_OF_JULY_15));
    assert_eq!(Scene::open(&old, &fr, before).told(), "RECORD PERMITTED_BY_DEFAULT");
    assert_eq!(Scene::open(&old, &fr, before).arriving(after).told(), "DISCARD UNKNOWN");
    assert_eq!(Scene::open(&old, &fr, after).told(), "DISCARD UNKNOWN");
    let informed = old.told(notice(), paris("2026-07-01 00:00:00"));
    assert_eq!(Scene::open(&informed, &fr, before).arriving(after).told(), "RECORD PERMITTED_BY_DEFAULT");
    // A late notice does not reach back to what occurred before it.
    let justified = NoticeGiven { justification: Some("strike".into()), ..notice() };
    let late = Someone::collected("2026-04-13").told(justified, paris("2026-08-01 00:00:00"));
    let (gap, told) = (paris("2026-07-20 00:00:00"), paris("2026-08-01 00:00:00"));
    assert_eq!(Scene::open(&late, &fr, gap).arriving(told).told(), "DISCARD UNKNOWN");
    assert_eq!(Scene::open(&late, &fr, told).told(), "RECORD PERMITTED_BY_DEFAULT");
}

#[test]
fn every_tracked_kind_has_the_same_default_and_every_date_is_data() {
    let mut fr = policy("fr-cnil-2026");
    let old = Someone::collected("2026-04-13");
    let july_15 = paris(FIRST_OF_JULY_15);
    for kind in InteractionKind::TRACKED {
        let plan = |at| Scene::of(kind, &old, &fr, at).to(Use::Plan).recorded();
        assert!(plan(paris(LAST_OF_JULY_14)) && !plan(july_15), "{}", kind.name());
    }
    let mut rule = fr.notice.clone().unwrap();
    rule.last_day = day("2026-12-31");
    let later = crate::policy::Transition::new(&rule, None, fr.zone.as_ref().unwrap());
    fr.default = crate::policy::DefaultRule::Transition(later);
    assert!(permitted(&fr, &old, july_15));
}
