//! What refusals, withdrawals and objections take away of what was recorded before: a queue that is written with the record,
//! and the work that empties it (`take.rs`).
//!
//! Reads hide it from the moment that the record is on record (`assent_domain::verdict`). What is one row of a person, their
//! last device and their last-open day, goes in the transaction of the record; their interactions go soon after, slice by
//! slice. Recording takes no lock on a profile, so that a transaction that judged before a withdrawal may commit after it:
//! all of it is done once more when none can be under way any longer, and only then is the removal off the queue. Until
//! then, whoever asks for everything that is held of the person is told what is still there.
//!
//! What a removal takes, and until when, the caller says: nothing here knows what consent means.

mod take;

use std::collections::BTreeMap;

use assent_domain::change::Saved;
use assent_domain::id::{RecordId, TenantId};
use assent_domain::interaction::InteractionKind;
use assent_domain::removal::{LastOpen, Removal, Turn};
use assent_domain::scope::{Scope, Series};
use assent_domain::time::{Instant, Span};

use crate::Store;
use crate::error::StoreError;
use crate::interaction::code;
use crate::interaction::row::person;
use crate::profile::{ProfileKey, key_of};
use crate::row::Row;
use crate::statement::{Column, Sql, Values, sql};
use crate::transaction::{Stop, Tx};

const SAVE_REMOVALS: Sql = sql!("save_removals");
const LIST_REMOVERS: Sql = sql!("list_removers");
const LIST_REMOVALS: Sql = sql!("list_removals");

/// How many removals one slice of the work looks at.
const SLICE: i64 = 200;

/// A removal whose time has come.
#[derive(Clone)]
pub struct DueRemoval {
    record: RecordId,
    /// Of whom something is taken.
    pub person: ProfileKey,
    /// What turned.
    pub turns: Vec<Turn>,
    next_at: i64,
    last_at: i64,
}

impl std::fmt::Debug for DueRemoval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DueRemoval").field("record", &self.record).finish_non_exhaustive()
    }
}

impl DueRemoval {
    /// Whether it is done for the last time at `now`.
    const fn is_last(&self, now: Instant) -> bool {
        self.last_at <= now.micros()
    }
}

/// A walk through a tenant's removals that are due, the longest due first: what could not be done is passed by.
#[derive(Clone, Debug)]
pub struct RemovalWalk {
    after: (i64, Vec<u8>),
    done: bool,
}

impl Default for RemovalWalk {
    fn default() -> Self {
        Self { after: (i64::MIN, Vec::new()), done: false }
    }
}

impl RemovalWalk {
    /// Whether it has come to its end.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.done
    }
}

impl Store {
    /// The tenants that have removals on their queue.
    ///
    /// # Errors
    /// What the database says.
    pub async fn tenants_with_removals(&self) -> Result<Vec<TenantId>, StoreError> {
        let rows = self.rows(&LIST_REMOVERS, "removal", Values::default()).await?;
        let tenant = |row: &Row| TenantId::new(row.text("tenant")?).map_err(|_| row.wrong("tenant"));
        rows.iter().map(tenant).collect()
    }

    /// The next removals of a walk that are to be done by now: a slice of them.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn due_removals(
        &self,
        tenant: &TenantId,
        now: Instant,
        walk: &mut RemovalWalk,
    ) -> Result<Vec<DueRemoval>, StoreError> {
        let (next_at, record) = walk.after.clone();
        let values = Values::of([
            tenant.as_str().into(),
            now.micros().into(),
            next_at.into(),
            record.into(),
            SLICE.into(),
        ]);
        let rows = self.rows(&LIST_REMOVALS, "removal", values).await?;
        let due: Vec<DueRemoval> = rows.iter().map(due).collect::<Result<_, _>>()?;
        if let Some(last) = due.last() {
            walk.after = (last.next_at, last.record.0.to_vec());
        }
        walk.done = i64::try_from(due.len()).unwrap_or(SLICE) < SLICE;
        Ok(due)
    }
}

fn due(row: &Row) -> Result<DueRemoval, StoreError> {
    let (bits, effective) = (row.number("series")?, row.instant("effective_at")?);
    let erases = row.number("erases")? != 0;
    let turned = Series::ALL.into_iter().filter(|series| bits & bit(*series) != 0);
    Ok(DueRemoval {
        record: RecordId(row.array("record_id")?),
        person: key_of(row)?,
        turns: turned.map(|series| Turn { series, effective, erases }).collect(),
        next_at: row.number("next_at")?,
        last_at: row.number("last_at")?,
    })
}

/// Of the series that turned, this one's bit; it never changes.
const fn bit(series: Series) -> i64 {
    match series {
        Series::Marketing => 1,
        Series::Tracking(scope) => 2 << scope as u8,
    }
}

