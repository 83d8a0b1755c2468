//! What each verdict writes beside the row or instead of it.

use crate::answer::Answer;
use crate::ceiling::Ceiling;
use crate::context::{CampaignInPlay, Context};
use crate::interaction::InteractionKind::{self, EmailClick, EmailOpen, SmsClick};
use crate::message::{MessageClass, SendingBasis};
use crate::mode::{PixelMode, Sent};
use crate::policy::{CounterMode, Policy};
use crate::scene::{Scene, Someone, campaign, day, message, of, only, paris, pixel, policy};
use crate::scope::{Coverage, Scope, ScopeSet};
use crate::time::Span;
use crate::verdict::{Disposition, Effects, Use};

const AT: &str = "2026-11-02 23:30:00";

fn fr() -> Policy {
    policy("fr-cnil-2026")
}

fn refused() -> Someone {
    Someone::unknown().says(Answer::Refuse, Coverage::TRACKING, paris("2026-11-01 00:00:00"))
}

/// An open of mail the person asked for.
fn requested(someone: &Someone, policy: &Policy) -> Effects {
    let mail = message(MessageClass::Transactional, SendingBasis::RequestedService);
    let verdict = Scene::open(someone, policy, paris(AT)).about(of(&mail)).verdict();
    assert_eq!(verdict.disposition == Disposition::Exempt, verdict.effects != Effects::NONE);
    verdict.effects
}

// Qualifio 8, Actito 13
#[test]
fn only_fr_exempts_the_last_open_day() {
    let day = Some(day("2026-11-02"));
    assert_eq!(requested(&refused(), &fr()), Effects { last_open: day, ..Effects::NONE });
    for other in ["legacy", "it-garante-2026", "strict"] {
        assert_eq!(requested(&refused(), &policy(other)), Effects::NONE, "{other}");
    }
}

#[test]
fn the_last_open_day_is_a_day_of_the_policys_zone_else_of_the_tables() {
    // 00:30 in Paris, the evening before in UTC, which is the scenes' table zone.
    let at = paris("2026-11-03 00:30:00");
    let granted = Someone::unknown().grants(paris("2026-11-01 00:00:00"));
    for (id, expected) in [("fr-cnil-2026", "2026-11-03"), ("strict", "2026-11-02")] {
        let verdict = Scene::open(&granted, &policy(id), at).verdict();
        assert_eq!(verdict.effects.last_open, Some(day(expected)), "{id}");
    }
}

#[test]
fn the_exempt_day_needs_mail_the_person_asked_for() {
    let fr = fr();
    let marketing = |answer| refused().says(answer, Coverage::MARKETING, paris("2026-11-01 00:00:00"));
    let cases = [
        (SendingBasis::RequestedService, refused(), true),
        (SendingBasis::Consent, refused(), false),
        (SendingBasis::Consent, marketing(Answer::Grant), true),
        (SendingBasis::Consent, marketing(Answer::Withdraw), false),
        (SendingBasis::SoftOptIn, marketing(Answer::Grant), false),
        (SendingBasis::LegalDuty, marketing(Answer::Grant), false),
        (SendingBasis::LegitimateInterest, marketing(Answer::Grant), false),
    ];
    for (basis, someone, exempt) in cases {
        let mail = message(MessageClass::Marketing, basis);
        let verdict = Scene::open(&someone, &fr, paris(AT)).about(of(&mail)).verdict();
        assert_eq!(verdict.effects.last_open.is_some(), exempt, "{}", basis.name());
    }
    // An assumed TRUE is no marketing consent under fr.
    let assumed = refused().assumed(Coverage::MARKETING, paris("2026-11-01 00:00:00"));
    let mail = message(MessageClass::Marketing, SendingBasis::Consent);
    assert_eq!(Scene::open(&assumed, &fr, paris(AT)).about(of(&mail)).verdict().effects, Effects::NONE);
    // Small print 10
    assert_eq!(
        Scene::open(&refused(), &fr, paris(AT)).verdict().effects,
        Effects::NONE,
        "undeclared message"
    );
}

#[test]
fn the_exempt_day_needs_a_pixel_that_may_write_it() {
    let (fr, mail) = (fr(), message(MessageClass::Transactional, SendingBasis::RequestedService));
    let exempt = |sent| {
        let scene = Scene::open(&refused(), &fr, paris(AT)).about(of(&mail)).sent_with(sent);
        scene.verdict().effects.last_open.is_some()
    };
    assert_eq!(PixelMode::ALL.map(|mode| exempt(pixel(mode))), [true, true, false, false]);
    assert!(!exempt(Sent::default()), "a mode sent unknown never allows it");
}

