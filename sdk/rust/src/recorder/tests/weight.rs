//! The bounds hold.

use super::*;
use crate::recorder::weight::Weight;
use crate::{Click, Goal, LinkMode, Money, PixelMode};
use prost::Message;

#[test]
fn no_interaction_takes_more_in_a_batch_than_is_reckoned() {
    for length in [0, 1, 127, 128, 1024, 20_000] {
        let text = "x".repeat(length);
        let text = text.as_str();
        let far = Instant::from_micros(i64::MIN);
        let click = || Click::in_message(text).link(text).website(text);
        let goal =
            Goal::reached(text).amount(Money::new(i64::MIN, text)).order(text).website(text).message(text);
        for interaction in [
            Interaction::email_open(text, far, text),
            Interaction::email_click(text, far, click()),
            Interaction::sms_click(text, far, click()),
            Interaction::website_visit(text, far, text).led_by(text),
            Interaction::transaction_goal(text, far, goal),
            Interaction::message_sent(
                text,
                far,
                text,
                PixelMode::Unrecognised(i32::MIN),
                LinkMode::Unrecognised(i32::MIN),
            ),
        ] {
            let full = interaction.automated().campaign(text).device(text).user_agent(text);
            let reckoned = Weight::of("", &full);
            // With its tag and its length.
            let wire = full.into_wire().encoded_len() + 6;
            assert!(wire <= reckoned.wire, "{wire} of {reckoned:?}");
            assert!(reckoned.memory >= 4 * length + size_of::<Interaction>());
        }
    }
}

#[test]
fn room_that_a_text_keeps_in_memory_counts() {
    let mut roomy = String::with_capacity(50_000);
    roomy.push('a');
    let reckoned = Weight::of("t", &open(roomy));
    assert!(reckoned.memory > 50_000 && reckoned.wire < 1000, "{reckoned:?}");
}
