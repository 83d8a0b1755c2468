//! Several policies: the verdict that writes least, and the policy it names.

use crate::answer::Answer;
use crate::ceiling::Ceiling;
use crate::context::{CampaignInPlay, Context};
use crate::message::{MessageClass, SendingBasis};
use crate::policy::CounterMode;
use crate::record::PolicyVersion;
use crate::scene::{Scene, Someone, campaign, message, of, only, paris, policy, policy_id};
use crate::scope::{Coverage, Scope};
use crate::time::Span;
use crate::verdict::{Disposition, Effects, Use};

const AT: &str = "2026-11-02 12:00:00";

fn named(verdict: &crate::verdict::Verdict) -> &str {
    verdict.policy.id.as_str()
}

#[test]
fn it_is_recorded_only_if_every_policy_records() {
    let (legacy, fr, strict) = (policy("legacy"), policy("fr-cnil-2026"), policy("strict"));
    let at = paris(AT);
    let nobody = Scene::open(&Someone::unknown(), &legacy, at);
    assert_eq!(nobody.told(), "RECORD PERMITTED_BY_DEFAULT");
    let verdict = nobody.also(&fr).verdict();
    assert_eq!((verdict.disposition, verdict.reason.name()), (Disposition::Discard, "UNKNOWN"));
    assert_eq!(named(&verdict), "fr-cnil-2026", "the one that wrote least");
    let granted = Someone::unknown().grants(paris("2026-11-01 00:00:00"));
    let verdict = Scene::open(&granted, &legacy, at).also(&fr).also(&strict).verdict();
    assert_eq!(verdict.disposition, Disposition::Record);
    assert_eq!(verdict.policy, PolicyVersion { id: policy_id("legacy"), version: 1 }, "on a tie the table's");
}

#[test]
fn the_effects_are_those_that_every_policy_that_does_not_record_allows() {
    let (legacy, fr) = (policy("legacy"), policy("fr-cnil-2026"));
    let (it, strict) = (policy("it-garante-2026"), policy("strict"));
    let mail = message(MessageClass::Transactional, SendingBasis::RequestedService);
    let assumed = Someone::unknown().assumed(Coverage::TRACKING, paris("2026-11-01 00:00:00"));
    let open = |table| Scene::open(&assumed, table, paris(AT)).about(of(&mail));
    // legacy records, fr exempts the day: the day.
    let verdict = open(&legacy).also(&fr).verdict();
    assert_eq!((verdict.disposition, named(&verdict)), (Disposition::Exempt, "fr-cnil-2026"));
    assert!(verdict.effects.last_open.is_some() && !verdict.effects.device);
    // it exempts nothing: nothing.
    let verdict = open(&fr).also(&it).verdict();
    assert_eq!((verdict.disposition, verdict.effects), (Disposition::Discard, Effects::NONE));
    assert_eq!(named(&verdict), "it-garante-2026");
    // Small print 5: on a tie the table's, else the first by id.
    assert_eq!(named(&open(&strict).also(&it).verdict()), "strict");
    assert_eq!(named(&open(&legacy).also(&strict).also(&it).verdict()), "it-garante-2026");
    assert_eq!(named(&open(&legacy).also(&it).also(&strict).verdict()), "it-garante-2026");
}

#[test]
fn beside_a_row_stands_what_every_policy_allows() {
    let (legacy, strict, mut lenient, at) = (policy("legacy"), policy("strict"), policy("strict"), paris(AT));
    lenient.default = crate::policy::DefaultRule::Permitted;
    let opens = Someone::unknown().says(Answer::Grant, only(Scope::EmailOpen), at);
    let effects = |first, second| {
        let verdict = Scene::open(&opens, first, at).also(second).verdict();
        assert_eq!((verdict.disposition, verdict.effects.last_open.is_some()), (Disposition::Record, true));
        verdict.effects.device
    };
    // Nobody answered for DEVICE: legacy permits it, strict does not.
    assert!(effects(&legacy, &legacy));
    assert!(!effects(&legacy, &strict) && !effects(&strict, &legacy));
    assert!(effects(&legacy, &lenient));
}

