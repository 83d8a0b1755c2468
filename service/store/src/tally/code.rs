//! The numbers that stand in rows for what was counted. They never change.

use assent_domain::interaction::{Currency, InteractionKind};
use assent_domain::tally::Measure;

use crate::interaction::code::{find, kind};

const SENT: i64 = 1;
const REVENUE: i64 = 2;
/// What is counted of a kind: this and the kind's own number.
const TRACKABLE: i64 = 10;
const HUMAN: i64 = 20;
const AUTOMATED: i64 = 30;
const ANONYMOUS: i64 = 40;

pub(crate) const fn measure(measure: Measure) -> i64 {
    match measure {
        Measure::Sent => SENT,
        Measure::Revenue(_) => REVENUE,
        Measure::Trackable(of) => TRACKABLE + kind(of),
        Measure::Human(of) => HUMAN + kind(of),
        Measure::Automated(of) => AUTOMATED + kind(of),
        Measure::Anonymous(of) => ANONYMOUS + kind(of),
    }
}

/// The currency that stands beside the number; empty for what is not money.
pub(crate) fn currency(measure: &Measure) -> &str {
    match measure {
        Measure::Revenue(currency) => currency.code(),
        _ => "",
    }
}

/// What a number stands for, with that currency beside it.
pub(crate) fn read(number: i64, currency: &str) -> Option<Measure> {
    let of =
        |measure: fn(InteractionKind) -> Measure| find(&InteractionKind::ALL, kind, number % 10).map(measure);
    match number - number % 10 {
        0 if number == SENT => Some(Measure::Sent),
        0 if number == REVENUE => Currency::new(currency).map(Measure::Revenue),
        TRACKABLE => of(Measure::Trackable),
        HUMAN => of(Measure::Human),
        AUTOMATED => of(Measure::Automated),
        ANONYMOUS => of(Measure::Anonymous),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_stands_for_one_measure() {
        let euro = Currency::new("EUR").unwrap();
        let mut all = vec![Measure::Sent, Measure::Revenue(euro)];
        for measure in [Measure::Trackable, Measure::Human, Measure::Automated, Measure::Anonymous] {
            all.extend(InteractionKind::TRACKED.map(measure));
        }
        for one in all {
            assert_eq!(read(measure(one), currency(&one)), Some(one));
        }
        assert_eq!(measure(Measure::Anonymous(InteractionKind::EmailOpen)), 41, "`read_figures` names it");
        for wrong in [0, 3, 9, 10, 17, 50, -1] {
            assert_eq!(read(wrong, "EUR"), None, "{wrong}");
        }
        assert_eq!(read(REVENUE, ""), None);
    }
}
