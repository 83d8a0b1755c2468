//! Cases that can be read two ways, settled.

use crate::answer::Answer;
use crate::ceiling::Ceiling;
use crate::context::{CampaignInPlay, Context};
use crate::evidence::{Basis, Evidence, Item};
use crate::interaction::InteractionKind;
use crate::message::{Channel, MessageClass, SendingBasis};
use crate::mode::{PixelMode, Sent};
use crate::policy::{Applicable, CounterMode, Policy};
use crate::scene::{Scene, Someone, campaign, message, notice, of, only, paris, pixel, policy, proof};
use crate::scope::{Coverage, Scope};
use crate::time::{Instant, Span, Zone};
use crate::verdict::{Effects, Life, Person, Use, verdict_for_kind};

const AT: &str = "2026-11-02 12:00:00";

fn before() -> Instant {
    paris("2026-11-01 00:00:00")
}

fn fr() -> Policy {
    policy("fr-cnil-2026")
}

// Small print 1
#[test]
fn a_planned_pixel_must_have_its_effect_under_every_policy() {
    let (fr, legacy, it) = (fr(), policy("legacy"), policy("it-garante-2026"));
    let mail = message(MessageClass::Transactional, SendingBasis::RequestedService);
    let plan = |table, beside, someone: &Someone, mode| {
        let scene = Scene::open(someone, table, paris(AT)).also(beside).about(of(&mail));
        scene.sent_with(pixel(mode)).to(Use::Plan).verdict().disposition.name()
    };
    let nobody = Someone::unknown();
    assert_eq!(plan(&fr, &fr, &nobody, PixelMode::ExemptLastOpen), "EXEMPT");
    assert_eq!(plan(&fr, &it, &nobody, PixelMode::ExemptLastOpen), "DISCARD");
    assert_eq!(plan(&legacy, &fr, &nobody, PixelMode::ExemptLastOpen), "DISCARD", "legacy exempts nothing");
    assert_eq!(plan(&legacy, &fr, &nobody, PixelMode::Identified), "EXEMPT", "not what it is for");
    assert_eq!(plan(&legacy, &fr, &nobody.grants(before()), PixelMode::Identified), "RECORD");
}

// Small print 2
#[test]
fn under_an_exempt_pixel_a_later_grant_changes_nothing() {
    let at = paris(AT);
    let asked_for = message(MessageClass::Transactional, SendingBasis::RequestedService);
    let soft = message(MessageClass::Marketing, SendingBasis::SoftOptIn);
    let granted = Someone::unknown().grants(before());
    let refused = Someone::unknown().says(Answer::Refuse, Coverage::TRACKING, before());
    for (policy, mail, someone, told) in [
        (fr(), &asked_for, &granted, "EXEMPT LAST_OPEN_ONLY"),
        (fr(), &soft, &granted, "DISCARD LAST_OPEN_ONLY"),
        (policy("strict"), &asked_for, &granted, "DISCARD LAST_OPEN_ONLY"),
        (fr(), &asked_for, &refused, "EXEMPT REFUSED"),
        (fr(), &soft, &refused, "DISCARD REFUSED"),
    ] {
        let scene = Scene::open(someone, &policy, at).about(of(mail));
        let scene = scene.sent_with(pixel(PixelMode::ExemptLastOpen));
        assert_eq!(scene.told(), told);
        assert!(!scene.verdict().effects.device);
    }
    // That day and nothing else: no counter.
    let mut counting = fr();
    counting.counter.mode = CounterMode::FromIdentified;
    let campaign = campaign(Ceiling::Default);
    let in_play = CampaignInPlay { campaign: &campaign, website: None };
    let context = Context { campaign: Some(in_play), ..of(&asked_for) };
    let scene = Scene::open(&refused, &counting, at).about(context);
    assert!(scene.verdict().effects.count);
    let only_the_day = scene.sent_with(pixel(PixelMode::ExemptLastOpen)).verdict().effects;
    assert!(only_the_day.last_open.is_some() && !only_the_day.count);
    // It bounds opens alone.
    let click = Scene::of(InteractionKind::EmailClick, &granted, &counting, at);
    assert!(click.sent_with(pixel(PixelMode::ExemptLastOpen)).recorded());
    // The ceiling CONSENTED does not forbid it.
    let mut consented = asked_for.clone();
    consented.ceiling = Ceiling::Consented;
    let scene = Scene::open(&Someone::unknown(), &counting, at).about(of(&consented));
    assert_eq!(scene.sent_with(pixel(PixelMode::ExemptLastOpen)).told(), "EXEMPT UNKNOWN");
}

