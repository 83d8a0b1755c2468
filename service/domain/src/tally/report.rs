//! A campaign's figures, added up.

use std::collections::BTreeMap;

use super::publish::{Period, THRESHOLD, last_closed, publish};
use super::{Measure, SHOWN_BY_MESSAGES};
use crate::interaction::{Currency, InteractionKind};
use crate::time::{Day, Instant};

/// One figure as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Its day; absent: of all days that were not asked for one by one.
    pub day: Option<Day>,
    /// What was counted.
    pub measure: Measure,
    /// How much of it.
    pub amount: i64,
}

/// Days that are wanted one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayRange {
    first: Day,
    last: Day,
}

impl DayRange {
    /// The most days there can be in one.
    pub const MAX_DAYS: i64 = 400;

    /// From `first` to `last`, both in it; `None` if that is none or more than [`Self::MAX_DAYS`].
    #[must_use]
    pub fn new(first: Day, last: Day) -> Option<Self> {
        let days = last.number() - first.number() + 1;
        (1..=Self::MAX_DAYS).contains(&days).then_some(Self { first, last })
    }

    /// The first day.
    #[must_use]
    pub const fn first(self) -> Day {
        self.first
    }

    /// The last day.
    #[must_use]
    pub const fn last(self) -> Day {
        self.last
    }
}

/// What was counted, of a day or of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures(BTreeMap<Measure, i64>);

impl Figures {
    /// How many; never less than none. (One moves from [`Measure::Automated`] to [`Measure::Human`] on the day that a
    /// human signal is judged to belong to, which is another one where the policy's zone has changed between.)
    #[must_use]
    pub fn count(&self, measure: Measure) -> u64 {
        self.0.get(&measure).copied().map_or(0, |amount| u64::try_from(amount).unwrap_or(0))
    }

    /// What goals were worth, by currency.
    pub fn revenue(&self) -> impl Iterator<Item = (Currency, i64)> {
        self.0.iter().filter_map(|(measure, amount)| match measure {
            Measure::Revenue(currency) => Some((*currency, *amount)),
            _ => None,
        })
    }

    fn add(&mut self, measure: Measure, amount: i64) {
        let sum = self.0.entry(measure).or_default();
        *sum = sum.saturating_add(amount);
    }
}

/// What is told of a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Of all days.
    pub total: Figures,
    /// Of each day wanted on which anything was counted.
    pub days: BTreeMap<Day, Figures>,
    /// What was counted anonymously, kind by kind: never day by day, and never several kinds together.
    pub anonymous: Vec<(InteractionKind, Vec<Period>)>,
}

impl Report {
    /// The report of what is kept, at `now`.
    #[must_use]
    pub fn of(cells: &[Cell], wanted: Option<DayRange>, now: Instant) -> Self {
        let (mut total, mut days) = (Figures::default(), BTreeMap::<Day, Figures>::new());
        let mut anonymous = SHOWN_BY_MESSAGES.map(|kind| (kind, BTreeMap::<Day, u64>::new()));
        for Cell { day, measure, amount } in cells {
            if let Measure::Anonymous(kind) = measure {
                let counts = anonymous.iter_mut().find(|(counted, _)| counted == kind);
                if let (Some((_, counts)), Some(day)) = (counts, day) {
                    let count = counts.entry(*day).or_default();
                    *count = count.saturating_add(u64::try_from(*amount).unwrap_or(0));
                }
                continue;
            }
            total.add(*measure, *amount);
            let is_wanted = |day: &Day| wanted.is_some_and(|days| days.first <= *day && *day <= days.last);
            if let Some(day) = day.filter(is_wanted) {
                days.entry(day).or_default().add(*measure, *amount);
            }
        }
        let closed = last_closed(now);
        let published = |(kind, counts)| (kind, publish(&counts, closed, THRESHOLD));
        Self { total, days, anonymous: anonymous.into_iter().map(published).collect() }
    }
}
