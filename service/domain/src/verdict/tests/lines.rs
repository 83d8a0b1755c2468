//! The nine lines, in order: each decides before the ones after it.

use crate::answer::Answer;
use crate::ceiling::{Ceiling, Ceilings};
use crate::context::{CampaignInPlay, Context, MessageInPlay};
use crate::interaction::InteractionKind::{self, EmailClick, EmailOpen, Send, SmsClick};
use crate::message::{MessageClass, SendingBasis};
use crate::mode::{LinkMode, PixelMode, Sent};
use crate::policy::{CounterMode, Policy};
use crate::scene::{Scene, Someone, campaign, message, of, paris, pixel, policy, website};
use crate::scope::{Coverage, Scope};
use crate::time::{Instant, Span};
use crate::verdict::{Disposition, Effects, Life, Use};

const DAY: &str = "2026-11-02 12:00:00";

fn granted() -> Someone {
    Someone::unknown().grants(paris("2026-11-01 00:00:00"))
}

fn strict() -> Policy {
    policy("strict")
}

#[test]
fn line_1_nothing_is_recorded_of_an_erased_profile_not_even_a_send() {
    let (legacy, at) = (policy("legacy"), paris(DAY));
    let notice = message(MessageClass::Notice, SendingBasis::LegalDuty);
    for kind in InteractionKind::ALL {
        for asked_for in Use::ALL {
            let scene = Scene::of(kind, &granted(), &legacy, at).living(Life::Erased).to(asked_for);
            assert_eq!(scene.told(), "DISCARD PROFILE_ERASED");
            assert_eq!(scene.about(of(&notice)).functional().told(), "DISCARD PROFILE_ERASED");
        }
    }
}

#[test]
fn line_1_in_a_new_life_only_what_occurred_before_its_grant_stays_discarded() {
    let (legacy, at) = (policy("legacy"), paris(DAY));
    let born_at = |life| Scene::of(Send, &granted(), &legacy, at).living(Life::NewSince(life)).told();
    assert_eq!(born_at(at), "RECORD PERMITTED_SEND");
    assert_eq!(born_at(at.plus(Span::from_micros(1))), "DISCARD PROFILE_ERASED");
}

#[test]
fn line_2_sends_are_recorded_whatever_is_said_or_set() {
    let (strict, at) = (strict(), paris(DAY));
    let mut request = message(MessageClass::ConsentRequest, SendingBasis::LegalDuty);
    request.ceiling = Ceiling::Never;
    let refused = Someone::unknown().says(Answer::Object, Coverage::BOTH, at);
    for asked_for in Use::ALL {
        let verdict = Scene::of(Send, &refused, &strict, at).about(of(&request)).to(asked_for).verdict();
        assert_eq!((verdict.disposition, verdict.reason.name()), (Disposition::Record, "PERMITTED_SEND"));
        assert_eq!(verdict.effects, Effects::NONE);
    }
    assert_eq!(Scene::of(Send, &refused, &strict, at).naming_nobody().told(), "RECORD PERMITTED_SEND");
}

#[test]
fn line_3_a_functional_link_is_never_stored() {
    let (legacy, at) = (policy("legacy"), paris(DAY));
    let request = message(MessageClass::ConsentRequest, SendingBasis::Consent);
    for kind in [EmailClick, SmsClick] {
        let scene = Scene::of(kind, &granted(), &legacy, at).functional();
        assert_eq!(scene.told(), "DISCARD FUNCTIONAL_LINK");
        assert_eq!(scene.clone().about(of(&request)).told(), "DISCARD FUNCTIONAL_LINK");
        assert_eq!(scene.naming_nobody().told(), "DISCARD FUNCTIONAL_LINK");
    }
}

#[test]
fn line_4_the_mail_that_asks_or_tells_carries_no_tracking() {
    let (legacy, at) = (policy("legacy"), paris(DAY));
    for class in MessageClass::ALL {
        let mut message = message(class, SendingBasis::Consent);
        let asks = matches!(class, MessageClass::ConsentRequest | MessageClass::Notice);
        let told = Scene::open(&granted(), &legacy, at).about(of(&message)).told();
        assert_eq!(told, if asks { "DISCARD CONSENT_REQUEST" } else { "RECORD PERMITTED_GRANTED" });
        message.ceiling = Ceiling::Never;
        let told = Scene::open(&granted(), &legacy, at).about(of(&message)).told();
        assert_eq!(told, if asks { "DISCARD CONSENT_REQUEST" } else { "DISCARD TRACKING_DISABLED" });
    }
}

