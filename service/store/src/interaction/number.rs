//! Batches get their positions in the feed of interactions, as records do in the ledger (`crate::sequencer`).
//!
//! They are ordered by the clock of their transaction: a batch has no clock of its own, and no leaf to chain.

use assent_domain::id::TenantId;
use assent_domain::time::Instant;
use sea_orm::Value;

use crate::Store;
use crate::error::StoreError;
use crate::row::Row;
use crate::sequencer::{Numbered, Numbering, StepSql};
use crate::statement::{Column, Sql, Values, sql};

const LIST_BATCH_TENANTS: Sql = sql!("list_batch_tenants");

/// Gives positions to the batches that wait for one.
pub type BatchSequencer = Numbering<Batches>;

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

/// The batches of one step with the positions they get.
#[derive(Debug, Default)]
pub struct Batches {
    recorded_at: Vec<i64>,
    ids: Vec<Vec<u8>>,
    positions: Vec<i64>,
}

impl Numbered for Batches {
    const NAME: &'static str = "number_batches";
    const PENDING: &'static str = "interaction_pending";
    const HEAD: &'static str = "interaction_head";

    fn sql() -> StepSql {
        StepSql {
            probe_pending: sql!("probe_batch"),
            open_head: sql!("open_batch_feed"),
            lock_head: sql!("lock_batch_head"),
            read_pending: sql!("read_batch_pending"),
            delete_pending: sql!("delete_batch_pending"),
            insert_numbered: sql!("insert_batch_feed"),
            advance_head: sql!("advance_batch_head"),
        }
    }

    fn opening(_: &TenantId, incarnation: [u8; 16], now: Instant) -> Vec<Value> {
        vec![incarnation.to_vec().into(), now.micros().into()]
    }

    fn of(first: &Row, waiting: &[Row]) -> Result<Self, StoreError> {
        let mut position = first.number("position")?;
        let mut numbered = Self::default();
        for row in waiting {
            position = position.saturating_add(1);
            numbered.recorded_at.push(row.number("recorded_at")?);
            numbered.ids.push(row.bytes("batch_id")?);
            numbered.positions.push(position);
        }
        Ok(numbered)
    }

    fn positions(&self) -> &[i64] {
        &self.positions
    }

    fn keys(&self) -> Vec<Column> {
        vec![Column::Number(self.recorded_at.clone()), Column::Bytes(self.ids.clone())]
    }

    fn rows(&self) -> Vec<Column> {
        vec![
            Column::Number(self.positions.clone()),
            Column::Bytes(self.ids.clone()),
            Column::Number(self.recorded_at.clone()),
        ]
    }

    fn head(&self, now: Instant) -> Vec<Value> {
        vec![self.positions.last().copied().unwrap_or_default().into(), now.micros().into()]
    }
}
