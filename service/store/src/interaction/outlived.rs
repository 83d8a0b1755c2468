//! Deleting what has outlived its retention: rows and sends slice by slice, and the feed's oldest positions.
//! How long what is kept, the caller says. Last devices go in `aged_device.rs`.

use std::collections::BTreeMap;

use assent_domain::id::{InteractionId, TableId, TenantId};
use assent_domain::interaction::{InteractionKind, MAX_AHEAD};
use assent_domain::time::Instant;

use super::code;
use super::feed::{InteractionKey, key_columns};
use crate::Store;
use crate::error::StoreError;
use crate::row::Row;
use crate::statement::{Column, Sql, Values, sql};
use crate::transaction::{Ending, transaction};

const LIST_RECORDERS: Sql = sql!("list_recorders");
const LIST_AGED: Sql = sql!("list_aged");
const DELETE_INTERACTIONS: Sql = sql!("delete_interactions");
const DELETE_SENDS: Sql = sql!("delete_sends");
const LOCK_BATCH_HEAD: Sql = sql!("lock_batch_head");
const LIST_OUTLIVED: Sql = sql!("list_outlived");
const DELETE_FEED: Sql = sql!("delete_feed");
const DELETE_BATCHES: Sql = sql!("delete_batches");
const RAISE_BATCH_OLDEST: Sql = sql!("raise_batch_oldest");

/// How many rows one slice looks at and deletes at most.
const SLICE: i64 = 1000;

/// A walk through a tenant's rows that may have outlived their retention, in the order of their ids.
#[derive(Clone, Copy, Debug)]
pub struct Walk {
    after: InteractionKey,
    done: bool,
}

impl Default for Walk {
    fn default() -> Self {
        let after = InteractionKey { id: InteractionId([0; 16]), occurred_at: Instant::MIN };
        Self { after, done: false }
    }
}

impl Walk {
    /// Whether it has come to its end.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.done
    }
}

impl Store {
    /// The tenants that ever recorded an interaction.
    ///
    /// # Errors
    /// What the database says.
    pub async fn recorders(&self) -> Result<Vec<TenantId>, StoreError> {
        let rows = self.rows(&LIST_RECORDERS, "interaction_head", Values::default()).await?;
        let tenant = |row: &Row| TenantId::new(row.text("tenant")?).map_err(|_| row.wrong("tenant"));
        rows.iter().map(tenant).collect()
    }

    /// Goes on with a walk: deletes the next rows, and the sends they are of, that occurred before the instant
    /// from which their profile table keeps them. Rows of a table that is not named stay. Says how many went.
    ///
    /// # Errors
    /// What the database says. What was deleted by then stays deleted.
    pub async fn delete_outlived(
        &self,
        tenant: &TenantId,
        kept_from: &BTreeMap<TableId, Instant>,
        walk: &mut Walk,
    ) -> Result<u64, StoreError> {
        let Some(latest) = kept_from.values().max() else {
            walk.done = true;
            return Ok(0);
        };
        let tables = kept_from.keys().map(|table| table.as_str().to_owned()).collect();
        let instants = kept_from.values().map(|from| from.micros()).collect();
        let values = Values::of([
            tenant.as_str().into(),
            walk.after.id.0.to_vec().into(),
            walk.after.occurred_at.micros().into(),
            latest.micros().into(),
            SLICE.into(),
        ]);
        let values = values.columns([Column::Text(tables), Column::Number(instants)]);
        let rows = self.rows(&LIST_AGED, "interaction", values).await?;
        let mut outlived = Outlived::default();
        for row in &rows {
            walk.after = InteractionKey {
                id: InteractionId(row.array("interaction_id")?),
                occurred_at: row.instant("occurred_at")?,
            };
            if row.number("outlived")? != 0 {
                outlived.push(walk.after, row)?;
            }
        }
        walk.done = i64::try_from(rows.len()).unwrap_or(SLICE) < SLICE;
        if outlived.keys.is_empty() {
            return Ok(0);
        }
        transaction!(self, "delete_outlived", |tx| {
            let tenant_and = |columns: Vec<Column>| Values::of([tenant.as_str().into()]).columns(columns);
            if !outlived.sends.is_empty() {
                tx.execute(&DELETE_SENDS, tenant_and(outlived.send_columns())).await?;
            }
            let keys = key_columns(&outlived.keys).to_vec();
            Ok(Ending::Commit(tx.execute(&DELETE_INTERACTIONS, tenant_and(keys)).await?))
        })
    }

    /// Takes the oldest batches off a tenant's feed, by position alone and up to the first one that may hold a
    /// row that occurred at or after `kept_from`, and says how many they were: a slice of them.
    ///
    /// # Errors
    /// What the database says.
    pub async fn trim_batches(
        &self,
        tenant: &TenantId,
        kept_from: Instant,
        now: Instant,
    ) -> Result<u64, StoreError> {
        let alone = Values::of([tenant.as_str().into()]);
        transaction!(self, "trim_batches", |tx| {
            let head = tx.rows(&LOCK_BATCH_HEAD, "interaction_head", alone.clone()).await?;
            let Some(head) = head.first() else { return Ok(Ending::Rollback(0)) };
            let oldest = head.number("oldest_position")?;
            let values = Values::of([tenant.as_str().into(), oldest.into(), SLICE.into()]);
            let mut batches = Vec::new();
            let mut raised = oldest;
            for row in tx.rows(&LIST_OUTLIVED, "interaction_feed", values).await? {
                // Nothing is dated further ahead of the instant at which it is recorded.
                if row.instant("recorded_at")?.plus(MAX_AHEAD) >= kept_from {
                    break;
                }
                batches.push(row.bytes("batch_id")?);
                raised = row.number("position")?.saturating_add(1);
            }
            if batches.is_empty() {
                return Ok(Ending::Rollback(0));
            }
            let count = u64::try_from(batches.len()).unwrap_or(u64::MAX);
            let ids = Values::of([tenant.as_str().into()]).columns([Column::Bytes(batches)]);
            tx.execute(&DELETE_BATCHES, ids).await?;
            tx.execute(&DELETE_FEED, Values::of([tenant.as_str().into(), raised.into()])).await?;
            let head = Values::of([tenant.as_str().into(), raised.into(), now.micros().into()]);
            tx.execute(&RAISE_BATCH_OLDEST, head).await?;
            Ok(Ending::Commit(count))
        })
    }
}

/// What one slice deletes.
#[derive(Default)]
struct Outlived {
    keys: Vec<InteractionKey>,
    sends: Vec<(InteractionKey, i64, String)>,
}

impl Outlived {
    fn push(&mut self, key: InteractionKey, row: &Row) -> Result<(), StoreError> {
        self.keys.push(key);
        if row.number("kind")? == code::kind(InteractionKind::Send) {
            self.sends.push((key, row.number("person")?, row.text("message")?));
        }
        Ok(())
    }

    fn send_columns(&self) -> Vec<Column> {
        vec![
            Column::Number(self.sends.iter().map(|(_, person, _)| *person).collect()),
            Column::Text(self.sends.iter().map(|(_, _, message)| message.clone()).collect()),
            Column::Number(self.sends.iter().map(|(key, ..)| key.occurred_at.micros()).collect()),
            Column::Bytes(self.sends.iter().map(|(key, ..)| key.id.0.to_vec()).collect()),
        ]
    }
}