#[test]
fn objecting_or_marketing_refused_stops_the_day_under_every_policy_and_verdict() {
    let stop = paris("2026-11-02 00:00:00");
    let granted = Someone::unknown().grants(paris("2026-11-01 00:00:00"));
    for answer in [Answer::Refuse, Answer::Withdraw, Answer::Object] {
        let stopped = |someone: &Someone| someone.clone().says(answer, Coverage::MARKETING, stop);
        assert_eq!(requested(&stopped(&refused()), &fr()), Effects::NONE);
        for id in ["legacy", "fr-cnil-2026", "it-garante-2026", "strict"] {
            let policy = policy(id);
            let open = |someone: &Someone| Scene::open(someone, &policy, paris(AT)).verdict();
            assert!(open(&granted).effects.last_open.is_some(), "{id}");
            let verdict = open(&stopped(&granted));
            assert_eq!(verdict.disposition, Disposition::Record, "{id}");
            assert_eq!(verdict.effects.last_open, None, "{id}");
        }
    }
    let objects = |scope| refused().says(Answer::Object, only(scope), stop);
    assert_eq!(requested(&objects(Scope::EmailOpen), &fr()), Effects::NONE);
    assert!(requested(&objects(Scope::EmailClick), &fr()).last_open.is_some());
    // An expired marketing grant is no refusal.
    let expired = granted.says(Answer::Grant, Coverage::MARKETING, stop);
    assert!(Scene::open(&expired, &fr(), paris(AT)).verdict().effects.last_open.is_some());
}

#[test]
fn tracking_refused_or_withdrawn_keeps_the_day_unless_the_switch_says_no() {
    let mut switched = fr();
    switched.last_open.kept_on_tracking_refusal = false;
    let withdrawn = Someone::unknown().withdraws(paris("2026-11-01 00:00:00"));
    for someone in [refused(), withdrawn] {
        assert!(requested(&someone, &fr()).last_open.is_some());
        assert!(requested(&someone, &switched).last_open.is_none());
    }
    assert!(requested(&Someone::unknown(), &switched).last_open.is_some(), "nobody refused");
}

#[test]
fn the_conditions_of_the_day_are_looked_at_now() {
    let (fr, mail) = (fr(), message(MessageClass::Marketing, SendingBasis::Consent));
    let (then, now) = (paris(AT), paris("2026-11-05 00:00:00"));
    let granted = refused().says(Answer::Grant, Coverage::MARKETING, paris("2026-11-04 00:00:00"));
    let verdict = Scene::open(&granted, &fr, then).arriving(now).about(of(&mail)).verdict();
    assert_eq!(verdict.effects.last_open, Some(day("2026-11-02")));
    let gone = granted.says(Answer::Withdraw, Coverage::MARKETING, now);
    assert_eq!(Scene::open(&gone, &fr, then).arriving(now).about(of(&mail)).verdict().effects, Effects::NONE);
}

#[test]
fn a_click_a_visit_and_a_goal_have_no_exempt_day() {
    let (fr, mail) = (fr(), message(MessageClass::Transactional, SendingBasis::RequestedService));
    let granted = Someone::unknown().grants(paris("2026-11-01 00:00:00"));
    for kind in InteractionKind::TRACKED.into_iter().filter(|kind| *kind != EmailOpen) {
        for someone in [refused(), granted.clone()] {
            let verdict = Scene::of(kind, &someone, &fr, paris(AT)).about(of(&mail)).verdict();
            assert_eq!(verdict.effects.last_open, None, "{}", kind.name());
        }
    }
}

// Actito 8
#[test]
fn the_device_is_updated_only_if_device_permits_at_both_instants() {
    let strict = policy("strict");
    let (then, now) = (paris(AT), paris("2026-11-05 00:00:00"));
    let opens = Someone::unknown().says(Answer::Grant, only(Scope::EmailOpen), paris("2026-11-01 00:00:00"));
    let device = |someone: &Someone| {
        let verdict = Scene::open(someone, &strict, then).arriving(now).verdict();
        assert_eq!(verdict.disposition, Disposition::Record);
        verdict.effects.device
    };
    let both = opens.clone().says(Answer::Grant, only(Scope::Device), paris("2026-11-01 00:00:00"));
    assert!(!device(&opens));
    assert!(device(&both));
    assert!(!device(&opens.says(Answer::Grant, only(Scope::Device), now)), "granted after it occurred");
    assert!(!device(&both.says(Answer::Withdraw, only(Scope::Device), now)), "withdrawn before it arrived");
    // Small print 9: the kind's ceiling binds DEVICE too.
    let mut mail = message(MessageClass::Marketing, SendingBasis::Consent);
    mail.ceiling = Ceiling::Consented;
    let legacy = policy("legacy");
    let opens = Someone::unknown().says(Answer::Grant, only(Scope::EmailOpen), then);
    assert!(Scene::open(&opens, &legacy, then).verdict().effects.device);
    assert!(!Scene::open(&opens, &legacy, then).about(of(&mail)).verdict().effects.device);
}

