//! Numbering batches after they were committed, as records are numbered (`crate::sequencer`).
//!
//! The shape of a step is the same, and so is why it loses nothing. The statements are others: a batch has no
//! leaf to chain and no clock of its own to be ordered by, so that what is shared is how runs are joined.

use assent_domain::id::TenantId;
use assent_domain::time::Instant;

use crate::Store;
use crate::error::StoreError;
use crate::joined::Joined;
use crate::row::Row;
use crate::sequencer::STEP_MAX;
use crate::statement::{Column, Sql, Values, sql};
use crate::transaction::{Ending, transaction};

const LIST_BATCH_TENANTS: Sql = sql!("list_batch_tenants");

/// The statements of a step, in the order in which they run. The service takes the default ones.
#[derive(Clone, Debug)]
pub struct BatchSequencerSql {
    /// Whether anything waits. Outside the transaction.
    pub probe_batch: Sql,
    /// Makes the head of a tenant that has none.
    pub open_batch_feed: Sql,
    /// Locks the head.
    pub lock_batch_head: Sql,
    /// Reads the head and the oldest pending rows, with a snapshot taken after the lock was got.
    pub read_batch_pending: Sql,
    /// Deletes what was read, by the whole primary key.
    pub delete_batch_pending: Sql,
    /// Gives the positions.
    pub insert_batch_feed: Sql,
    /// Moves the head.
    pub advance_batch_head: Sql,
}

impl Default for BatchSequencerSql {
    fn default() -> Self {
        Self {
            probe_batch: sql!("probe_batch"),
            open_batch_feed: sql!("open_batch_feed"),
            lock_batch_head: sql!("lock_batch_head"),
            read_batch_pending: sql!("read_batch_pending"),
            delete_batch_pending: sql!("delete_batch_pending"),
            insert_batch_feed: sql!("insert_batch_feed"),
            advance_batch_head: sql!("advance_batch_head"),
        }
    }
}

/// Gives positions to the batches that wait for one.
#[derive(Debug)]
pub struct BatchSequencer {
    store: Store,
    sql: BatchSequencerSql,
    incarnation: [u8; 16],
    runs: Joined,
}

impl BatchSequencer {
    /// A sequencer that works with those statements. `incarnation` is 16 random bytes; it names the feeds
    /// that are made anew, and no other.
    #[must_use]
    pub fn new(store: Store, sql: BatchSequencerSql, incarnation: [u8; 16]) -> Self {
        Self { store, sql, incarnation, runs: Joined::default() }
    }

    /// Numbers everything of a tenant that was committed before the call. Callers that wait at the same
    /// time share one run, as long as it began after they came.
    ///
    /// # Errors
    /// What the database says.
    pub async fn catch_up(&self, tenant: &TenantId, now: Instant) -> Result<(), StoreError> {
        let steps = async {
            while self.step(tenant, now).await? == u64::from(STEP_MAX) {}
            Ok(())
        };
        self.runs.run(tenant, steps).await
    }

    /// Numbers up to [`STEP_MAX`] batches and says how many they were.
    ///
    /// # Errors
    /// - [`StoreError::Misnumbered`]: a row it read was numbered by another step. Nothing is stored.
    /// - What the database says.
    pub async fn step(&self, tenant: &TenantId, now: Instant) -> Result<u64, StoreError> {
        let alone = Values::of([tenant.as_str().into()]);
        let pending = "interaction_pending";
        if self.store.rows(&self.sql.probe_batch, pending, alone.clone()).await?.is_empty() {
            return Ok(0);
        }
        transaction!(&self.store, "number_batches", |tx| {
            let head = "interaction_head";
            if tx.rows(&self.sql.lock_batch_head, head, alone.clone()).await?.is_empty() {
                let incarnation = self.incarnation.to_vec().into();
                let values = Values::of([tenant.as_str().into(), incarnation, now.micros().into()]);
                tx.execute(&self.sql.open_batch_feed, values).await?;
                tx.rows(&self.sql.lock_batch_head, head, alone.clone()).await?;
            }
            let values = Values::of([tenant.as_str().into(), i64::from(STEP_MAX).into()]);
            let waiting = tx.rows(&self.sql.read_batch_pending, pending, values).await?;
            let Some(numbered) = Numbered::of(&waiting)? else { return Ok(Ending::Rollback(0)) };
            let tenant_and = |columns: Vec<Column>| Values::of([tenant.as_str().into()]).columns(columns);
            let keys =
                vec![Column::Number(numbered.recorded_at.clone()), Column::Bytes(numbered.batches.clone())];
            if tx.execute(&self.sql.delete_batch_pending, tenant_and(keys)).await? != numbered.count() {
                let position = numbered.positions.first().copied().unwrap_or_default();
                return Err(StoreError::Misnumbered { position: position.unsigned_abs() }.into());
            }
            let count = numbered.count();
            let last = numbered.positions.last().copied().unwrap_or_default();
            let rows = vec![
                Column::Number(numbered.positions),
                Column::Bytes(numbered.batches),
                Column::Number(numbered.recorded_at),
            ];
            tx.execute(&self.sql.insert_batch_feed, tenant_and(rows)).await?;
            let head = Values::of([tenant.as_str().into(), last.into(), now.micros().into()]);
            tx.execute(&self.sql.advance_batch_head, head).await?;
            Ok(Ending::Commit(count))
        })
    }
}

impl Store {
    /// The tenants with batches that wait to be numbered: for the background task.
    ///
    /// # Errors
    /// What the database says.
    pub async fn tenants_with_pending_batches(&self) -> Result<Vec<TenantId>, StoreError> {
        let rows = self.rows(&LIST_BATCH_TENANTS, "interaction_pending", Values::default()).await?;
        let tenant = |row: &Row| TenantId::new(row.text("tenant")?).map_err(|_| row.wrong("tenant"));
        rows.iter().map(tenant).collect()
    }
}

/// The rows of one step with the positions they get.
#[derive(Default)]
struct Numbered {
    recorded_at: Vec<i64>,
    batches: Vec<Vec<u8>>,
    positions: Vec<i64>,
}

impl Numbered {
    /// Numbers the rows in their order, on from the head they were read with. `None`: nothing waits.
    fn of(waiting: &[Row]) -> Result<Option<Self>, StoreError> {
        let Some(first) = waiting.first() else { return Ok(None) };
        let mut position = first.number("position")?;
        let mut numbered = Self::default();
        for row in waiting {
            position = position.saturating_add(1);
            numbered.recorded_at.push(row.number("recorded_at")?);
            numbered.batches.push(row.bytes("batch_id")?);
            numbered.positions.push(position);
        }
        Ok(Some(numbered))
    }

    fn count(&self) -> u64 {
        u64::try_from(self.positions.len()).unwrap_or(u64::MAX)
    }
}
