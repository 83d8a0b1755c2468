//! Ids and the wire.

use super::{Click, Goal, Interaction, InteractionId, LinkMode, Money, PixelMode, What};
use crate::time::Instant;

const AT: Instant = Instant::from_micros(1_795_253_400_000_000);

#[test]
fn an_events_id_is_the_same_for_ever() {
    let id = InteractionId::of_event(AT, "sender", &["event 1"]);
    assert_eq!(id, InteractionId::of_event(AT, "sender", &["event 1"]));
    assert_eq!(id.to_string(), "01a1fd70-f1c0-8fe7-8948-52944af461cf");
}

#[test]
fn an_events_id_tells_one_event_from_another() {
    let id = InteractionId::of_event(AT, "sender", &["ab", "c"]);
    assert_ne!(id, InteractionId::of_event(AT, "sender", &["a", "bc"]));
    assert_ne!(id, InteractionId::of_event(AT, "another", &["ab", "c"]));
    assert_ne!(id, InteractionId::of_event(Instant::from_micros(AT.micros() + 1000), "sender", &["ab", "c"]));
}

#[test]
fn ids_grow_with_time() {
    let of = |millis: i64| InteractionId::of_event(Instant::from_micros(millis * 1000), "sender", &["e"]);
    assert!((0..2000).map(|step| of(1_700_000_000_000 + step)).is_sorted());
    assert!(InteractionId::new() < InteractionId::new());
    // Before 1970 there are no milliseconds to count.
    assert_eq!(of(-5).as_bytes()[..6], [0; 6]);
}

#[test]
fn the_version_is_told() {
    assert_eq!(InteractionId::of_event(AT, "sender", &["e"]).to_string().as_bytes()[14], b'8');
    assert_eq!(InteractionId::new().to_string().as_bytes()[14], b'7');
}

#[test]
fn every_kind_comes_back_as_it_was_sent() {
    let click = || Click::in_message("m").link("l").website("w");
    let goal = Goal::reached("g").amount(Money::new(4990, "EUR")).order("o").website("w");
    for interaction in [
        Interaction::email_open("p", AT, "m").automated(),
        Interaction::email_click("p", AT, click()).campaign("c"),
        Interaction::sms_click("p", AT, click()),
        Interaction::website_visit("p", AT, "w").led_by("m").device("phone"),
        Interaction::transaction_goal("p", AT, goal).led_by("m").user_agent("Mozilla"),
        Interaction::message_sent("p", AT, "m", PixelMode::ExemptLastOpen, LinkMode::Plain),
        Interaction::new("p", AT, What::MessageSent { message_id: "m".to_owned(), pixel: None, links: None }),
        Interaction::email_open("p", AT, "m").of_nobody(),
    ] {
        assert_eq!(Interaction::from_wire(interaction.clone().into_wire()).unwrap(), interaction);
    }
}

#[test]
fn a_message_leads_to_visits_and_goals_alone() {
    let open = Interaction::email_open("p", AT, "m");
    assert_eq!(open.clone().led_by("another"), open);
    let goal = Interaction::transaction_goal("p", AT, Goal::reached("g")).led_by("m");
    assert_eq!(goal.what, What::TransactionGoal(Goal::reached("g").message("m")));
}
