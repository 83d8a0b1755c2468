//! Laws that hold whatever is planned.

use proptest::prelude::*;

use crate::interaction::{Interaction, InteractionKind};
use crate::message::Channel;
use crate::mode::{LinkMode, PixelMode, Sent};
use crate::plan::{Plan, Recipient, plan};
use crate::verdict::tests::laws::{World, world};
use crate::verdict::{Disposition, Effects, Life, Use, Verdict};

fn planned(world: &World) -> Plan {
    world.within(|case| {
        plan(&Recipient {
            person: case.person.expect("somebody is named"),
            context: case.context,
            policies: case.policies,
            table_zone: case.table_zone,
            now: case.now,
        })
    })
}

/// Somebody's world, at the instant at which their plan is made.
fn somebodys() -> impl Strategy<Value = World> {
    world().prop_map(|world| {
        let named = World { named: true, ..world };
        let now = named.within(|case| case.person.map_or(case.now, |person| person.now(case.now)));
        World { now, asked_for: Use::Record, ..named }
    })
}

/// What becomes of something that the person does then, of a message that went out like that.
fn arriving(world: &World, kind: InteractionKind, sent: Sent, named: bool) -> Verdict {
    let interaction = Interaction { kind, occurred_at: world.now, functional: false, automated: false };
    World { interaction, sent, named, ..world.clone() }.verdict()
}

/// Whether an open under that pixel has the effect that the pixel is for.
fn has_effect(world: &World, pixel: PixelMode) -> bool {
    let sent = Sent { pixel: Some(pixel), links: None };
    let named = pixel != PixelMode::Shared;
    let verdict = arriving(world, InteractionKind::EmailOpen, sent, named);
    match pixel {
        PixelMode::Identified => verdict.disposition == Disposition::Record,
        PixelMode::ExemptLastOpen => {
            let day = Effects { last_open: verdict.effects.last_open, ..Effects::NONE };
            day != Effects::NONE && verdict.disposition == Disposition::Exempt && verdict.effects == day
        }
        PixelMode::Shared => {
            verdict.disposition == Disposition::Exempt
                && verdict.effects == Effects { count: true, ..Effects::NONE }
        }
        PixelMode::None => verdict.disposition == Disposition::Discard,
    }
}

fn links_kind(world: &World) -> InteractionKind {
    match world.message.as_ref().map(|message| message.channel) {
        Some(Channel::Sms) => InteractionKind::SmsClick,
        Some(Channel::Email) | None => InteractionKind::EmailClick,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_open_under_the_planned_pixel_has_exactly_its_effect_and_one_above_never(world in somebodys()) {
        let plan = planned(&world);
        prop_assert!(has_effect(&world, plan.pixel.mode), "{:?}", plan);
        if plan.pixel.reason.name() != "PROFILE_ERASED" {
            for above in PixelMode::ALL.into_iter().filter(|mode| *mode < plan.pixel.mode) {
                prop_assert!(!has_effect(&world, above), "{} above {:?}", above.name(), plan);
            }
        }
    }

    #[test]
    fn a_click_on_the_planned_links_is_recorded_where_they_are_tracked_and_never_where_plain(
        world in somebodys(),
    ) {
        let plan = planned(&world);
        let click = |links| {
            let sent = Sent { pixel: None, links: Some(links) };
            arriving(&world, links_kind(&world), sent, true).disposition == Disposition::Record
        };
        prop_assert_eq!(click(LinkMode::Tracked), plan.links.mode == LinkMode::Tracked);
        prop_assert!(!click(LinkMode::Plain));
    }

    #[test]
    fn an_identified_pixel_and_tracked_links_alone_have_a_reason_that_permits(world in somebodys()) {
        let plan = planned(&world);
        prop_assert_eq!(plan.pixel.mode == PixelMode::Identified, plan.pixel.reason.permits());
        prop_assert_eq!(plan.links.mode == LinkMode::Tracked, plan.links.reason.permits());
    }

    #[test]
    fn nothing_is_planned_that_tells_of_the_erased(world in somebodys()) {
        let plan = planned(&World { life: Life::Erased, ..world });
        prop_assert_eq!((plan.pixel.mode, plan.links.mode), (PixelMode::None, LinkMode::Plain));
    }
}