// Actito 3, small print 4
#[test]
fn an_unproven_grant_is_as_if_it_were_not_there() {
    let (fr, legacy, at) = (fr(), policy("legacy"), paris(AT));
    let told = |someone: &Someone, policy| Scene::open(someone, policy, at).told();
    let assumed = Someone::unknown().assumed(Coverage::TRACKING, before());
    assert_eq!(told(&assumed, &legacy), "RECORD PERMITTED_GRANTED");
    assert_eq!(told(&assumed, &fr), "DISCARD GRANT_UNPROVEN");
    // A refusal that stood before it denies, a notice that stood before it counts.
    let refused = Someone::collected("2025-01-01").told(notice(), paris("2026-05-01 00:00:00")).says(
        Answer::Refuse,
        Coverage::TRACKING,
        paris("2026-06-01 00:00:00"),
    );
    assert_eq!(told(&refused.assumed(Coverage::TRACKING, before()), &fr), "DISCARD GRANT_UNPROVEN");
    let informed = Someone::collected("2025-01-01").told(notice(), paris("2026-05-01 00:00:00"));
    assert_eq!(told(&informed.assumed(Coverage::TRACKING, before()), &fr), "RECORD PERMITTED_BY_DEFAULT");
    // Any record of the current run will do, but at `occurred_at` only one effective by then.
    let confirmed = assumed.grants(at);
    assert_eq!(told(&confirmed, &fr), "RECORD PERMITTED_GRANTED");
    let earlier = Scene::open(&confirmed, &fr, at.minus(Span::from_micros(1))).arriving(at);
    assert_eq!(earlier.told(), "DISCARD GRANT_UNPROVEN");
    let renewed = Someone::unknown().grants(before()).assumed(Coverage::TRACKING, at);
    assert_eq!(told(&renewed, &fr), "RECORD PERMITTED_GRANTED");
}

// Qualifio 1
#[test]
fn a_grant_is_proven_by_its_ground_each_item_and_one_tick_only_where_allowed() {
    let at = paris(AT);
    let told = |policy: &Policy, coverage, basis, evidence: Evidence| {
        let someone = Someone::unknown().answer(Answer::Grant, coverage, basis, evidence, at);
        Scene::open(&someone, policy, at).told()
    };
    let tracking = Coverage::TRACKING;
    for id in ["fr-cnil-2026", "it-garante-2026", "strict"] {
        let policy = policy(id);
        for (basis, proven) in [
            (Some(Basis::Explicit), true),
            (Some(Basis::Imported), true),
            (Some(Basis::Assumed), false),
            (None, false),
        ] {
            let expected = if proven { "RECORD PERMITTED_GRANTED" } else { "DISCARD GRANT_UNPROVEN" };
            assert_eq!(told(&policy, tracking, basis, proof()), expected, "{id}");
        }
        let lacking = [
            Evidence { method: None, ..proof() },
            Evidence { source: None, ..proof() },
            Evidence { notice: None, ..proof() },
            Evidence { language: None, ..proof() },
            Evidence { actor: None, ..proof() },
            Evidence { controller: None, ..proof() },
        ];
        for evidence in lacking {
            assert_eq!(told(&policy, tracking, Some(Basis::Explicit), evidence), "DISCARD GRANT_UNPROVEN");
        }
        let joint = told(&policy, Coverage::BOTH, Some(Basis::Explicit), proof());
        let allowed = id == "it-garante-2026";
        assert_eq!(
            joint,
            if allowed { "RECORD PERMITTED_GRANTED" } else { "DISCARD GRANT_UNPROVEN" },
            "{id}"
        );
    }
    assert_eq!(Item::ALL.len(), 8, "a new item needs its line above");
}