/// What the records of one consent write take away: the queue's rows, and what goes with the write.
#[derive(Default)]
pub(crate) struct Queued {
    ids: Vec<Vec<u8>>,
    tables: Vec<String>,
    profiles: Vec<String>,
    /// Series, person, effective time, whether it erases, next and last time.
    numbers: [Vec<i64>; 6],
    taken: Taken,
}

impl Queued {
    pub(crate) fn of<'a>(saved: impl Iterator<Item = &'a Saved>, now: Instant, longest: Span) -> Self {
        let mut queued = Self::default();
        for Saved { record, removals, .. } in saved {
            let who = ProfileKey { table: record.table.clone(), id: record.profile.clone() };
            let last_at = record.recorded_at.max(now).plus(longest);
            for removal in removals {
                queued.taken.push(&who, removal);
            }
            // All that one record turns it turns at the same time, under the same policies.
            let Some(Removal { turn, .. }) = removals.first() else { continue };
            queued.ids.push(record.id.0.to_vec());
            queued.tables.push(who.table.as_str().to_owned());
            queued.profiles.push(who.id.as_str().to_owned());
            let numbers = [
                removals.iter().fold(0, |bits, removal| bits | bit(removal.turn.series)),
                person(&who),
                turn.effective.micros(),
                i64::from(turn.erases),
                now.micros(),
                last_at.micros(),
            ];
            queued.numbers.iter_mut().zip(numbers).for_each(|(column, number)| column.push(number));
        }
        queued
    }

    /// One statement, and only if something is taken away.
    pub(crate) async fn save(self, tx: &Tx, tenant: &TenantId) -> Result<(), Stop> {
        if self.ids.is_empty() {
            return Ok(());
        }
        let [series, person, effective, erases, next_at, last_at] = self.numbers.map(Column::Number);
        let queue = [
            Column::Bytes(self.ids),
            series,
            Column::Text(self.tables),
            Column::Text(self.profiles),
            person,
            effective,
            erases,
            next_at,
            last_at,
        ];
        let values = Values::of([tenant.as_str().into()])
            .columns(queue)
            .columns(self.taken.devices.into_columns())
            .columns(self.taken.days.into_columns());
        tx.execute(&SAVE_REMOVALS, values).await?;
        Ok(())
    }
}

/// What removals take, by where it stands.
#[derive(Default)]
struct Taken {
    /// The kinds of interactions, as bits, of each person and span.
    rows: BTreeMap<(ProfileKey, i64, i64), i64>,
    devices: Devices,
    days: Days,
}

impl Taken {
    fn push(&mut self, who: &ProfileKey, removal: &Removal) {
        let (since, until) = removal.span();
        let (since, until) = (since.micros(), until.map_or(i64::MAX, Instant::micros));
        match removal.scope() {
            None => {}
            Some(Scope::Device) => self.devices.push(who, since, until),
            Some(scope) => {
                let kinds = InteractionKind::ALL.into_iter().filter(|kind| kind.scope() == Some(scope));
                let bits = kinds.fold(0, |bits, kind| bits | (1 << code::kind(kind)));
                *self.rows.entry((who.clone(), since, until)).or_default() |= bits;
            }
        }
        match removal.last_open {
            LastOpen::Stays => {}
            LastOpen::Before(day) => self.days.push(who, day.number()),
            LastOpen::Goes => self.days.push(who, i64::MAX),
        }
    }
}

#[derive(Default)]
struct Devices {
    tables: Vec<String>,
    profiles: Vec<String>,
    since: Vec<i64>,
    until: Vec<i64>,
}

impl Devices {
    fn push(&mut self, who: &ProfileKey, since: i64, until: i64) {
        self.tables.push(who.table.as_str().to_owned());
        self.profiles.push(who.id.as_str().to_owned());
        self.since.push(since);
        self.until.push(until);
    }

    fn into_columns(self) -> [Column; 4] {
        [
            Column::Text(self.tables),
            Column::Text(self.profiles),
            Column::Number(self.since),
            Column::Number(self.until),
        ]
    }
}

#[derive(Default)]
struct Days {
    people: Vec<i64>,
    tables: Vec<String>,
    profiles: Vec<String>,
    before: Vec<i64>,
}

impl Days {
    fn push(&mut self, who: &ProfileKey, before: i64) {
        self.people.push(person(who));
        self.tables.push(who.table.as_str().to_owned());
        self.profiles.push(who.id.as_str().to_owned());
        self.before.push(before);
    }

    fn into_columns(self) -> [Column; 4] {
        [
            Column::Number(self.people),
            Column::Text(self.tables),
            Column::Text(self.profiles),
            Column::Number(self.before),
        ]
    }
}
