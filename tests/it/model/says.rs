//! What a message that tells or asks says, by chance.

use assent_proto::v1::MessageClass;

use super::story::*;
use super::tell::pick;
use crate::faults::chance::Chance;

/// What a message of that class tells or asks.
pub(super) fn says(chance: &mut Chance, class: MessageClass, number: usize) -> Option<Event> {
    let series = pick(chance, &[0b111_1110, 0b111_1110, 0b111_1111, 0b10, 0b1100, 1]);
    let yes = [Some(true), Some(true), Some(true), Some(false), None];
    match class {
        MessageClass::Notice => Some(Event::Notice(Told {
            // What a notice does to marketing the rules do not say.
            series: series & !1 | 2,
            at: 0,
            text: chance.below(6) > 0,
            unchanged: pick(chance, &yes),
            withdrawal: pick(chance, &yes),
            justification: chance.below(2) == 0,
            proof: false,
            source: None,
            sent: Some(number),
        })),
        MessageClass::ConsentRequest => {
            Some(Event::Request { series, at: 0, sent: Some(number), source: None })
        }
        _ => None,
    }
}
