//! Deleting last-open days that have outlived their retention: a walk through all of a tenant's, in the order of their keys.
//! Whoever keeps them how long, the caller says.

use std::collections::BTreeMap;

use assent_domain::id::{TableId, TenantId};
use assent_domain::time::Day;

use crate::Store;
use crate::error::StoreError;
use crate::row::Row;
use crate::statement::{Column, Sql, Values, sql};
use crate::transaction::{Ending, transaction};

const LIST_OPENERS: Sql = sql!("list_openers");
const LIST_DAYS: Sql = sql!("list_days");
const DELETE_DAYS: Sql = sql!("delete_days");

/// How many rows one slice looks at and deletes at most.
const SLICE: i64 = 1000;

/// A walk through a tenant's last-open days.
#[derive(Clone)]
pub struct DayWalk {
    /// Person, profile table and profile of the last one that was looked at.
    after: (i64, String, String),
    done: bool,
}

impl Default for DayWalk {
    fn default() -> Self {
        Self { after: (i64::MIN, String::new(), String::new()), done: false }
    }
}

impl std::fmt::Debug for DayWalk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DayWalk").field("done", &self.done).finish_non_exhaustive()
    }
}

impl DayWalk {
    /// Whether it has come to its end.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.done
    }
}

impl Store {
    /// The tenants that keep last-open days.
    ///
    /// # Errors
    /// What the database says.
    pub async fn tenants_with_days(&self) -> Result<Vec<TenantId>, StoreError> {
        self.tenants_of(&LIST_OPENERS, "last_open").await
    }

    /// Goes on with a walk: deletes those of the next last-open days that lie before the day from which their profile table
    /// keeps them. Days of a table that is not named stay. Says how many went.
    ///
    /// # Errors
    /// What the database says. What was deleted by then stays deleted.
    pub async fn delete_aged_days(
        &self,
        tenant: &TenantId,
        kept_from: &BTreeMap<TableId, Day>,
        walk: &mut DayWalk,
    ) -> Result<u64, StoreError> {
        let (person, table, profile) = walk.after.clone();
        let after = [tenant.as_str().into(), person.into(), table.into(), profile.into(), SLICE.into()];
        let rows = self.rows(&LIST_DAYS, "last_open", Values::of(after)).await?;
        let (mut people, mut tables, mut profiles, mut days) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for row in &rows {
            let (person, table, profile) =
                (row.number("person")?, row.text("profile_table")?, row.text("profile")?);
            let day = row.number("day")?;
            walk.after = (person, table.clone(), profile.clone());
            let id = TableId::new(table.clone()).map_err(|_| row.wrong("profile_table"))?;
            if kept_from.get(&id).is_some_and(|from| day < from.number()) {
                people.push(person);
                tables.push(table);
                profiles.push(profile);
                days.push(day);
            }
        }
        walk.done = i64::try_from(rows.len()).unwrap_or(SLICE) < SLICE;
        if days.is_empty() {
            return Ok(0);
        }
        let columns =
            [Column::Number(people), Column::Text(tables), Column::Text(profiles), Column::Number(days)];
        let values = Values::of([tenant.as_str().into()]).columns(columns);
        transaction!(self, "delete_days", |tx| {
            Ok(Ending::Commit(tx.execute(&DELETE_DAYS, values.clone()).await?))
        })
    }

    async fn tenants_of(&self, list: &Sql, table: &'static str) -> Result<Vec<TenantId>, StoreError> {
        let rows = self.rows(list, table, Values::default()).await?;
        let tenant = |row: &Row| TenantId::new(row.text("tenant")?).map_err(|_| row.wrong("tenant"));
        rows.iter().map(tenant).collect()
    }
}