// Qualifio 2, Qualifio 4
#[test]
fn line_5_never_discards_for_every_kind_and_person_and_counts_nothing() {
    let mut counting = policy("fr-cnil-2026");
    counting.counter.mode = CounterMode::FromIdentified;
    let (never, campaign) = (website("BE", Ceilings::all(Ceiling::Never)), campaign(Ceiling::Default));
    let context = Context {
        website: Some(&never),
        campaign: Some(CampaignInPlay { campaign: &campaign, website: None }),
        message: None,
    };
    for kind in InteractionKind::TRACKED {
        let scene = Scene::of(kind, &granted(), &counting, paris(DAY)).about(context);
        assert_eq!(scene.told(), "DISCARD TRACKING_DISABLED");
        assert_eq!(scene.naming_nobody().told(), "DISCARD TRACKING_DISABLED");
    }
    let send = Scene::of(Send, &granted(), &counting, paris(DAY)).about(context);
    assert_eq!(send.told(), "RECORD PERMITTED_SEND");
}

// Qualifio 6
#[test]
fn line_5_the_most_restrictive_of_all_ceilings_in_play_decides() {
    let (strict, at, plain) = (strict(), paris(DAY), Ceilings::default());
    for place in 0..7 {
        let set = |here: usize| if here == place { Ceiling::Never } else { Ceiling::Default };
        let site = |here| website("BE", if here == place { Ceilings::all(Ceiling::Never) } else { plain });
        let sites = [site(0), site(1), site(2), site(3)];
        let campaigns = [campaign(set(4)), campaign(set(5))];
        let mut mail = message(MessageClass::Marketing, SendingBasis::Consent);
        mail.ceiling = set(6);
        let in_play =
            |c: usize, w: usize| CampaignInPlay { campaign: &campaigns[c], website: Some(&sites[w]) };
        let context = Context {
            website: Some(&sites[0]),
            campaign: Some(in_play(0, 1)),
            message: Some(MessageInPlay {
                message: &mail,
                website: Some(&sites[2]),
                campaign: Some(in_play(1, 3)),
            }),
        };
        let told = Scene::open(&granted(), &strict, at).about(context).told();
        assert_eq!(told, "DISCARD TRACKING_DISABLED", "{place}");
    }
}

// Qualifio 5
#[test]
fn line_5_ceilings_bind_their_own_kind_alone() {
    let (strict, at) = (strict(), paris(DAY));
    let site = website("BE", Ceilings::default().with(EmailOpen, Ceiling::Never));
    let context = Context { website: Some(&site), ..Context::default() };
    for kind in InteractionKind::TRACKED {
        let told = Scene::of(kind, &granted(), &strict, at).about(context).told();
        let expected =
            if kind == EmailOpen { "DISCARD TRACKING_DISABLED" } else { "RECORD PERMITTED_GRANTED" };
        assert_eq!(told, expected, "{}", kind.name());
    }
}

#[test]
fn line_5_the_mode_sent_is_a_ceiling_and_an_unknown_one_is_none() {
    let (strict, at) = (strict(), paris(DAY));
    let open = |sent| Scene::open(&granted(), &strict, at).sent_with(sent).told();
    assert_eq!(open(pixel(PixelMode::None)), "DISCARD TRACKING_DISABLED");
    assert_eq!(open(pixel(PixelMode::Shared)), "DISCARD ANONYMOUS_ONLY");
    assert_eq!(open(Sent::default()), "RECORD PERMITTED_GRANTED");
    let plain = Sent { pixel: Some(PixelMode::None), links: Some(LinkMode::Plain) };
    for kind in InteractionKind::TRACKED {
        let told = Scene::of(kind, &granted(), &strict, at).sent_with(plain).told();
        let bound = matches!(kind, EmailOpen | EmailClick | SmsClick);
        assert_eq!(told, if bound { "DISCARD TRACKING_DISABLED" } else { "RECORD PERMITTED_GRANTED" });
    }
}

#[test]
fn line_5_anonymous_is_counted_where_the_mode_allows_and_recorded_nowhere() {
    let (campaign, at) = (campaign(Ceiling::Anonymous), paris(DAY));
    let context = Context {
        campaign: Some(CampaignInPlay { campaign: &campaign, website: None }),
        ..Context::default()
    };
    for (mode, named, unnamed) in [
        (CounterMode::Off, "DISCARD", "DISCARD"),
        (CounterMode::SharedPixel, "DISCARD", "EXEMPT"),
        (CounterMode::FromIdentified, "EXEMPT", "EXEMPT"),
    ] {
        let mut fr = policy("fr-cnil-2026");
        fr.counter.mode = mode;
        let scene = Scene::open(&granted(), &fr, at).about(context);
        assert_eq!(scene.told(), format!("{named} ANONYMOUS_ONLY"));
        assert_eq!(scene.naming_nobody().told(), format!("{unnamed} ANONYMOUS_ONLY"));
    }
}

