//! History rows for those who have none: whom a service of an earlier schema wrote last.

use std::collections::BTreeSet;

use assent_domain::id::TenantId;

use crate::Store;
use crate::consent::{lock_several, release};
use crate::error::StoreError;
use crate::profile::{ProfileKey, key_columns, key_of};
use crate::statement::{Column, Sql, Values, sql};
use crate::transaction::{Ending, transaction};

const WALK_HISTORIES: Sql = sql!("walk_histories");
const SAVE_HISTORIES: Sql = sql!("save_histories");

/// How many people are looked at at once.
const LOOKED_AT: i64 = 1_000;

/// How many are locked at once: whoever writes one of them waits for it.
const FILLED: usize = 100;

impl Store {
    /// Writes the history rows of those among the next people who have none, and gives the last one looked at; `None`: there is
    /// nobody after `after`.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn fill_histories(
        &self,
        tenant: &TenantId,
        after: Option<&ProfileKey>,
    ) -> Result<Option<ProfileKey>, StoreError> {
        let (table, id) = after.map_or(("", ""), |after| (after.table.as_str(), after.id.as_str()));
        let values = Values::of([tenant.as_str().into(), table.into(), id.into(), LOOKED_AT.into()]);
        let (mut bare, mut last) = (Vec::new(), None);
        for row in self.rows(&WALK_HISTORIES, "profile", values).await? {
            let key = key_of(&row)?;
            if row.number("bare")? != 0 {
                bare.push(key.clone());
            }
            last = Some(key);
        }
        for some in bare.chunks(FILLED) {
            self.fill(tenant, some).await?;
        }
        Ok(last)
    }

    async fn fill(&self, tenant: &TenantId, who: &[ProfileKey]) -> Result<(), StoreError> {
        transaction!(self, "fill_histories", |tx| {
            let (loaded, made) = lock_several(tx, tenant, who).await?;
            release(tx, tenant, &made.iter().collect::<Vec<_>>()).await?;
            let made: BTreeSet<ProfileKey> = made.into_iter().collect();
            let mut histories = Vec::new();
            let mut keys = Vec::new();
            for (key, profile) in &loaded.profiles {
                if let (false, Some(row)) = (made.contains(key), profile.subject().history_row()) {
                    keys.push(key);
                    histories.push(row);
                }
            }
            if keys.is_empty() {
                return Ok(Ending::Rollback(()));
            }
            let columns = key_columns(&keys).into_iter().chain([Column::Bytes(histories)]);
            tx.execute(&SAVE_HISTORIES, Values::of([tenant.as_str().into()]).columns(columns)).await?;
            Ok(Ending::Commit(()))
        })
    }
}
