//! Laws that hold for whatever is thrown at the judgement.

use proptest::prelude::*;

use crate::answer::Answer;
use crate::ceiling::{Ceiling, Ceilings};
use crate::consent::look;
use crate::context::{CampaignInPlay, Context, MessageInPlay};
use crate::evidence::{Basis, Evidence};
use crate::interaction::{Interaction, InteractionKind};
use crate::message::{Channel, Message, MessageClass, SendingBasis};
use crate::mode::{LinkMode, PixelMode, Sent};
use crate::policy::{Applicable, CounterMode, Policy};
use crate::record::NoticeGiven;
use crate::scene::{Someone, campaign, message, notice, paris, proof, website};
use crate::scope::{Coverage, Scope, ScopeSet, Series, TrackingCoverage};
use crate::time::{Instant, Span, Zone};
use crate::verdict::{Case, Disposition, Effects, Life, Person, Unjudged, Use, Verdict, judge};

/// Everything a verdict depends on, owned.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) someone: Someone,
    pub(crate) life: Life,
    pub(crate) named: bool,
    pub(crate) interaction: Interaction,
    pub(crate) asked_for: Use,
    pub(crate) message: Option<Message>,
    pub(crate) campaign: Option<Ceiling>,
    pub(crate) website: Option<(&'static str, Ceiling)>,
    pub(crate) sent: Sent,
    pub(crate) policies: Vec<Policy>,
    pub(crate) now: Instant,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids: Vec<&str> = self.policies.iter().map(|policy| policy.id.as_str()).collect();
        write!(f, "{:?} {:?} {:?} {ids:?} {:?}", self.interaction, self.asked_for, self.sent, self.message)
    }
}

impl World {
    pub(crate) fn verdict(&self) -> Verdict {
        self.within(|case| judge(Unjudged::new(self.interaction), case).verdict().clone())
    }