// Qualifio 3
#[test]
fn line_5_french_websites_are_never_tracked_from_14_july_2026_where_the_switch_is_on() {
    let (last, first) = (paris("2026-07-13 23:59:59.999999"), paris("2026-07-14 00:00:00"));
    let mut on = policy("legacy");
    on.force_never.on = true;
    let told = |policy: &Policy, code: &str, occurred_at: Instant, now: Instant| {
        let site = website(code, Ceilings::default());
        let context = Context { website: Some(&site), ..Context::default() };
        Scene::open(&Someone::unknown(), policy, occurred_at).arriving(now).about(context).told()
    };
    assert_eq!(told(&on, "FR", last, last), "RECORD PERMITTED_BY_DEFAULT");
    assert_eq!(told(&on, "FR", first, first), "DISCARD TRACKING_DISABLED");
    assert_eq!(told(&on, "FR", last, first), "DISCARD TRACKING_DISABLED", "as of now at both looks");
    assert_eq!(told(&on, "BE", first, first), "RECORD PERMITTED_BY_DEFAULT");
    assert_eq!(told(&policy("legacy"), "FR", first, first), "RECORD PERMITTED_BY_DEFAULT", "shipped off");
}

#[test]
fn line_6_a_shared_pixel_is_counted_where_the_mode_allows() {
    let (campaign, at) = (campaign(Ceiling::Default), paris(DAY));
    let declared = Context {
        campaign: Some(CampaignInPlay { campaign: &campaign, website: None }),
        ..Context::default()
    };
    for (id, told) in [
        ("legacy", "DISCARD NO_PROFILE"),
        ("strict", "DISCARD NO_PROFILE"),
        ("fr-cnil-2026", "EXEMPT NO_PROFILE"),
        ("it-garante-2026", "EXEMPT NO_PROFILE"),
    ] {
        let policy = policy(id);
        let scene = Scene::open(&granted(), &policy, at).naming_nobody();
        assert_eq!(scene.clone().about(declared).told(), told, "{id}");
        let dark = scene.clone().about(declared).sent_with(pixel(PixelMode::None));
        assert_eq!(dark.told(), told, "{id}: a mode is the mode of a send to somebody");
        assert_eq!(scene.told(), "DISCARD NO_PROFILE", "{id}: no declared campaign");
        let notice = message(MessageClass::Notice, SendingBasis::LegalDuty);
        let asking = Context { message: of(&notice).message, ..declared };
        let scene = Scene::open(&granted(), &policy, at).naming_nobody().about(asking);
        assert_eq!(scene.told(), "DISCARD CONSENT_REQUEST", "{id}");
    }
}

// Actito 4
#[test]
fn line_7_each_state_denies_by_its_name_for_every_kind() {
    let (strict, at) = (strict(), paris(DAY));
    let told = |someone: &Someone, kind| Scene::of(kind, someone, &strict, at).told();
    let says =
        |answer| Someone::unknown().grants(paris("2026-01-01 00:00:00")).says(answer, Coverage::TRACKING, at);
    for kind in InteractionKind::TRACKED {
        assert_eq!(told(&Someone::unknown(), kind), "DISCARD UNKNOWN");
        assert_eq!(told(&says(Answer::Refuse), kind), "DISCARD REFUSED");
        assert_eq!(told(&says(Answer::Withdraw), kind), "DISCARD WITHDRAWN");
        assert_eq!(told(&says(Answer::Object), kind), "DISCARD OBJECTED");
        assert_eq!(told(&granted().expires(at), kind), "DISCARD EXPIRED");
        let informed = Someone::unknown().told(crate::scene::notice(), at);
        assert_eq!(told(&informed, kind), "DISCARD INFORMED");
        assert_eq!(told(&granted(), kind), "RECORD PERMITTED_GRANTED");
    }
}

#[test]
fn line_7_a_scope_is_asked_for_its_own_kind_and_no_other() {
    let (strict, at) = (strict(), paris(DAY));
    for scope in Scope::ALL {
        let one = Someone::unknown().says(Answer::Grant, crate::scene::only(scope), at);
        for kind in InteractionKind::TRACKED {
            let recorded = Scene::of(kind, &one, &strict, at).recorded();
            assert_eq!(recorded, kind.scope() == Some(scope), "{} {}", scope.name(), kind.name());
        }
    }
}

// Actito 5
#[test]
fn line_7_marketing_and_tracking_never_change_each_other() {
    let (strict, at) = (strict(), paris(DAY));
    let marketing = Someone::unknown().says(Answer::Grant, Coverage::MARKETING, at);
    assert_eq!(Scene::open(&marketing, &strict, at).told(), "DISCARD UNKNOWN");
    let tracking = granted().says(Answer::Object, Coverage::MARKETING, at);
    assert_eq!(Scene::open(&tracking, &strict, at).told(), "RECORD PERMITTED_GRANTED");
}

