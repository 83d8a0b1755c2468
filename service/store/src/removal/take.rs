//! Taking away what removals take, in bounded slices.
//!
//! Each slice is a transaction that locks the people first: nobody can grant meanwhile, so that what is recorded after a later
//! grant is never taken for what was recorded before it.

use std::collections::{BTreeMap, BTreeSet};

use assent_domain::id::{InteractionId, TenantId};
use assent_domain::removal::Removal;
use assent_domain::time::Instant;

use super::{DueRemoval, Taken};
use crate::Store;
use crate::consent::{Loaded, lock_several, release};
use crate::error::StoreError;
use crate::interaction::InteractionKey;
use crate::interaction::feed::key_columns;
use crate::interaction::row::person;
use crate::profile::ProfileKey;
use crate::statement::{Column, Sql, Values, sql};
use crate::transaction::{Ending, Stop, Tx, transaction};

const LIST_REMOVED: Sql = sql!("list_removed");
const DELETE_INTERACTIONS: Sql = sql!("delete_interactions");
const TAKE_REMOVALS: Sql = sql!("take_removals");
const END_REMOVALS: Sql = sql!("end_removals");

/// How many interactions one slice deletes at most.
const ROWS: usize = 1000;

impl Store {
    /// Takes away a slice of what these removals take, and says whether that was all. `decide` says what each takes, in order, of
    /// its person as they are under the lock; it must be pure: it is called again when others stood in the way.
    ///
    /// Those that are to be done once more are put off until then; the others stay due until they are ended.
    ///
    /// # Errors
    /// What the database says. What was deleted by then stays deleted.
    pub async fn take_removals(
        &self,
        tenant: &TenantId,
        due: &[DueRemoval],
        now: Instant,
        mut decide: impl FnMut(&Loaded) -> Vec<Vec<Removal>>,
    ) -> Result<bool, StoreError> {
        let people: BTreeSet<&ProfileKey> = due.iter().map(|due| &due.person).collect();
        let people: Vec<ProfileKey> = people.into_iter().cloned().collect();
        transaction!(self, "take_removals", |tx| {
            let (loaded, made) = lock_several(tx, tenant, &people).await?;
            release(tx, tenant, &made.iter().collect::<Vec<_>>()).await?;
            let mut taken = Taken::default();
            for (due, removals) in due.iter().zip(decide(&loaded)) {
                removals.iter().for_each(|removal| taken.push(&due.person, removal));
            }
            let all = delete_rows(tx, tenant, &taken.rows).await?;
            if all {
                let put_off = due.iter().filter(|due| !due.is_last(now));
                let values = Values::of([tenant.as_str().into()])
                    .columns(taken.devices.into_columns())
                    .columns(taken.days.into_columns())
                    .columns([ids(put_off)]);
                tx.execute(&TAKE_REMOVALS, values).await?;
            }
            Ok(Ending::Commit(all))
        })
    }

    /// Takes those of these removals off the queue that were done for the last time: on SQLite not before the log holds nothing
    /// of what they took. Broken off anywhere they are done again from the start.
    ///
    /// # Errors
    /// What the database says; [`StoreError::Unavailable`] while a reader keeps SQLite's log from being cut.
    pub async fn end_removals(
        &self,
        tenant: &TenantId,
        done: &[DueRemoval],
        now: Instant,
    ) -> Result<(), StoreError> {
        let last: Vec<&DueRemoval> = done.iter().filter(|due| due.is_last(now)).collect();
        if last.is_empty() {
            return Ok(());
        }
        self.forget().await?;
        transaction!(self, "end_removals", |tx| {
            let values = Values::of([tenant.as_str().into()]).columns([ids(last.iter().copied())]);
            tx.execute(&END_REMOVALS, values).await?;
            Ok(Ending::Commit(()))
        })
    }

    /// Deletes those interactions.
    ///
    /// # Errors
    /// What the database says.
    pub async fn delete_interactions(
        &self,
        tenant: &TenantId,
        keys: &[InteractionKey],
    ) -> Result<(), StoreError> {
        transaction!(self, "delete_interactions", |tx| {
            let values = Values::of([tenant.as_str().into()]).columns(key_columns(keys));
            tx.execute(&DELETE_INTERACTIONS, values).await?;
            Ok(Ending::Commit(()))
        })
    }
}

/// Deletes a slice of those rows, and says whether it was the last.
async fn delete_rows(
    tx: &Tx,
    tenant: &TenantId,
    taken: &BTreeMap<(ProfileKey, i64, i64), i64>,
) -> Result<bool, Stop> {
    if taken.is_empty() {
        return Ok(true);
    }
    let mut numbers: [Vec<i64>; 4] = Default::default();
    let mut texts: [Vec<String>; 2] = Default::default();
    for ((who, since, until), kinds) in taken {
        let row = [person(who), *kinds, *since, *until];
        numbers.iter_mut().zip(row).for_each(|(column, number)| column.push(number));
        let row = [who.table.as_str(), who.id.as_str()];
        texts.iter_mut().zip(row).for_each(|(column, text)| column.push(text.to_owned()));
    }
    let [people, kinds, since, until] = numbers.map(Column::Number);
    let [tables, profiles] = texts.map(Column::Text);
    let limit = i64::try_from(ROWS).unwrap_or(i64::MAX);
    let values = Values::of([tenant.as_str().into(), limit.into()])
        .columns([people, tables, profiles, kinds, since, until]);
    let mut found = Vec::new();
    for row in tx.rows(&LIST_REMOVED, "interaction", values).await? {
        let id = InteractionId(row.array("interaction_id")?);
        found.push(InteractionKey { id, occurred_at: row.instant("occurred_at")? });
    }
    if found.is_empty() {
        return Ok(true);
    }
    // In one order, so that two replicas at the same work wait for each other, not in a circle.
    found.sort_unstable();
    let values = Values::of([tenant.as_str().into()]).columns(key_columns(&found));
    tx.execute(&DELETE_INTERACTIONS, values).await?;
    Ok(found.len() < ROWS)
}

fn ids<'a>(removals: impl Iterator<Item = &'a DueRemoval>) -> Column {
    Column::Bytes(removals.map(|due| due.record.0.to_vec()).collect())
}
