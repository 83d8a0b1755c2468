//! What of anonymous counts is told: periods of closed days, none of fewer than a threshold.
//!
//! A day's count that is below the threshold could single somebody out, so it is told only as part of a period that
//! reaches it, and nothing that is told (the periods, their total, what one report tells more than an earlier one)
//! gives it away: a period is told whole, once, and never changes.

use std::collections::BTreeMap;

use crate::time::{Day, Instant, Span};

/// The least that is told. It is no setting: two reports of the same days, cut by two thresholds, could be
/// subtracted.
pub const THRESHOLD: u64 = 10;

/// How long after the end of a day in UTC it is over everywhere (12 hours, in UTC−12), and no transaction that began
/// in it can still be under way (an hour more).
const CLOSES_AFTER: Span = Span::from_minutes(13 * 60);

/// Consecutive closed days whose counts come to the threshold only together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its first day: the one after the period before it; of the first period the first on which anything was counted.
    pub first: Day,
    /// Its last day, on which the threshold was reached.
    pub last: Day,
    /// How many were counted in it: the threshold or more.
    pub count: u64,
}

/// The last day to which nothing is added any more; `None` before there was one.
#[must_use]
pub fn last_closed(now: Instant) -> Option<Day> {
    let days = now.minus(CLOSES_AFTER).micros().div_euclid(Span::from_days(1).micros());
    Day::numbered(days - 1)
}

/// The periods of `counts`, day by day, as far as its days are closed. What comes after the last of them has not
/// reached the threshold, and is withheld.
#[must_use]
pub fn publish(counts: &BTreeMap<Day, u64>, last_closed: Option<Day>, threshold: u64) -> Vec<Period> {
    let closed = counts.iter().filter(|(day, count)| Some(**day) <= last_closed && **count > 0);
    let mut told: Vec<Period> = Vec::new();
    let mut open: Option<(Day, u64)> = None;
    for (day, count) in closed {
        let first = match (open, told.last()) {
            (Some((first, _)), _) => first,
            (None, Some(before)) => before.last.next(),
            (None, None) => *day,
        };
        let sum = open.map_or(0, |(_, sum)| sum).saturating_add(*count);
        if sum < threshold {
            open = Some((first, sum));
        } else {
            told.push(Period { first, last: *day, count: sum });
            open = None;
        }
    }
    told
}
