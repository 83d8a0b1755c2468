//! Each mode with its reason, and what stands in its way.

mod laws;

use super::{AbovePlan, Plan, Recipient, plan};
use crate::answer::Answer;
use crate::ceiling::{Ceiling, Ceilings};
use crate::context::{CampaignInPlay, Context, MessageInPlay};
use crate::message::{Channel, Message, MessageClass, SendingBasis};
use crate::mode::{LinkMode, PixelMode, Sent};
use crate::policy::{Applicable, CounterMode, Policy};
use crate::scene::{Someone, campaign, message, notice, of, only, paris, policy, website};
use crate::scope::{Coverage, Scope, ScopeSet};
use crate::time::Zone;
use crate::verdict::{Life, Person};

const AT: &str = "2026-11-02 23:30:00";

fn before() -> crate::time::Instant {
    paris("2026-11-01 00:00:00")
}

fn fr() -> Policy {
    policy("fr-cnil-2026")
}

fn refused() -> Someone {
    Someone::unknown().says(Answer::Refuse, Coverage::TRACKING, before())
}

fn granted() -> Someone {
    Someone::unknown().grants(before())
}

/// Mail the person asked for, of a campaign if there is one.
fn requested() -> Message {
    message(MessageClass::Transactional, SendingBasis::RequestedService)
}

fn newsletter() -> Message {
    message(MessageClass::Marketing, SendingBasis::SoftOptIn)
}