// Small print 5
#[test]
fn a_denial_in_between_denies_whatever_was_granted_and_names_the_latest() {
    let strict = policy("strict");
    let instant = |hour: i64| before().plus(Span::from_minutes(60 * hour));
    let at_both_ends = |middle: &[(Answer, i64)]| {
        let someone = Someone::unknown().grants(instant(0));
        let someone = middle.iter().fold(someone, |someone, (answer, hour)| {
            someone.says(*answer, Coverage::TRACKING, instant(*hour))
        });
        Scene::open(&someone, &strict, instant(1)).arriving(instant(10)).told()
    };
    use Answer::{Grant, Object, Refuse, Withdraw};
    assert_eq!(at_both_ends(&[]), "RECORD PERMITTED_GRANTED");
    assert_eq!(at_both_ends(&[(Withdraw, 2), (Grant, 3)]), "DISCARD WITHDRAWN");
    assert_eq!(at_both_ends(&[(Withdraw, 2), (Grant, 3), (Refuse, 4), (Grant, 5)]), "DISCARD REFUSED");
    assert_eq!(
        at_both_ends(&[(Object, 10), (Grant, 10)]),
        "DISCARD OBJECTED",
        "a tie: the more protective last"
    );
    // What a refusal after an objection leaves is the objection: the state is told, not the record.
    assert_eq!(at_both_ends(&[(Object, 2), (Refuse, 3), (Grant, 4)]), "DISCARD OBJECTED");
    // The state now denies: it is named, not what stood in between or at the start.
    assert_eq!(at_both_ends(&[(Refuse, 2), (Grant, 3), (Withdraw, 4)]), "DISCARD WITHDRAWN");
    // Only the start denies: its state is named.
    let late = Someone::unknown()
        .says(Refuse, Coverage::TRACKING, instant(0))
        .withdraws(instant(2))
        .grants(instant(3));
    let told = Scene::open(&late, &strict, instant(1)).arriving(instant(10)).told();
    assert_eq!(told, "DISCARD REFUSED");
    // At the instant of occurrence itself it is not in between: the grant then decides.
    let same = Someone::unknown().withdraws(instant(1)).grants(instant(1).plus(Span::from_micros(1)));
    let told =
        Scene::open(&same, &strict, instant(1).plus(Span::from_micros(1))).arriving(instant(10)).told();
    assert_eq!(told, "RECORD PERMITTED_GRANTED");
}

// Small print 6
#[test]
fn an_objection_to_the_kind_stops_counting_that_person_and_nobody_else() {
    let mut fr = fr();
    fr.counter.mode = CounterMode::FromIdentified;
    let campaign = campaign(Ceiling::Default);
    let in_play = CampaignInPlay { campaign: &campaign, website: None };
    let context = Context { campaign: Some(in_play), ..Context::default() };
    let counted = |answer, coverage| {
        let someone = Someone::unknown().says(answer, coverage, before());
        let scene = Scene::open(&someone, &fr, paris(AT)).about(context);
        assert!(scene.clone().naming_nobody().verdict().effects.count, "the shared pixel goes on");
        scene.verdict().effects.count
    };
    assert!(!counted(Answer::Object, only(Scope::EmailOpen)));
    assert!(!counted(Answer::Object, Coverage::TRACKING));
    assert!(counted(Answer::Object, only(Scope::EmailClick)));
    assert!(counted(Answer::Object, Coverage::MARKETING));
    assert!(counted(Answer::Refuse, Coverage::TRACKING));
    // Looked at now: an objection that was withdrawn by a grant no longer stops it, under an ANONYMOUS ceiling.
    let mut anonymous = context;
    let ceiling = crate::scene::campaign(Ceiling::Anonymous);
    anonymous.campaign = Some(CampaignInPlay { campaign: &ceiling, website: None });
    let someone = Someone::unknown().says(Answer::Object, Coverage::TRACKING, before());
    assert_eq!(Scene::open(&someone, &fr, paris(AT)).about(anonymous).told(), "DISCARD ANONYMOUS_ONLY");
    let someone = someone.grants(paris(AT));
    assert_eq!(Scene::open(&someone, &fr, paris(AT)).about(anonymous).told(), "EXEMPT ANONYMOUS_ONLY");
}