#[test]
fn line_7_the_ceiling_consented_lets_grants_through_and_no_default() {
    let (legacy, at) = (policy("legacy"), paris(DAY));
    let mut mail = message(MessageClass::Marketing, SendingBasis::Consent);
    mail.ceiling = Ceiling::Consented;
    let told = |someone: &Someone| Scene::open(someone, &legacy, at).about(of(&mail)).told();
    assert_eq!(told(&granted()), "RECORD PERMITTED_GRANTED");
    assert_eq!(told(&Someone::unknown()), "DISCARD UNKNOWN");
    assert_eq!(told(&Someone::unknown().told(crate::scene::notice(), at)), "DISCARD INFORMED");
}

#[test]
fn line_7_each_use_asks_at_its_own_instants() {
    let (granted_at, withdrawn_at) = (paris("2026-11-01 00:00:00"), paris("2026-11-03 00:00:00"));
    let between = paris(DAY);
    let withdrawn = Someone::unknown().grants(granted_at).withdraws(withdrawn_at);
    let late_grant = Someone::unknown().grants(withdrawn_at);
    let erases = strict();
    let mut keeps = strict();
    keeps.on_withdrawal = crate::policy::OnWithdrawal::Keep;
    for asked_for in Use::ALL {
        let told = |someone: &Someone, policy: &Policy| {
            Scene::open(someone, policy, between).arriving(withdrawn_at).to(asked_for).told()
        };
        // Actito 9: what was recorded stays where the policy keeps it.
        let reads_all = matches!(asked_for, Use::Export | Use::Activity);
        assert_eq!(told(&withdrawn, &erases), "DISCARD WITHDRAWN");
        let kept = if reads_all { "RECORD PERMITTED_KEPT" } else { "DISCARD WITHDRAWN" };
        assert_eq!(told(&withdrawn, &keeps), kept);
        // Only recording asks about the instant it occurred at: a grant is never retroactive.
        let now_only = if asked_for == Use::Record { "DISCARD UNKNOWN" } else { "RECORD PERMITTED_GRANTED" };
        assert_eq!(told(&late_grant, &erases), now_only);
    }
}

#[test]
fn line_7_a_plan_asks_about_now_whatever_the_interaction_says() {
    let (strict, at) = (strict(), paris(DAY));
    let mut scene = Scene::open(&Someone::unknown().grants(at), &strict, at).to(Use::Plan);
    scene.interaction.occurred_at = Instant::MIN;
    assert_eq!(scene.told(), "RECORD PERMITTED_GRANTED");
    assert_eq!(scene.verdict().effects.last_open, Some(at.day_in(&crate::time::Zone::utc())));
    // In a new life too: what occurred before it is not what is asked.
    assert_eq!(scene.living(Life::NewSince(at)).told(), "RECORD PERMITTED_GRANTED");
}

#[test]
fn what_is_judged_is_handed_out_by_its_disposition_alone() {
    let (fr, at) = (policy("fr-cnil-2026"), paris(DAY));
    let mail = message(MessageClass::Transactional, SendingBasis::RequestedService);
    let someone = Someone::unknown();
    for (someone, context, recorded, exempted) in [
        (&granted(), Context::default(), true, false),
        (&someone, of(&mail), false, true),
        (&someone, Context::default(), false, false),
    ] {
        let judged = Scene::open(someone, &fr, at).about(context).judged();
        assert_eq!(judged.recorded().is_some(), recorded);
        assert_eq!(
            judged.exempted().map(|(_, effects)| effects.last_open.is_some()),
            exempted.then_some(true)
        );
        assert_eq!(judged.into_parts().0.is_some(), recorded || exempted);
    }
}

#[test]
fn a_state_holds_from_its_instant_to_the_next_ones() {
    let (strict, micro) = (strict(), Span::from_micros(1));
    let (granted_at, withdrawn_at) = (paris("2026-11-01 00:00:00"), paris("2026-11-03 00:00:00"));
    let grants = Someone::unknown().grants(granted_at);
    assert_eq!(Scene::open(&grants, &strict, granted_at).told(), "RECORD PERMITTED_GRANTED");
    let before = Scene::open(&grants, &strict, granted_at.minus(micro)).arriving(granted_at);
    assert_eq!(before.told(), "DISCARD UNKNOWN");
    let withdraws = grants.clone().withdraws(withdrawn_at);
    assert_eq!(Scene::open(&withdraws, &strict, withdrawn_at).told(), "DISCARD WITHDRAWN");
    let last = Scene::open(&grants, &strict, withdrawn_at.minus(micro));
    assert_eq!(last.told(), "RECORD PERMITTED_GRANTED");
}
