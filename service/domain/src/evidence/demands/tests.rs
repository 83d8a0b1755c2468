//! Each demand is dropped in turn and named; nothing is demanded of a refusal.

use super::*;
use crate::answer::Answer;
use crate::evidence::Way;
use crate::record::AnswerGiven;
use crate::refusal::{Fault, Refusal};
use crate::sample::{self, TEXT, at, controller, demanding, lenient};
use crate::scope::Coverage;
use crate::time::Span;

fn grant() -> AnswerGiven {
    sample::answer(Answer::Grant, at(-5))
}

fn check(grant: &AnswerGiven, policies: &[&Policy]) -> Vec<(&'static str, Fault)> {
    let table = controller();
    named(check_grant(grant, Some(&table), |id| *id == TEXT, policies, at(0)))
}

fn named(problems: Vec<Problem>) -> Vec<(&'static str, Fault)> {
    problems.into_iter().map(|problem| (problem.field, problem.what)).collect()
}

#[test]
fn a_complete_grant_has_no_problem() {
    assert_eq!(check(&grant(), &[&demanding(), &lenient()]), []);
}

/// Which field a change empties, by its path in errors.
type Dropped = (&'static str, fn(&mut AnswerGiven));

#[test]
fn each_missing_item_of_evidence_is_named() {
    let cases: [Dropped; 7] = [
        ("decided_at", |grant| grant.decided_at = None),
        ("evidence.method", |grant| grant.evidence.method = None),
        ("evidence.source.name", |grant| grant.evidence.source.as_mut().unwrap().name = None),
        ("evidence.source.version", |grant| grant.evidence.source.as_mut().unwrap().version = None),
        ("evidence.notice", |grant| grant.evidence.notice = None),
        ("evidence.language", |grant| grant.evidence.language = None),
        ("evidence.actor", |grant| grant.evidence.actor = None),
    ];
    let mut bare = grant();
    for (field, drop) in cases {
        let mut one = grant();
        drop(&mut one);
        drop(&mut bare);
        assert_eq!(check(&one, &[&demanding()]), [(field, Fault::Missing)]);
        assert_eq!(check(&one, &[&lenient()]), [], "legacy demands nothing");
    }
    let all = check(&bare, &[&lenient(), &demanding()]);
    assert_eq!(all, cases.map(|(field, _)| (field, Fault::Missing)), "every one at once");
}

#[test]
fn a_blank_text_is_no_evidence() {
    let cases: [Dropped; 5] = [
        ("evidence.method", |grant| grant.evidence.method = Some(String::new())),
        ("evidence.source.name", |grant| grant.evidence.source.as_mut().unwrap().name = Some(" ".into())),
        ("evidence.source.version", |grant| {
            grant.evidence.source.as_mut().unwrap().version = Some("".into())
        }),
        ("evidence.language", |grant| grant.evidence.language = Some("".into())),
        ("evidence.actor", |grant| grant.evidence.actor = Some("\u{a0}".into())),
    ];
    for (field, blank) in cases {
        let mut one = grant();
        blank(&mut one);
        assert_eq!(check(&one, &[&demanding()]), [(field, Fault::Missing)]);
    }
    let mut imported = AnswerGiven { basis: Some(Basis::Imported), ..grant() };
    imported.evidence.proof_reference = Some("  ".into());
    assert_eq!(check(&imported, &[&lenient()]), [("evidence.proof_reference", Fault::Missing)]);
    let mut notice = sample::notice(at(0));
    notice.source = Some(sample::source(SourceKind::Import));
    notice.proof_reference = Some("archive/1".into());
    assert!(notice.is_proven_import());
    notice.proof_reference = Some(" ".into());
    assert!(!notice.is_proven_import());
}

#[test]
fn a_problem_is_named_once_for_each_policy_that_finds_it() {
    let undated = AnswerGiven { decided_at: None, ..grant() };
    let table = controller();
    let mut second = demanding();
    second.id = PolicyId::new("second").unwrap();
    let problems = check_grant(&undated, Some(&table), |_| true, &[&lenient(), &demanding(), &second], at(0));
    let policies: Vec<_> = problems.iter().map(|problem| problem.policy.clone()).collect();
    assert_eq!(policies, [Some(demanding().id), Some(second.id)]);
    let text = Refusal::Demands(problems).to_string();
    assert_eq!(text.matches("decided_at").count(), 1, "{text}");
}

#[test]
fn the_same_is_demanded_of_marketing() {
    let undated = AnswerGiven { decided_at: None, coverage: Coverage::MARKETING, ..grant() };
    assert_eq!(check(&undated, &[&demanding()]), [("decided_at", Fault::Missing)]);
}

#[test]
fn a_grant_has_a_basis_that_every_policy_accepts() {
    let based = |basis| AnswerGiven { basis, ..grant() };
    assert_eq!(check(&based(None), &[&lenient()]), [("basis", Fault::Missing)]);
    assert_eq!(check(&based(Some(Basis::Assumed)), &[&lenient()]), []);
    let refused = check(&based(Some(Basis::Assumed)), &[&lenient(), &demanding()]);
    assert!(matches!(refused[..], [("basis", Fault::BasisNotAccepted(Basis::Assumed, _))]), "{refused:?}");
    assert_eq!(check(&based(Some(Basis::Imported)), &[&demanding()]), []);
}

/// Actito 3: what is refused is told with the right way.
#[test]
fn a_basis_that_is_refused_is_told_with_what_the_policy_does_take() {
    let assumed = AnswerGiven { basis: Some(Basis::Assumed), coverage: Coverage::TRACKING, ..grant() };
    let told = |grant: &AnswerGiven, policy: &Policy| -> Vec<&str> {
        let problems = check(grant, &[policy]);
        let ways = problems.iter().find_map(|(_, what)| match what {
            Fault::BasisNotAccepted(_, ways) => Some(*ways),
            _ => None,
        });
        ways.map(|ways| ways.iter().map(Way::name).collect()).unwrap_or_default()
    };
    let policy = |id: &str| Policy::built_in(&PolicyId::new(id).unwrap()).unwrap();
    assert_eq!(told(&assumed, &policy("legacy")), Vec::<&str>::new());
    assert_eq!(told(&assumed, &policy("fr-cnil-2026")), ["CONSENT_REQUEST", "NOTICE", "IMPORTED"]);
    assert_eq!(told(&assumed, &policy("it-garante-2026")), ["CONSENT_REQUEST", "IMPORTED"], "a notice alone");
    assert_eq!(told(&assumed, &policy("strict")), ["CONSENT_REQUEST", "IMPORTED"], "no notice permits");
    let of_mail = AnswerGiven { coverage: Coverage::MARKETING, ..assumed.clone() };
    assert_eq!(
        told(&of_mail, &policy("fr-cnil-2026")),
        ["CONSENT_REQUEST", "IMPORTED"],
        "mail has no default"
    );
    let mut own_word = policy("strict");
    own_word.grant.bases = vec![Basis::Explicit];
    assert_eq!(told(&assumed, &own_word), ["CONSENT_REQUEST"]);
    let imported = AnswerGiven { basis: Some(Basis::Imported), ..assumed.clone() };
    assert_eq!(told(&imported, &own_word), ["CONSENT_REQUEST"]);
    let text = Refusal::Demands(check_grant(&assumed, None, |_| true, &[&policy("fr-cnil-2026")], at(0)))
        .to_string();
    for words in ["must not be ASSUMED", "CONSENT_REQUEST", "notice", "IMPORTED"] {
        assert!(text.contains(words), "{text}");
    }
}

/// Small print 13.
#[test]
fn an_imported_grant_without_a_proof_reference_is_refused_under_every_policy() {
    let mut unproven = AnswerGiven { basis: Some(Basis::Imported), ..grant() };
    unproven.evidence.proof_reference = None;
    let missing = [("evidence.proof_reference", Fault::Missing)];
    assert_eq!(check(&unproven, &[&lenient()]), missing);
    assert_eq!(check(&unproven, &[&demanding()]), missing);
    assert_eq!(check(&unproven, &[]), missing);
}

#[test]
fn forbidden_methods_are_refused_under_every_policy_however_they_are_written() {
    let written = [
        "pre_ticked",
        "implied",
        "silence",
        "open_as_consent",
        "PRE-TICKED",
        "Pre ticked",
        " Silence ",
        "open-as consent",
    ];
    for method in written {
        let mut forbidden = grant();
        forbidden.evidence.method = Some(method.to_owned());
        assert_eq!(check(&forbidden, &[&lenient()]), [("evidence.method", Fault::ForbiddenMethod)]);
    }
    for method in ["ticked", "double_opt_in", "pre_ticked_never", "Campagne été 2026"] {
        let mut allowed = grant();
        allowed.evidence.method = Some(method.to_owned());
        assert_eq!(check(&allowed, &[&demanding()]), []);
    }
}

#[test]
fn one_tick_for_both_purposes_is_permitted_only_where_every_policy_does() {
    let joint = sample::on(Coverage::BOTH, grant());
    assert_eq!(check(&joint, &[&lenient()]), []);
    assert_eq!(check(&joint, &[&lenient(), &demanding()]), [("coverage", Fault::JointNotPermitted)]);
}

#[test]
fn a_grant_dated_more_than_five_minutes_ahead_is_refused() {
    let tolerated = AnswerGiven { decided_at: Some(at(5)), ..grant() };
    assert_eq!(check(&tolerated, &[&demanding()]), []);
    let ahead = AnswerGiven { decided_at: Some(at(5).plus(Span::from_micros(1))), ..grant() };
    assert_eq!(check(&ahead, &[&lenient()]), [("decided_at", Fault::InFuture)]);
}

#[test]
fn without_a_controller_no_grant_is_stored() {
    let mut claimed = grant();
    claimed.evidence.controller = Some(controller());
    let problems = check_grant(&claimed, None, |_| true, &[&lenient()], at(0));
    assert_eq!(named(problems), [("controller", Fault::NoController)], "it is the table's that counts");
}

#[test]
fn a_grant_names_a_stored_text() {
    let mut other = grant();
    other.evidence.notice = Some(NoticeId([8; 32]));
    assert_eq!(check(&other, &[&lenient()]), [("evidence.notice", Fault::UnknownText)]);
}

#[test]
fn texts_of_problems_are_lower_case_and_hold_no_values() {
    let mut bad = grant();
    bad.evidence.method = Some("implied".to_owned());
    bad.decided_at = None;
    let refusal = Refusal::Demands(check_grant(&bad, None, |_| true, &[&demanding()], at(0)));
    assert_eq!(
        refusal.to_string(),
        "the item does not meet the rules: controller is missing: the profile table has no controller; \
         evidence.method is a method that never makes a grant; decided_at is missing"
    );
}

fn day(text: &str) -> Option<Day> {
    Day::parse(text)
}

/// An instant of a day in Paris.
fn paris(text: &str) -> Instant {
    day(text).unwrap().start_in(&Zone::named("Europe/Paris").unwrap())
}

fn told(notice: &NoticeGiven, collected_on: Option<Day>, now: Instant) -> Vec<(&'static str, Fault)> {
    named(check_notice(
        notice,
        collected_on,
        |id| *id == TEXT,
        &[&lenient(), &demanding()],
        &Zone::utc(),
        now,
    ))
}

fn before() -> Option<Day> {
    day("2026-04-13")
}

#[test]
fn a_complete_notice_has_no_problem() {
    assert_eq!(told(&sample::notice(at(-5)), before(), at(0)), []);
}

#[test]
fn a_notice_names_each_item_that_a_policy_demands_and_is_missing() {
    let missing = |field| vec![(field, Fault::Missing)];
    let full = sample::notice(at(-5));
    assert_eq!(told(&full, None, at(0)), missing("facts.collected_on"));
    let undated = NoticeGiven { notified_at: None, ..full.clone() };
    assert_eq!(told(&undated, before(), at(0)), missing("notified_at"));
    let textless = NoticeGiven { text: None, ..full.clone() };
    assert_eq!(told(&textless, before(), at(0)), missing("text"));
    let silent = NoticeGiven { conditions_unchanged: None, ..full.clone() };
    assert_eq!(told(&silent, before(), at(0)), missing("conditions_unchanged"));
    let changed = NoticeGiven { conditions_unchanged: Some(false), ..full.clone() };
    assert_eq!(told(&changed, before(), at(0)), [("conditions_unchanged", Fault::NotTrue)]);
    let bare = NoticeGiven { notified_at: None, text: None, conditions_unchanged: None, ..full };
    assert_eq!(told(&bare, None, at(0)).len(), 4);
}

#[test]
fn an_address_collected_on_or_after_the_day_cannot_be_informed_instead_of_asked() {
    let full = sample::notice(at(-5));
    let day = day("2026-04-14").unwrap();
    assert_eq!(told(&full, Some(day), at(0)), [("facts.collected_on", Fault::NotBefore(day))]);
}

#[test]
fn an_offer_to_withdraw_is_demanded_where_the_policy_says_so() {
    let mut italian = demanding();
    italian.notice.as_mut().unwrap().withdrawal_offered = true;
    let check = |offered| {
        let notice = NoticeGiven { withdrawal_offered: offered, ..sample::notice(at(-5)) };
        named(check_notice(&notice, before(), |_| true, &[&italian], &Zone::utc(), at(0)))
    };
    assert_eq!(check(Some(true)), []);
    assert_eq!(check(None), [("withdrawal_offered", Fault::Missing)]);
    assert_eq!(check(Some(false)), [("withdrawal_offered", Fault::NotTrue)]);
}

#[test]
fn what_a_policy_does_not_demand_of_a_notice_is_not_missed() {
    let mut policy = demanding();
    let rule = policy.notice.as_mut().unwrap();
    (rule.text, rule.conditions_unchanged) = (false, false);
    let bare = NoticeGiven { text: None, conditions_unchanged: Some(false), ..sample::notice(at(-5)) };
    assert_eq!(check_notice(&bare, before(), |_| true, &[&policy], &Zone::utc(), at(0)), []);
}

#[test]
fn a_notice_recorded_after_the_last_day_in_the_policys_zone_needs_a_justification() {
    let last_moment = paris("2026-07-15").minus(Span::from_micros(1));
    let on_time = sample::notice(at(-5));
    assert_eq!(told(&on_time, before(), last_moment), []);
    assert_eq!(told(&on_time, before(), paris("2026-07-15")), [("justification", Fault::Missing)]);
    let blank = NoticeGiven { justification: Some(" ".to_owned()), ..on_time.clone() };
    assert_eq!(told(&blank, before(), paris("2026-07-15")), [("justification", Fault::Missing)]);
    let justified = NoticeGiven { justification: Some("strike".to_owned()), ..on_time };
    assert_eq!(told(&justified, before(), paris("2026-07-15")), []);
}

#[test]
fn the_table_gives_the_zone_of_a_policy_without_one() {
    let mut policy = demanding();
    policy.zone = None;
    let check = |zone: &str| {
        let now = paris("2026-07-15");
        let zone = Zone::named(zone).unwrap();
        check_notice(&sample::notice(at(-5)), before(), |_| true, &[&policy], &zone, now).len()
    };
    assert_eq!((check("UTC"), check("Europe/Paris")), (0, 1));
}

/// Small print 14.
#[test]
fn an_import_with_a_proof_is_as_old_as_it_says_and_needs_a_justification_if_that_is_late() {
    let import = NoticeGiven {
        source: Some(sample::source(SourceKind::Import)),
        proof_reference: Some("mailing/7".to_owned()),
        ..sample::notice(at(-5))
    };
    let now = paris("2026-09-01");
    assert_eq!(told(&import, before(), now), []);
    let late = NoticeGiven { notified_at: Some(paris("2026-07-15")), ..import.clone() };
    assert_eq!(told(&late, before(), now), [("justification", Fault::Missing)]);
    let unproven = NoticeGiven { proof_reference: None, ..import.clone() };
    assert_eq!(told(&unproven, before(), now), [("justification", Fault::Missing)]);
    let direct = NoticeGiven { source: None, ..import };
    assert_eq!(told(&direct, before(), now), [("justification", Fault::Missing)]);
}

/// Small print 14.
#[test]
fn the_send_of_an_incomplete_notice_is_stored_and_permits_nothing() {
    let send = NoticeGiven {
        sent_message: Some(crate::id::MessageId::new("m").unwrap()),
        text: None,
        conditions_unchanged: None,
        ..sample::notice(at(-5))
    };
    assert_eq!(told(&send, None, paris("2026-09-01")), []);
}

#[test]
fn policies_without_a_day_store_a_notice_without_effect() {
    let bare =
        NoticeGiven { notified_at: None, text: None, conditions_unchanged: None, ..sample::notice(at(0)) };
    assert_eq!(check_notice(&bare, None, |_| true, &[&lenient()], &Zone::utc(), at(0)), []);
}

#[test]
fn a_notice_about_marketing_alone_is_not_asked_for_a_trackers_evidence() {
    let marketing = NoticeGiven { coverage: Coverage::MARKETING, text: None, ..sample::notice(at(-5)) };
    assert_eq!(told(&marketing, None, at(0)), []);
}

#[test]
fn notices_and_requests_lie_in_the_past_and_name_stored_texts() {
    let ahead = at(5).plus(Span::from_micros(1));
    let unknown = Some(NoticeId([8; 32]));
    let notice = NoticeGiven { text: unknown, ..sample::notice(ahead) };
    let both = |field| [(field, Fault::InFuture), ("text", Fault::UnknownText)];
    assert_eq!(told(&notice, before(), at(0)), both("notified_at"));
    assert_eq!(told(&sample::notice(at(5)), before(), at(0)), []);
    let asked = RequestMade { text: unknown, ..sample::request(ahead) };
    assert_eq!(named(check_request(&asked, |id| *id == TEXT, at(0))), both("requested_at"));
    assert_eq!(check_request(&sample::request(at(5)), |id| *id == TEXT, at(0)), []);
}
