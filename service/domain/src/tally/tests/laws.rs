//! Laws of what is told of anonymous counts, whatever was counted.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::tally::{Period, THRESHOLD, publish};
use crate::time::Day;

/// Counts on consecutive days, the first of which has one at least, as the first day of all has.
fn counts() -> impl Strategy<Value = Vec<u64>> {
    let few = prop_oneof![4 => 0..THRESHOLD, 1 => 0..3 * THRESHOLD, 2 => Just(0), 1 => Just(THRESHOLD - 1)];
    (1..2 * THRESHOLD, prop::collection::vec(few, 0..9)).prop_map(|(first, mut rest)| {
        rest.insert(0, first);
        rest
    })
}

fn day(place: usize) -> Day {
    Day::numbered(20_000 + i64::try_from(place).unwrap()).unwrap()
}

fn told(counts: &[u64], closed: usize) -> Vec<Period> {
    let counts: BTreeMap<Day, u64> = counts.iter().enumerate().map(|(place, n)| (day(place), *n)).collect();
    publish(&counts, Some(day(closed)), THRESHOLD)
}

/// All that was ever told up to the end: what each day's report told.
fn told_ever(counts: &[u64]) -> Vec<Vec<Period>> {
    (0..counts.len()).map(|closed| told(counts, closed)).collect()
}

/// Another series, with another count on `hidden`, of which the same would have been told on every day: one more or one
/// fewer there, balanced on another day or on none.
fn looks_the_same(counts: &[u64], hidden: usize) -> Option<Vec<u64>> {
    let before = told_ever(counts);
    let others = (0..counts.len()).map(Some).chain([None]);
    for other in others.filter(|other| *other != Some(hidden)) {
        for (here, there) in [(1, -1), (-1, 1)] {
            let mut changed = counts.to_vec();
            let mut moved = |place: usize, by: i64| -> Option<()> {
                changed[place] = changed[place].checked_add_signed(by)?;
                Some(())
            };
            let done = moved(hidden, here).and_then(|()| other.map_or(Some(()), |other| moved(other, there)));
            if done.is_some() && changed[0] > 0 && told_ever(&changed) == before {
                return Some(changed);
            }
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn nothing_told_is_below_the_threshold_and_nothing_told_ever_changes(counts in counts()) {
        let ever = told_ever(&counts);
        for told in &ever {
            prop_assert!(told.iter().all(|period| period.count >= THRESHOLD && period.first <= period.last));
        }
        for two in ever.windows(2) {
            prop_assert!(two[1].starts_with(&two[0]), "what was told stays, more may follow");
        }
        let last = ever.last().expect("a day");
        prop_assert!(last.windows(2).all(|two| two[1].first == two[0].last.next()));
        let sum: u64 = last.iter().map(|period| period.count).sum();
        let withheld: u64 = counts.iter().sum::<u64>() - sum;
        prop_assert!(withheld < THRESHOLD);
    }

    /// Nobody who has every report of every day, with its total, can tell what was counted on a day on which it was
    /// below the threshold.
    #[test]
    fn no_days_count_below_the_threshold_can_be_worked_out(counts in counts()) {
        for (hidden, count) in counts.iter().enumerate() {
            if *count < THRESHOLD {
                prop_assert!(looks_the_same(&counts, hidden).is_some(), "{counts:?} tells of day {hidden}");
            }
        }
    }
}
