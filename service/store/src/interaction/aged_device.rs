//! Deleting last devices that have outlived their retention: a walk through all of a tenant's, in the order of their
//! keys. Whoever keeps them how long, the caller says.

use std::collections::BTreeMap;

use assent_domain::id::{TableId, TenantId};
use assent_domain::time::Instant;

use crate::Store;
use crate::error::StoreError;
use crate::statement::{Column, Sql, Values, sql};
use crate::transaction::{Ending, transaction};

const LIST_DEVICES: Sql = sql!("list_devices");
const DELETE_DEVICES: Sql = sql!("delete_devices");

/// How many devices one slice looks at and deletes at most.
const SLICE: i64 = 1000;

/// A walk through a tenant's last devices.
#[derive(Clone, Default)]
pub struct DeviceWalk {
    /// Profile table and profile of the last one that was looked at.
    after: (String, String),
    done: bool,
}

impl std::fmt::Debug for DeviceWalk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceWalk").field("done", &self.done).finish_non_exhaustive()
    }
}

impl DeviceWalk {
    /// Whether it has come to its end.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.done
    }
}

impl Store {
    /// Goes on with a walk: deletes those of the next devices that were seen before the instant from which their
    /// profile table keeps them. Devices of a table that is not named stay. Says how many went.
    ///
    /// # Errors
    /// What the database says. What was deleted by then stays deleted.
    pub async fn delete_aged_devices(
        &self,
        tenant: &TenantId,
        kept_from: &BTreeMap<TableId, Instant>,
        walk: &mut DeviceWalk,
    ) -> Result<u64, StoreError> {
        let (table, profile) = walk.after.clone();
        let values = Values::of([tenant.as_str().into(), table.into(), profile.into(), SLICE.into()]);
        let rows = self.rows(&LIST_DEVICES, "last_device", values).await?;
        let (mut tables, mut profiles, mut seen) = (Vec::new(), Vec::new(), Vec::new());
        for row in &rows {
            let (table, profile) = (row.text("profile_table")?, row.text("profile")?);
            let at = row.instant("occurred_at")?;
            walk.after = (table.clone(), profile.clone());
            let id = TableId::new(table.clone()).map_err(|_| row.wrong("profile_table"))?;
            if kept_from.get(&id).is_some_and(|from| at < *from) {
                tables.push(table);
                profiles.push(profile);
                seen.push(at.micros());
            }
        }
        walk.done = i64::try_from(rows.len()).unwrap_or(SLICE) < SLICE;
        if seen.is_empty() {
            return Ok(0);
        }
        let columns = [Column::Text(tables), Column::Text(profiles), Column::Number(seen)];
        let values = Values::of([tenant.as_str().into()]).columns(columns);
        transaction!(self, "delete_devices", |tx| {
            Ok(Ending::Commit(tx.execute(&DELETE_DEVICES, values.clone()).await?))
        })
    }
}
