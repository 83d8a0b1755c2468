//! Erasures that a database lost: it was put back older than it had been, or failed over without its last commits. What is known of
//! them was kept elsewhere ([`Tombstone`]) and names nobody, so that whoever is in the database is walked through, and who has the
//! mark of somebody erased is erased.
//!
//! Deliberately not here: where tombstones are kept meanwhile (the service's journal).

use std::collections::{BTreeMap, HashMap};

use assent_domain::id::{InteractionId, TenantId};
use assent_domain::time::Instant;
use sea_orm::Value;

use crate::Store;
use crate::erasure::{READ_TOMBSTONE, Unfinished};
use crate::error::StoreError;
use crate::interaction::InteractionKey;
use crate::profile::{ProfileKey, key_of};
use crate::row::Row;
use crate::statement::{Column, Sql, Values, sql};
use crate::tombstone::Mark;
use crate::transaction::{Ending, transaction};

const LIST_TOMBSTONES: Sql = sql!("list_tombstones");
const FIND_TOMBSTONES: Sql = sql!("find_tombstones");
const RESTORE_TOMBSTONES: Sql = sql!("restore_tombstones");
const WALK_PEOPLE: Sql = sql!("walk_people");
const WALK_OPENED: Sql = sql!("walk_opened");
const WALK_RECORDED: Sql = sql!("walk_recorded");

/// How many rows one slice of a walk looks at, and how many tombstones one statement takes.
const SLICE: usize = 1000;

/// What is left of somebody who was erased. It names nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// A keyed hash of who they were.
    pub mark: Mark,
    /// The version that a new life goes on counting from.
    pub version: i64,
    /// The logical clock that a new life goes on from.
    pub hlc: i64,
    /// When the person was last erased.
    pub erased_at: Instant,
}

/// A walk through everybody of whom a tenant's database holds something, wherever it does; somebody may come more than once.
#[derive(Clone, Debug, Default)]
pub enum PeopleWalk {
    /// Who has records or a last device.
    #[default]
    Begun,
    /// The same, after this one.
    Known(ProfileKey),
    /// Who has a last-open day, after this one by the hash that leads.
    Opened(i64, Option<ProfileKey>),
    /// Of whom something is recorded, after this row.
    Recorded(InteractionKey),
    /// Nobody is left.
    Done,
}