/// Runs with the context of a message in a declared campaign with that ceiling.
fn in_campaign<T>(message: &Message, ceiling: Ceiling, run: impl FnOnce(Context<'_>) -> T) -> T {
    let campaign = campaign(ceiling);
    let campaign = Some(CampaignInPlay { campaign: &campaign, website: None });
    let message = Some(MessageInPlay { message, website: None, campaign });
    run(Context { message, ..Context::default() })
}

fn planned_for(someone: &Someone, life: Life, context: Context<'_>, policies: &[&Policy]) -> Plan {
    let history = someone.history();
    let policies = policies[1..].iter().fold(Applicable::of(policies[0]), |all, one| all.and(one));
    plan(&Recipient {
        person: Person { life, history: &history },
        context,
        policies,
        table_zone: &Zone::utc(),
        now: paris(AT),
    })
}

fn planned(someone: &Someone, context: Context<'_>, policies: &[&Policy]) -> Plan {
    planned_for(someone, Life::NeverErased, context, policies)
}

/// As told: `IDENTIFIED PERMITTED_GRANTED, TRACKED PERMITTED_GRANTED`.
fn told(plan: &Plan) -> String {
    let Plan { pixel, links } = plan;
    let (pixel_why, links_why) = (pixel.reason.name(), links.reason.name());
    format!("{} {pixel_why}, {} {links_why}", pixel.mode.name(), links.mode.name())
}

fn tells(someone: &Someone, context: Context<'_>, policies: &[&Policy]) -> String {
    told(&planned(someone, context, policies))
}

#[test]
fn what_may_be_recorded_goes_out_identified_and_tracked() {
    let fr = fr();
    assert_eq!(
        tells(&granted(), of(&newsletter()), &[&fr]),
        "IDENTIFIED PERMITTED_GRANTED, TRACKED PERMITTED_GRANTED"
    );
    assert_eq!(
        tells(&Someone::unknown(), of(&newsletter()), &[&policy("legacy")]),
        "IDENTIFIED PERMITTED_BY_DEFAULT, TRACKED PERMITTED_BY_DEFAULT"
    );
    let plan = planned(&granted(), of(&newsletter()), &[&fr]);
    assert_eq!((&plan.pixel.policy, &plan.links.policy), (&fr.named(), &fr.named()));
}

#[test]
fn pixel_and_links_are_planned_each_by_its_own_scope() {
    let fr = fr();
    let opens = Someone::unknown().says(Answer::Grant, only(Scope::EmailOpen), before());
    assert_eq!(tells(&opens, of(&newsletter()), &[&fr]), "IDENTIFIED PERMITTED_GRANTED, PLAIN UNKNOWN");
    let clicks = Someone::unknown().says(Answer::Grant, only(Scope::EmailClick), before());
    assert_eq!(tells(&clicks, of(&newsletter()), &[&fr]), "NONE UNKNOWN, TRACKED PERMITTED_GRANTED");
}

#[test]
fn the_exempt_day_alone_goes_out_where_section_4_allows_it_without_consent() {
    let fr = fr();
    assert_eq!(tells(&refused(), of(&requested()), &[&fr]), "EXEMPT_LAST_OPEN REFUSED, PLAIN REFUSED");
    assert_eq!(
        tells(&Someone::unknown(), of(&requested()), &[&fr]),
        "EXEMPT_LAST_OPEN UNKNOWN, PLAIN UNKNOWN"
    );
    let objected = Someone::unknown().says(Answer::Object, only(Scope::EmailOpen), before());
    assert_eq!(tells(&objected, of(&requested()), &[&fr]), "NONE OBJECTED, PLAIN UNKNOWN");
    let no_mail = refused().says(Answer::Withdraw, Coverage::MARKETING, before());
    assert_eq!(tells(&no_mail, of(&requested()), &[&fr]), "NONE REFUSED, PLAIN REFUSED");
    for other in ["it-garante-2026", "strict"] {
        let told = tells(&refused(), of(&requested()), &[&policy(other)]);
        assert_eq!(told, "NONE REFUSED, PLAIN REFUSED", "{other}");
    }
    let consented = message(MessageClass::Marketing, SendingBasis::Consent);
    assert_eq!(tells(&refused(), of(&consented), &[&fr]), "NONE REFUSED, PLAIN REFUSED");
    let mail = refused().says(Answer::Grant, Coverage::MARKETING, before());
    assert_eq!(tells(&mail, of(&consented), &[&fr]), "EXEMPT_LAST_OPEN REFUSED, PLAIN REFUSED");
}

#[test]
fn the_policys_switch_forbids_the_exempt_day_after_a_refusal() {
    let mut fr = fr();
    fr.last_open.kept_on_tracking_refusal = false;
    assert_eq!(tells(&refused(), of(&requested()), &[&fr]), "NONE REFUSED, PLAIN REFUSED");
    assert_eq!(
        tells(&Someone::unknown(), of(&requested()), &[&fr]),
        "EXEMPT_LAST_OPEN UNKNOWN, PLAIN UNKNOWN"
    );
}

#[test]
fn the_shared_pixel_needs_a_declared_campaign_and_a_counter() {
    let fr = fr();
    let mail = newsletter();
    let in_play = |ceiling, policies: &[&Policy]| {
        in_campaign(&mail, ceiling, |context| tells(&refused(), context, policies))
    };
    assert_eq!(in_play(Ceiling::Default, &[&fr]), "SHARED REFUSED, PLAIN REFUSED");
    assert_eq!(tells(&refused(), of(&mail), &[&fr]), "NONE REFUSED, PLAIN REFUSED", "no campaign");
    assert_eq!(in_play(Ceiling::Default, &[&policy("strict")]), "NONE REFUSED, PLAIN REFUSED");
    let mut clicks_only = fr.clone();
    clicks_only.counter.anonymous_kinds = ScopeSet::NONE.with(Scope::EmailClick);
    assert_eq!(in_play(Ceiling::Default, &[&clicks_only]), "NONE REFUSED, PLAIN REFUSED");
    let mut widest = fr;
    widest.counter.mode = CounterMode::FromIdentified;
    assert_eq!(in_play(Ceiling::Default, &[&widest]), "SHARED REFUSED, PLAIN REFUSED");
}

// Small print 6
#[test]
fn after_an_objection_the_shared_pixel_goes_on() {
    let objected = Someone::unknown().says(Answer::Object, Coverage::BOTH, before());
    let told = in_campaign(&requested(), Ceiling::Default, |context| tells(&objected, context, &[&fr()]));
    assert_eq!(told, "SHARED OBJECTED, PLAIN OBJECTED");
}

#[test]
fn the_first_permitted_is_planned_the_day_before_the_shared_pixel() {
    let told = in_campaign(&requested(), Ceiling::Default, |context| tells(&refused(), context, &[&fr()]));
    assert_eq!(told, "EXEMPT_LAST_OPEN REFUSED, PLAIN REFUSED");
}

#[test]
fn every_ceiling_in_play_bounds_the_plan() {
    let fr = fr();
    let within = |ceiling| {
        let whole = |someone: &Someone, mail: &Message| {
            in_campaign(mail, ceiling, |context| tells(someone, context, &[&fr]))
        };
        let mut own = newsletter();
        own.ceiling = ceiling;
        let site = website("BE", Ceilings::all(ceiling));
        let mail = newsletter();
        let message = Some(MessageInPlay { message: &mail, website: Some(&site), campaign: None });
        let of_site = tells(&granted(), Context { message, ..Context::default() }, &[&fr]);
        assert_eq!(tells(&granted(), of(&own), &[&fr]), of_site, "{}", ceiling.name());
        (whole(&granted(), &newsletter()), of_site)
    };
    let all = "IDENTIFIED PERMITTED_GRANTED, TRACKED PERMITTED_GRANTED";
    assert_eq!(within(Ceiling::Consented), (all.into(), all.into()));
    assert_eq!(
        within(Ceiling::Anonymous),
        (
            "SHARED ANONYMOUS_ONLY, PLAIN ANONYMOUS_ONLY".into(),
            "NONE ANONYMOUS_ONLY, PLAIN ANONYMOUS_ONLY".into()
        )
    );
    let none = "NONE TRACKING_DISABLED, PLAIN TRACKING_DISABLED";
    assert_eq!(within(Ceiling::Never), (none.into(), none.into()));
}

// Qualifio 5
#[test]
fn opens_and_clicks_are_bounded_each_by_its_own_ceiling() {
    use crate::interaction::InteractionKind::{EmailClick, EmailOpen};
    let mail = newsletter();
    for (kind, expected) in [
        (EmailOpen, "NONE TRACKING_DISABLED, TRACKED PERMITTED_GRANTED"),
        (EmailClick, "IDENTIFIED PERMITTED_GRANTED, PLAIN TRACKING_DISABLED"),
    ] {
        let site = website("BE", Ceilings::default().with(kind, Ceiling::Never));
        let message = Some(MessageInPlay { message: &mail, website: Some(&site), campaign: None });
        let context = Context { message, ..Context::default() };
        assert_eq!(tells(&granted(), context, &[&fr()]), expected, "{}", kind.name());
    }
}

#[test]
fn consented_does_not_forbid_the_exempt_day_and_takes_away_the_default() {
    let (fr, legacy) = (fr(), policy("legacy"));
    let told = |mail: &Message, policy| {
        in_campaign(mail, Ceiling::Consented, |context| tells(&Someone::unknown(), context, &[policy]))
    };
    assert_eq!(told(&requested(), &fr), "EXEMPT_LAST_OPEN UNKNOWN, PLAIN UNKNOWN");
    assert_eq!(told(&requested(), &legacy), "NONE UNKNOWN, PLAIN UNKNOWN");
}

// Qualifio 3
#[test]
fn a_french_website_is_never_tracked_from_the_day_of_the_switch() {
    let mut switched = policy("legacy");
    switched.force_never = crate::policy::ForceNever { on: true, ..fr().force_never };
    let mail = newsletter();
    let site = website("FR", Ceilings::default());
    let message = Some(MessageInPlay { message: &mail, website: Some(&site), campaign: None });
    let context = Context { message, ..Context::default() };
    assert_eq!(tells(&granted(), context, &[&switched]), "NONE TRACKING_DISABLED, PLAIN TRACKING_DISABLED");
}

#[test]
fn mail_that_asks_or_tells_carries_no_tracking() {
    for class in [MessageClass::ConsentRequest, MessageClass::Notice] {
        let mail = message(class, SendingBasis::RequestedService);
        for policy in crate::policy::built_in() {
            let told = in_campaign(&mail, Ceiling::Default, |context| tells(&granted(), context, &[&policy]));
            assert_eq!(told, "NONE CONSENT_REQUEST, PLAIN CONSENT_REQUEST", "{}", class.name());
        }
    }
}

// Small print 10
#[test]
fn an_sms_has_no_pixel_and_its_links_follow_sms_click() {
    let sms = Message { channel: Channel::Sms, ..requested() };
    let told = |scope| {
        let someone = Someone::unknown().says(Answer::Grant, only(scope), before());
        in_campaign(&sms, Ceiling::Default, |context| tells(&someone, context, &[&fr()]))
    };
    assert_eq!(told(Scope::SmsClick), "NONE NO_PIXEL, TRACKED PERMITTED_GRANTED");
    assert_eq!(told(Scope::EmailClick), "NONE NO_PIXEL, PLAIN UNKNOWN");
    assert_eq!(told(Scope::EmailOpen), "NONE NO_PIXEL, PLAIN UNKNOWN");
}

// Small print 10
#[test]
fn an_undeclared_message_has_no_exempt_day_and_is_planned_by_consent() {
    let fr = fr();
    assert_eq!(tells(&refused(), Context::default(), &[&fr]), "NONE REFUSED, PLAIN REFUSED");
    assert_eq!(
        tells(&granted(), Context::default(), &[&fr]),
        "IDENTIFIED PERMITTED_GRANTED, TRACKED PERMITTED_GRANTED"
    );
}

#[test]
fn an_erased_profile_gets_nothing_that_tells_not_even_the_shared_pixel() {
    for life in [Life::Erased, Life::NewSince(paris("2026-12-01 00:00:00"))] {
        let told = in_campaign(&requested(), Ceiling::Default, |context| {
            told(&planned_for(&granted(), life, context, &[&fr()]))
        });
        assert_eq!(told, "NONE PROFILE_ERASED, PLAIN PROFILE_ERASED");
    }
    let new_life = planned_for(&granted(), Life::NewSince(before()), of(&newsletter()), &[&fr()]);
    assert_eq!(told(&new_life), "IDENTIFIED PERMITTED_GRANTED, TRACKED PERMITTED_GRANTED");
}

// Small print 1
#[test]
fn of_several_policies_each_must_permit_the_mode() {
    let (fr, it, legacy, strict) = (fr(), policy("it-garante-2026"), policy("legacy"), policy("strict"));
    let told = |someone: &Someone, policies: &[&Policy]| {
        in_campaign(&requested(), Ceiling::Default, |context| tells(someone, context, policies))
    };
    // An exempt day that one of them does not know has no effect.
    assert_eq!(told(&refused(), &[&fr, &it]), "SHARED REFUSED, PLAIN REFUSED");
    assert_eq!(told(&refused(), &[&fr, &strict]), "NONE REFUSED, PLAIN REFUSED");
    // Under legacy alone the open would be recorded, not exempted.
    assert_eq!(told(&Someone::unknown(), &[&legacy, &fr]), "NONE UNKNOWN, PLAIN UNKNOWN");
    assert_eq!(
        told(&granted(), &[&legacy, &fr, &it, &strict]),
        "IDENTIFIED PERMITTED_GRANTED, TRACKED PERMITTED_GRANTED"
    );
    let plan = in_campaign(&requested(), Ceiling::Default, |context| {
        planned(&Someone::unknown(), context, &[&legacy, &fr])
    });
    assert_eq!((plan.pixel.policy, plan.links.policy), (fr.named(), fr.named()), "who forbids is named");
}

#[test]
fn a_notice_and_a_day_permit_as_they_do_for_what_arrives() {
    let fr = fr();
    let told_of_it = Someone::collected("2026-04-13").told(notice(), paris("2026-05-01 00:00:00"));
    assert_eq!(
        tells(&told_of_it, of(&newsletter()), &[&fr]),
        "IDENTIFIED PERMITTED_BY_DEFAULT, TRACKED PERMITTED_BY_DEFAULT"
    );
    let not_told = Someone::collected("2026-04-13");
    assert_eq!(tells(&not_told, of(&newsletter()), &[&fr]), "NONE UNKNOWN, PLAIN UNKNOWN");
}

#[test]
fn a_mode_above_the_plan_is_refused_with_the_reason_and_one_below_is_taken() {
    let plan = in_campaign(&requested(), Ceiling::Default, |context| planned(&refused(), context, &[&fr()]));
    let asked = |pixel, links| {
        let gone = plan.clone().going_out_as(Sent { pixel, links })?;
        assert_eq!((gone.pixel.reason, &gone.links.policy), (plan.pixel.reason, &plan.links.policy));
        Ok(gone.sent())
    };
    let as_planned = Sent { pixel: Some(PixelMode::ExemptLastOpen), links: Some(LinkMode::Plain) };
    assert_eq!(asked(None, None), Ok(as_planned));
    assert_eq!(asked(as_planned.pixel, as_planned.links), Ok(as_planned));
    let darker = Sent { pixel: Some(PixelMode::None), ..as_planned };
    assert_eq!(asked(darker.pixel, None), Ok(darker));
    let (pixel, links) = (Some(plan.pixel.clone()), Some(plan.links.clone()));
    assert_eq!(
        asked(Some(PixelMode::Identified), None),
        Err(AbovePlan { pixel: pixel.clone(), links: None })
    );
    assert_eq!(asked(None, Some(LinkMode::Tracked)), Err(AbovePlan { pixel: None, links: links.clone() }));
    assert_eq!(asked(Some(PixelMode::Identified), Some(LinkMode::Tracked)), Err(AbovePlan { pixel, links }));
}
