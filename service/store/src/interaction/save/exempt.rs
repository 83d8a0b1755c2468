//! What is written beside a row or instead of it: the last-open day, and the mark of what was counted without naming
//! anybody. Of an interaction that may not be recorded nothing else is kept.

use std::collections::{BTreeMap, BTreeSet};

use assent_domain::interaction::{InteractionKind, Reported};
use assent_domain::tally::Share;
use assent_domain::time::{Day, Zone};

use super::{Key, Saving};
use crate::interaction::row::person;
use crate::profile::ProfileKey;
use crate::statement::{Column, Sql, Values, sql};
use crate::transaction::{Stop, Tx};

const SAVE_LAST_OPENS: Sql = sql!("save_last_opens");
const INSERT_COUNTED: Sql = sql!("insert_counted");

/// The latest day of each person.
#[derive(Default)]
pub(super) struct Days(BTreeMap<ProfileKey, Day>);

impl Days {
    /// Moves somebody's day, unless a newer one is there.
    pub(super) fn move_to(&mut self, person: ProfileKey, day: Day) {
        let there = self.0.entry(person).or_insert(day);
        *there = day.max(*there);
    }
}

/// What is to be counted, by its mark.
#[derive(Default)]
pub(super) struct Counts(BTreeMap<[u8; 32], Count>);

struct Count {
    share: Share,
    kind: InteractionKind,
    key: Key,
    /// The arrivals that are this same interaction.
    arrivals: Vec<usize>,
}

impl Counts {
    pub(super) fn add(&mut self, mark: [u8; 32], share: Share, reported: &Reported, arrival: usize) {
        let (kind, key) = (reported.what.kind(), (reported.id, reported.occurred_at));
        let count = self.0.entry(mark).or_insert(Count { share, kind, key, arrivals: Vec::new() });
        count.arrivals.push(arrival);
    }
}

impl Saving<'_> {
    /// Counts what was not counted yet and is no row, and tells the others to be duplicates. Call it once the rows
    /// are there.
    pub(in crate::interaction) async fn counts(&mut self, tx: &Tx) -> Result<(), Stop> {
        if self.counts.0.is_empty() {
            return Ok(());
        }
        let counts = std::mem::take(&mut self.counts.0);
        let columns = [
            Column::Bytes(counts.keys().map(|mark| mark.to_vec()).collect()),
            Column::Bytes(counts.values().map(|count| count.key.0.0.to_vec()).collect()),
            Column::Number(counts.values().map(|count| count.key.1.micros()).collect()),
        ];
        let today = self.write.now.day_in(&Zone::utc()).number();
        let values = Values::of([self.write.tenant.as_str().into(), today.into()]).columns(columns);
        let mut counted: BTreeSet<[u8; 32]> = BTreeSet::new();
        for row in tx.rows(&INSERT_COUNTED, "counted", values).await? {
            counted.insert(row.array("mark").map_err(Stop::from)?);
        }
        self.wrote |= !counted.is_empty();
        for (mark, count) in counts {
            let is_new = counted.contains(&mark);
            for (turn, arrival) in count.arrivals.iter().enumerate() {
                if let Some(Some(fate)) = self.fates.get_mut(*arrival) {
                    fate.duplicate = !is_new || turn > 0;
                }
            }
            if is_new {
                self.figures.count(count.share, count.kind);
            }
        }
        Ok(())
    }

    /// Moves the last-open days; an older one never replaces a newer one.
    pub(in crate::interaction) async fn days(&mut self, tx: &Tx) -> Result<(), Stop> {
        if self.days.0.is_empty() {
            return Ok(());
        }
        let days = std::mem::take(&mut self.days.0);
        let columns = [
            Column::Number(days.keys().map(person).collect()),
            Column::Text(days.keys().map(|key| key.table.as_str().to_owned()).collect()),
            Column::Text(days.keys().map(|key| key.id.as_str().to_owned()).collect()),
            Column::Number(days.values().map(|day| day.number()).collect()),
        ];
        let values = Values::of([self.write.tenant.as_str().into()]).columns(columns);
        self.wrote |= tx.execute(&SAVE_LAST_OPENS, values).await? > 0;
        Ok(())
    }
}