impl Store {
    /// The tombstone of a person; `None`: they were never erased.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn tombstone_of(
        &self,
        tenant: &TenantId,
        person: &ProfileKey,
    ) -> Result<Option<Tombstone>, StoreError> {
        let Some(key) = &self.options().tombstones else { return Ok(None) };
        self.tombstone_with(tenant, key.mark(tenant, person)).await
    }

    /// The tombstone of an erasure that something is left to be done of; `None`: the database lost it meanwhile.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn tombstone_left(&self, erasure: &Unfinished) -> Result<Option<Tombstone>, StoreError> {
        self.tombstone_with(erasure.tenant(), erasure.mark()).await
    }

    async fn tombstone_with(&self, tenant: &TenantId, mark: Mark) -> Result<Option<Tombstone>, StoreError> {
        let values = Values::of([tenant.as_str().into(), mark.to_vec().into()]);
        let rows = self.rows(&READ_TOMBSTONE, "tombstone", values).await?;
        rows.first().map(|row| tombstone(mark, row)).transpose()
    }

    /// Every tenant's tombstones after that one, in the order of tenants and marks: a slice of them. Absent: the first.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn list_tombstones(
        &self,
        after: Option<&(TenantId, Tombstone)>,
    ) -> Result<Vec<(TenantId, Tombstone)>, StoreError> {
        let (tenant, mark) =
            after.map_or(("", Vec::new()), |(tenant, last)| (tenant.as_str(), last.mark.to_vec()));
        let values = Values::of([tenant.into(), mark.into(), number(SLICE).into()]);
        let rows = self.rows(&LIST_TOMBSTONES, "tombstone", values).await?;
        let tombstone = |row: &Row| {
            let tenant = TenantId::new(row.text("tenant")?).map_err(|_| row.wrong("tenant"))?;
            Ok((tenant, tombstone(row.array("mark")?, row)?))
        };
        rows.iter().map(tombstone).collect()
    }

    /// Those of a tenant's tombstones that the database lacks, or knows an earlier erasure of.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn lacking(
        &self,
        tenant: &TenantId,
        tombstones: &[Tombstone],
    ) -> Result<Vec<Tombstone>, StoreError> {
        let mut lacking = Vec::new();
        for slice in tombstones.chunks(SLICE) {
            let marks = Column::Bytes(slice.iter().map(|one| one.mark.to_vec()).collect());
            let values = Values::of([tenant.as_str().into()]).columns([marks]);
            let mut held: HashMap<Mark, Instant> = HashMap::new();
            for row in self.rows(&FIND_TOMBSTONES, "tombstone", values).await? {
                held.insert(row.array("mark")?, row.instant("erased_at")?);
            }
            let is_lacking = |one: &&Tombstone| held.get(&one.mark).is_none_or(|at| *at < one.erased_at);
            lacking.extend(slice.iter().filter(is_lacking));
        }
        Ok(lacking)
    }

    /// Puts a tenant's tombstones back. One that is there keeps what is left to be done of it, and never gets earlier.
    ///
    /// # Errors
    /// What the database says.
    pub async fn restore_tombstones(
        &self,
        tenant: &TenantId,
        tombstones: &[Tombstone],
    ) -> Result<(), StoreError> {
        for slice in tombstones.chunks(SLICE) {
            let numbers = |of: fn(&Tombstone) -> i64| Column::Number(slice.iter().map(of).collect());
            transaction!(self, "restore_tombstones", |tx| {
                let columns = [
                    Column::Bytes(slice.iter().map(|one| one.mark.to_vec()).collect()),
                    numbers(|one| one.version),
                    numbers(|one| one.hlc),
                    numbers(|one| one.erased_at.micros()),
                ];
                let values = Values::of([tenant.as_str().into()]).columns(columns);
                tx.execute(&RESTORE_TOMBSTONES, values).await?;
                Ok(Ending::Commit(()))
            })?;
        }
        Ok(())
    }

    /// Goes on with a walk: the next people of a tenant who have one of those marks, each with theirs.
    ///
    /// # Errors
    /// [`StoreError::KeyMissing`] without a key for tombstones; what the database says, or [`StoreError::Inconsistent`].
    pub async fn walk_marked<T>(
        &self,
        tenant: &TenantId,
        marks: &HashMap<Mark, T>,
        walk: &mut PeopleWalk,
    ) -> Result<BTreeMap<ProfileKey, Mark>, StoreError> {
        let key = self.options().tombstones.as_ref().ok_or(StoreError::KeyMissing)?;
        let mut found = BTreeMap::new();
        for row in self.slice(tenant, walk).await? {
            let person = key_of(&row)?;
            let mark = key.mark(tenant, &person);
            if marks.contains_key(&mark) {
                found.insert(person, mark);
            }
        }
        Ok(found)
    }

    /// The next rows of a walk, which moves on past them.
    async fn slice(&self, tenant: &TenantId, walk: &mut PeopleWalk) -> Result<Vec<Row>, StoreError> {
        let (sql, table, place): (Sql, &str, Vec<Value>) = match &*walk {
            PeopleWalk::Begun => (WALK_PEOPLE, "profile", vec!["".into(), "".into()]),
            PeopleWalk::Known(last) => {
                (WALK_PEOPLE, "profile", vec![last.table.as_str().into(), last.id.as_str().into()])
            }
            PeopleWalk::Opened(person, last) => {
                let (table, id) =
                    last.as_ref().map_or(("", ""), |last| (last.table.as_str(), last.id.as_str()));
                (WALK_OPENED, "last_open", vec![(*person).into(), table.into(), id.into()])
            }
            PeopleWalk::Recorded(last) => {
                let place = vec![last.id.0.to_vec().into(), last.occurred_at.micros().into()];
                (WALK_RECORDED, "interaction", place)
            }
            PeopleWalk::Done => return Ok(Vec::new()),
        };
        let place = place.into_iter().chain([number(SLICE).into()]);
        let values = Values::of(std::iter::once(tenant.as_str().into()).chain(place));
        let rows = self.rows(&sql, table, values).await?;
        let last = rows.last().filter(|_| rows.len() == SLICE);
        *walk = match (&*walk, last) {
            (PeopleWalk::Begun | PeopleWalk::Known(_), Some(last)) => PeopleWalk::Known(key_of(last)?),
            (PeopleWalk::Begun | PeopleWalk::Known(_), None) => PeopleWalk::Opened(i64::MIN, None),
            (PeopleWalk::Opened(..), Some(last)) => {
                PeopleWalk::Opened(last.number("person")?, Some(key_of(last)?))
            }
            (PeopleWalk::Opened(..), None) => {
                PeopleWalk::Recorded(InteractionKey { id: InteractionId([0; 16]), occurred_at: Instant::MIN })
            }
            (PeopleWalk::Recorded(_), Some(last)) => PeopleWalk::Recorded(InteractionKey {
                id: InteractionId(last.array("interaction_id")?),
                occurred_at: last.instant("occurred_at")?,
            }),
            (PeopleWalk::Recorded(_) | PeopleWalk::Done, _) => PeopleWalk::Done,
        };
        Ok(rows)
    }
}

fn tombstone(mark: Mark, row: &Row) -> Result<Tombstone, StoreError> {
    let erased_at = row.instant("erased_at")?;
    Ok(Tombstone { mark, version: row.number("version")?, hlc: row.number("hlc")?, erased_at })
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