#[test]
fn a_machine_is_recorded_without_effects_and_exempts_nothing() {
    let mut fr = fr();
    fr.counter.mode = CounterMode::FromIdentified;
    let campaign = campaign(Ceiling::Default);
    let mail = message(MessageClass::Transactional, SendingBasis::RequestedService);
    let in_play = CampaignInPlay { campaign: &campaign, website: None };
    let context = Context { campaign: Some(in_play), ..of(&mail) };
    let granted = Someone::unknown().grants(paris("2026-11-01 00:00:00"));
    let scene = Scene::open(&granted, &fr, paris(AT)).about(context);
    assert!(scene.verdict().effects.device && scene.verdict().effects.last_open.is_some());
    let machine = scene.automated().verdict();
    assert_eq!((machine.disposition, machine.effects), (Disposition::Record, Effects::NONE));
    let scene = Scene::open(&refused(), &fr, paris(AT)).about(context);
    assert_eq!(scene.verdict().disposition, Disposition::Exempt);
    assert_eq!(scene.clone().automated().told(), "DISCARD REFUSED");
    assert_eq!(scene.naming_nobody().automated().told(), "DISCARD NO_PROFILE");
}

#[test]
fn only_human_opens_of_a_declared_campaign_are_counted_and_clicks_where_switched() {
    let (at, campaign) = (paris(AT), campaign(Ceiling::Default));
    let in_play = CampaignInPlay { campaign: &campaign, website: None };
    let context = Context { campaign: Some(in_play), ..Context::default() };
    let clicks = ScopeSet::NONE.with(Scope::EmailOpen).with(Scope::EmailClick).with(Scope::SmsClick);
    // A policy file that named more would still count opens and clicks alone.
    for (kinds, counted) in [
        (ScopeSet::NONE.with(Scope::EmailOpen), vec![EmailOpen]),
        (clicks, vec![EmailOpen, EmailClick, SmsClick]),
        (ScopeSet::ALL, vec![EmailOpen, EmailClick, SmsClick]),
    ] {
        let mut fr = fr();
        fr.counter.mode = CounterMode::FromIdentified;
        fr.counter.anonymous_kinds = kinds;
        for kind in InteractionKind::TRACKED {
            let scene = Scene::of(kind, &refused(), &fr, at).about(context);
            assert_eq!(scene.verdict().effects.count, counted.contains(&kind), "{}", kind.name());
            let unnamed = scene.clone().naming_nobody().verdict();
            assert_eq!(unnamed.effects.count, counted.contains(&kind), "{}", kind.name());
            assert!(!scene.about(Context::default()).verdict().effects.count, "no declared campaign");
        }
    }
}

#[test]
fn a_recorded_row_is_never_counted_anonymously_beside() {
    let mut fr = fr();
    fr.counter.mode = CounterMode::FromIdentified;
    let campaign = campaign(Ceiling::Default);
    let in_play = CampaignInPlay { campaign: &campaign, website: None };
    let context = Context { campaign: Some(in_play), ..Context::default() };
    let granted = Someone::unknown().grants(paris("2026-11-01 00:00:00"));
    let verdict = Scene::open(&granted, &fr, paris(AT)).about(context).verdict();
    assert_eq!((verdict.disposition, verdict.effects.count), (Disposition::Record, false));
}

// Actito 6
#[test]
fn reading_recorded_rows_writes_nothing() {
    let mut fr = fr();
    fr.counter.mode = CounterMode::FromIdentified;
    let campaign = campaign(Ceiling::Default);
    let mail = message(MessageClass::Transactional, SendingBasis::RequestedService);
    let in_play = CampaignInPlay { campaign: &campaign, website: None };
    let context = Context { campaign: Some(in_play), ..of(&mail) };
    let granted = Someone::unknown().grants(paris("2026-11-01 00:00:00"));
    for asked_for in Use::ALL {
        let told = |someone| Scene::open(someone, &fr, paris(AT)).about(context).to(asked_for).verdict();
        let writes = matches!(asked_for, Use::Plan | Use::Record);
        assert_eq!(asked_for.writes(), writes);
        assert_eq!(told(&granted).effects == Effects::NONE, !writes);
        let expected = if writes { Disposition::Exempt } else { Disposition::Discard };
        assert_eq!(told(&refused()).disposition, expected);
    }
}

#[test]
fn what_arrives_older_than_it_would_be_kept_is_too_old() {
    let mut kept = policy("strict");
    kept.interactions_kept_days = Some(30);
    let granted = Someone::unknown().grants(paris("2026-01-01 00:00:00"));
    let (at, kept_for) = (paris("2026-09-01 00:00:00"), Span::from_days(30));
    let open = |now| Scene::open(&granted, &kept, at).arriving(now);
    assert_eq!(open(at.plus(kept_for)).told(), "RECORD PERMITTED_GRANTED");
    let late = at.plus(kept_for).plus(Span::from_micros(1));
    assert_eq!(open(late).told(), "DISCARD TOO_OLD");
    assert_eq!(open(late).naming_nobody().told(), "DISCARD TOO_OLD");
    assert_eq!(
        open(late).to(Use::Trigger).told(),
        "DISCARD TOO_OLD",
        "nor is a row on record shown any more"
    );
    // The shortest retention of several policies; it is that policy which decides.
    let fr = fr();
    let told = Scene::open(&granted, &fr, at).also(&kept).arriving(late).verdict();
    assert_eq!((told.reason.name(), told.policy.id.as_str()), ("TOO_OLD", "strict"));
}