#[test]
fn a_row_weighs_more_than_all_exemptions() {
    let (legacy, mut fr, at) = (policy("legacy"), policy("fr-cnil-2026"), paris(AT));
    fr.counter.mode = CounterMode::FromIdentified;
    let campaign = campaign(Ceiling::Default);
    let mail = message(MessageClass::Transactional, SendingBasis::RequestedService);
    let in_play = CampaignInPlay { campaign: &campaign, website: None };
    let context = Context { campaign: Some(in_play), ..of(&mail) };
    let someone = Someone::unknown().says(Answer::Refuse, only(Scope::Device), at);
    let verdict = Scene::open(&someone, &legacy, at).also(&fr).about(context).verdict();
    assert!(verdict.effects.last_open.is_some() && verdict.effects.count);
    assert_eq!((verdict.disposition, named(&verdict)), (Disposition::Exempt, "fr-cnil-2026"));
}

#[test]
fn different_exemptions_of_two_policies_leave_nothing() {
    let (mut day_only, mut count_only) = (policy("fr-cnil-2026"), policy("strict"));
    day_only.counter.mode = CounterMode::Off;
    count_only.counter.mode = CounterMode::FromIdentified;
    let campaign = campaign(Ceiling::Default);
    let mail = message(MessageClass::Transactional, SendingBasis::RequestedService);
    let in_play = CampaignInPlay { campaign: &campaign, website: None };
    let context = Context { campaign: Some(in_play), ..of(&mail) };
    let someone = Someone::unknown();
    let scene = |table| Scene::open(&someone, table, paris(AT)).about(context);
    assert_eq!(scene(&day_only).verdict().disposition, Disposition::Exempt);
    assert_eq!(scene(&count_only).verdict().disposition, Disposition::Exempt);
    let both = scene(&day_only).also(&count_only).verdict();
    assert_eq!((both.disposition, both.effects), (Disposition::Discard, Effects::NONE));
    assert_eq!(named(&both), "fr-cnil-2026", "a tie: the table's");
}

#[test]
fn what_stops_the_last_open_day_under_a_recording_policy_stops_it_as_an_exemption_too() {
    // fr takes no joint tick, so marketing stays refused there; the other does, but its grants ran out.
    let (fr, mut other) = (policy("fr-cnil-2026"), policy("it-garante-2026"));
    other.last_open.exempt = true;
    other.grant.expires_after_days = Some(1);
    let at = paris("2026-10-01 00:00:00");
    let someone = Someone::unknown()
        .says(Answer::Refuse, Coverage::MARKETING, at)
        .says(Answer::Grant, Coverage::BOTH, at.plus(Span::from_secs(1)))
        .grants(at.plus(Span::from_secs(2)));
    let mail = message(MessageClass::Transactional, SendingBasis::RequestedService);
    let open = |table| Scene::open(&someone, table, paris(AT)).about(of(&mail));
    let recorded = open(&fr).verdict();
    assert_eq!((recorded.disposition, recorded.effects.last_open), (Disposition::Record, None));
    assert_eq!(open(&other).told(), "EXEMPT EXPIRED");
    assert_eq!(open(&fr).also(&other).told(), "DISCARD EXPIRED");
}

#[test]
fn one_policy_that_sets_never_by_country_is_enough() {
    let (legacy, mut fr) = (policy("legacy"), policy("fr-cnil-2026"));
    fr.force_never.on = true;
    let site = crate::scene::website("FR", crate::ceiling::Ceilings::default());
    let context = Context { website: Some(&site), ..Context::default() };
    let granted = Someone::unknown().grants(paris("2026-11-01 00:00:00"));
    let scene = Scene::open(&granted, &legacy, paris(AT)).about(context);
    assert!(scene.recorded());
    assert_eq!(scene.also(&fr).told(), "DISCARD TRACKING_DISABLED");
}

#[test]
fn each_policy_reads_rows_by_its_own_rule_of_keeping() {
    let (keeps, erases) = (policy("legacy"), policy("strict"));
    let (at, later) = (paris(AT), paris(AT).plus(Span::from_secs(1)));
    let withdrawn = Someone::unknown().grants(at).says(Answer::Withdraw, Coverage::TRACKING, later);
    let scene = Scene::open(&withdrawn, &keeps, at).arriving(later).to(Use::Export);
    assert_eq!(scene.told(), "RECORD PERMITTED_KEPT");
    assert_eq!(scene.also(&erases).told(), "DISCARD WITHDRAWN");
}