    pub(crate) fn within<T>(&self, asked: impl FnOnce(&Case<'_>) -> T) -> T {
        let history = self.someone.history();
        let campaign = self.campaign.map(campaign);
        let campaign = campaign.as_ref().map(|campaign| CampaignInPlay { campaign, website: None });
        let website = self.website.map(|(code, ceiling)| website(code, Ceilings::all(ceiling)));
        let context = Context {
            website: website.as_ref(),
            campaign,
            message: self.message.as_ref().map(|message| MessageInPlay {
                message,
                website: None,
                campaign: None,
            }),
        };
        let mut policies = Applicable::of(&self.policies[0]);
        for policy in &self.policies[1..] {
            policies = policies.and(policy);
        }
        let person = Person { life: self.life, history: &history };
        asked(&Case {
            asked_for: self.asked_for,
            context,
            sent: self.sent,
            person: self.named.then_some(person),
            policies,
            table_zone: &Zone::utc(),
            now: self.now,
        })
    }
}

/// An instant of the months in which everything turns.
fn instant() -> impl Strategy<Value = Instant> {
    let hour = 3_600_000_000;
    let first = paris("2026-04-01 00:00:00").micros();
    // Whole hours, so that instants coincide often.
    (0..24_i64 * 240).prop_map(move |hours| Instant::from_micros(first + hours * hour).unwrap())
}

fn coverage() -> impl Strategy<Value = Coverage> {
    let scopes = any::<[bool; 6]>().prop_map(|picked| {
        let scopes: ScopeSet =
            Scope::ALL.into_iter().zip(picked).filter(|(_, is)| *is).map(|(s, _)| s).collect();
        Coverage::new(false, TrackingCoverage::Scopes(scopes)).unwrap_or(Coverage::TRACKING)
    });
    prop_oneof![Just(Coverage::TRACKING), Just(Coverage::MARKETING), Just(Coverage::BOTH), scopes]
}

fn someone() -> impl Strategy<Value = Someone> {
    let days =
        prop_oneof![Just(None), Just(Some("2026-04-13")), Just(Some("2026-04-28")), Just(Some("2026-09-01"))];
    let event = (0..6_u8, coverage(), any::<bool>(), instant());
    (days, prop::collection::vec(event, 0..6)).prop_map(|(day, events)| {
        let start = day.map_or_else(Someone::unknown, Someone::collected);
        events.into_iter().fold(start, |someone, (what, coverage, complete, at)| match what {
            0 => someone.answer(
                Answer::Grant,
                coverage,
                Some(if complete { Basis::Explicit } else { Basis::Assumed }),
                if complete { proof() } else { Evidence::default() },
                at,
            ),
            1..=3 => someone.says(Answer::ALL[usize::from(what)], coverage, at),
            4 => someone.told(NoticeGiven { coverage, text: None, ..notice() }, at),
            _ => someone.told(NoticeGiven { justification: Some("strike".into()), ..notice() }, at),
        })
    })
}

fn policies() -> impl Strategy<Value = Vec<Policy>> {
    let built_in = crate::policy::built_in();
    let one = (prop::sample::select(built_in), any::<[bool; 3]>(), 0..3_usize).prop_map(
        |(mut policy, on, mode)| {
            policy.force_never.on = on[0];
            policy.grant.expires_after_days = on[1].then_some(40);
            policy.interactions_kept_days = on[2].then_some(60);
            policy.counter.mode = CounterMode::ALL[mode];
            policy
        },
    );
    // Of each policy one version applies.
    prop::collection::vec(one, 1..4).prop_map(distinct)
}

fn distinct(policies: Vec<Policy>) -> Vec<Policy> {
    let mut kept: Vec<Policy> = Vec::new();
    for policy in policies {
        if kept.iter().all(|one| one.id != policy.id) {
            kept.push(policy);
        }
    }
    kept
}

fn mail() -> impl Strategy<Value = Message> {
    let class = prop::sample::select(MessageClass::ALL.to_vec());
    let basis = prop::sample::select(SendingBasis::ALL.to_vec());
    let channel = prop::sample::select(vec![Channel::Email, Channel::Email, Channel::Sms]);
    (class, basis, channel).prop_map(|(class, basis, channel)| {
        let mut message = message(class, basis);
        message.channel = channel;
        message
    })
}

fn ceiling() -> impl Strategy<Value = Ceiling> {
    // Mostly open, or line 5 would decide nearly everything.
    prop_oneof![6 => Just(Ceiling::Default), 1 => prop::sample::select(Ceiling::ALL.to_vec())]
}

fn life() -> impl Strategy<Value = Life> {
    prop_oneof![8 => Just(Life::NeverErased), 1 => Just(Life::Erased), 1 => instant().prop_map(Life::NewSince)]
}

prop_compose! {
    pub(crate) fn world()(
        someone in someone(),
        life in life(),
        named in prop::bool::weighted(0.9),
        kind in prop::sample::select(InteractionKind::ALL.to_vec()),
        (functional, automated) in (prop::bool::weighted(0.05), prop::bool::weighted(0.2)),
        (occurred_at, now) in (instant(), instant()),
        asked_for in prop::sample::select(Use::ALL.to_vec()),
        message in prop::option::of(mail()),
        campaign in prop::option::of(ceiling()),
        website in prop::option::of((prop::sample::select(vec!["FR", "IT", "BE", "??"]), ceiling())),
        pixel in prop::option::of(prop::sample::select(PixelMode::ALL.to_vec())),
        links in prop::option::of(prop::sample::select(LinkMode::ALL.to_vec())),
        policies in policies(),
    ) -> World {
        let interaction = Interaction { kind, occurred_at, functional, automated };
        let sent = Sent { pixel, links };
        World { someone, life, named, interaction, asked_for, message, campaign, website, sent, policies, now }
    }
}

fn weight(verdict: &Verdict) -> u8 {
    match verdict.disposition {
        Disposition::Record => 2,
        Disposition::Exempt => 1,
        Disposition::Discard => 0,
    }
}

/// Whether `narrow` writes nothing that `wide` does not. A row's statistics include the anonymous count.
fn within(narrow: &Verdict, wide: &Verdict) -> bool {
    let counted = wide.effects.count || wide.disposition == Disposition::Record;
    weight(narrow) <= weight(wide)
        && (narrow.effects.last_open.is_none() || wide.effects.last_open.is_some())
        && (!narrow.effects.device || wide.effects.device)
        && (!narrow.effects.count || counted)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_question_has_one_answer_that_is_consistent_in_itself(world in world()) {
        let verdict = world.verdict();
        prop_assert_eq!(&verdict, &world.verdict());
        prop_assert_eq!(verdict.disposition == Disposition::Record, verdict.reason.permits());
        match verdict.disposition {
            Disposition::Record => prop_assert!(!verdict.effects.count),
            Disposition::Exempt => prop_assert!(verdict.effects != Effects::NONE && !verdict.effects.device),
            Disposition::Discard => prop_assert_eq!(verdict.effects, Effects::NONE),
        }
        prop_assert!(world.policies.iter().any(|policy| policy.named() == verdict.policy));
        let open = world.interaction.kind == InteractionKind::EmailOpen;
        prop_assert!(open || verdict.effects.last_open.is_none(), "only an open moves the day");
        prop_assert!(world.named || verdict.effects.last_open.is_none(), "nobody named, nothing named");
        prop_assert!(world.asked_for.writes() || verdict.effects == Effects::NONE);
    }

    #[test]
    fn a_policy_more_never_widens(world in world(), more in policies()) {
        let mut several = world.clone();
        several.policies.extend(more);
        several.policies = distinct(several.policies);
        prop_assert!(within(&several.verdict(), &world.verdict()));
    }

    #[test]
    fn recorded_means_permitted_at_both_instants_under_each_policy(mut world in world()) {
        world.asked_for = Use::Record;
        world.named = true;
        let history = world.someone.history();
        let Some(scope) = world.interaction.kind.scope() else { return Ok(()) };
        if world.verdict().disposition == Disposition::Record {
            let now = Person { life: world.life, history: &history }.now(world.now);
            for policy in &world.policies {
                for at in [world.interaction.occurred_at, now] {
                    prop_assert!(look(policy, &history, scope, at, Ceiling::Default).permits());
                }
            }
            prop_assert_ne!(world.life, Life::Erased);
        }
    }

    #[test]
    fn a_denial_after_it_occurred_always_keeps_it_out(
        mut world in world(), answer in 1..4_usize, later in 1..100_i64, granted_again in any::<bool>(),
    ) {
        world.asked_for = Use::Record;
        world.named = true;
        let Some(scope) = world.interaction.kind.scope() else { return Ok(()) };
        let denied_at = world.interaction.occurred_at.plus(Span::from_minutes(later));
        let coverage = crate::scene::only(scope);
        world.someone = world.someone.says(Answer::ALL[answer], coverage, denied_at);
        if granted_again {
            world.someone = world.someone.grants(denied_at.plus(Span::from_minutes(later)));
        }
        prop_assert_ne!(world.verdict().disposition, Disposition::Record);
    }

    #[test]
    fn a_machine_has_no_effects_where_a_human_has_some_and_no_other_disposition_than_less(world in world()) {
        let (mut human, mut machine) = (world.clone(), world);
        human.interaction.automated = false;
        machine.interaction.automated = true;
        let (human, machine) = (human.verdict(), machine.verdict());
        prop_assert_eq!(machine.effects, Effects::NONE);
        prop_assert!(within(&machine, &human));
        prop_assert_eq!(machine.reason, human.reason);
    }

    #[test]
    fn a_lower_ceiling_never_widens(world in world(), low in 0..4_usize) {
        let mut lower = world.clone();
        let held = lower.campaign.get_or_insert_default();
        *held = (*held).max(Ceiling::ALL[low]);
        let mut same_campaign = world;
        same_campaign.campaign.get_or_insert_default();
        prop_assert!(within(&lower.verdict(), &same_campaign.verdict()));
    }

    #[test]
    fn marketing_never_decides_whether_a_row_is_recorded_but_for_the_transition(world in world(), at in instant()) {
        let mut other = world.clone();
        other.someone = other.someone.says(Answer::Withdraw, Coverage::MARKETING, at);
        let last = |world: &World| world.someone.history().answers(Series::Marketing).entries().len();
        prop_assert_eq!(last(&other), last(&world) + 1);
        // The same clock for both, wherever the new answer lies.
        let now = Instant::MAX;
        let at_the_end = |world: World| World { now, ..world }.verdict().disposition == Disposition::Record;
        prop_assert_eq!(at_the_end(other), at_the_end(world));
    }
}