// Small print 10
#[test]
fn an_undeclared_message_has_no_exempt_day_and_a_record_still_writes_it() {
    let (fr, at) = (fr(), paris(AT));
    assert_eq!(Scene::open(&Someone::unknown(), &fr, at).verdict().effects, Effects::NONE);
    let granted = Someone::unknown().grants(before());
    let unknown_mode = Scene::open(&granted, &fr, at).sent_with(Sent::default());
    assert!(unknown_mode.verdict().effects.last_open.is_some());
}

// Small print 10
#[test]
fn an_sms_message_has_no_pixel() {
    let (legacy, at) = (policy("legacy"), paris(AT));
    let mut sms = message(MessageClass::Marketing, SendingBasis::Consent);
    sms.channel = Channel::Sms;
    for kind in InteractionKind::TRACKED {
        let told = Scene::of(kind, &Someone::unknown(), &legacy, at).about(of(&sms)).to(Use::Plan).told();
        let open = kind == InteractionKind::EmailOpen;
        assert_eq!(told, if open { "DISCARD NO_PIXEL" } else { "RECORD PERMITTED_BY_DEFAULT" });
    }
}

#[test]
fn an_expired_grant_denies_from_its_last_instant_on_and_a_confirmation_carries_it_on() {
    let mut strict = policy("strict");
    strict.grant.expires_after_days = Some(30);
    let (start, month) = (before(), Span::from_days(30));
    let granted = Someone::unknown().grants(start);
    let last = start.plus(month).minus(Span::from_micros(1));
    assert_eq!(Scene::open(&granted, &strict, last).told(), "RECORD PERMITTED_GRANTED");
    assert_eq!(Scene::open(&granted, &strict, start.plus(month)).told(), "DISCARD EXPIRED");
    assert_eq!(Scene::open(&granted, &strict, last).arriving(start.plus(month)).told(), "DISCARD EXPIRED");
    let renewed = granted.grants(last);
    assert_eq!(Scene::open(&renewed, &strict, start.plus(month)).told(), "RECORD PERMITTED_GRANTED");
    // Another policy beside it that knows no expiry does not bring it back.
    let it = policy("it-garante-2026");
    let granted = Someone::unknown().grants(start);
    assert_eq!(Scene::open(&granted, &it, start.plus(month)).also(&strict).told(), "DISCARD EXPIRED");
}

#[test]
fn a_lagging_clock_still_sees_every_acknowledged_withdrawal() {
    let (strict, at) = (policy("strict"), paris(AT));
    let withdrawn = Someone::unknown().grants(before()).withdraws(at);
    let lagging = at.minus(Span::from_secs(2));
    for asked_for in Use::ALL {
        assert_eq!(Scene::open(&withdrawn, &strict, lagging).to(asked_for).told(), "DISCARD WITHDRAWN");
    }
}

// Actito 14
#[test]
fn the_verdict_per_kind_assumes_an_undeclared_message_at_that_instant() {
    let (fr, at) = (fr(), paris(AT));
    let history =
        Someone::unknown().grants(before()).says(Answer::Withdraw, only(Scope::EmailOpen), at).history();
    let read = |kind, life, instant| {
        let person = Person { life, history: &history };
        let verdict = verdict_for_kind(kind, person, Applicable::of(&fr), &Zone::utc(), instant);
        format!("{} {}", verdict.disposition.name(), verdict.reason.name())
    };
    use InteractionKind::{EmailClick, EmailOpen, Send};
    let past = at.minus(Span::from_micros(1));
    assert_eq!(read(EmailOpen, Life::NeverErased, at), "DISCARD WITHDRAWN");
    assert_eq!(read(EmailOpen, Life::NeverErased, past), "RECORD PERMITTED_GRANTED", "as of then");
    assert_eq!(read(EmailClick, Life::NeverErased, at), "RECORD PERMITTED_GRANTED");
    assert_eq!(read(Send, Life::NeverErased, at), "RECORD PERMITTED_SEND");
    assert_eq!(read(EmailClick, Life::Erased, at), "DISCARD PROFILE_ERASED");
}
