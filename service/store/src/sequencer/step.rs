//! One step: a short transaction of separate statements, whatever it numbers.
//!
//! It locks the tenant's head, reads the lowest pending rows, deletes them, inserts them with their
//! positions, and moves the head. Three things in it look as if they could be simpler, and are traps:
//!
//! 1. The lock and the read are two statements. In one, the snapshot is as old as the wait for the lock, and
//!    shows rows that another step has numbered and deleted meanwhile: positions are given twice.
//! 2. The read takes the lowest rows of all, not of the last seconds. What a long transaction commits is old
//!    when it is first seen; passed over, it is numbered behind what came after it.
//! 3. The delete names each row by its whole primary key. By anything less the table is walked for every row,
//!    and a row that was never read may go with those that were: lost. The count tells; a step whose count is
//!    wrong stores nothing.
//!
//! What is deliberately not here: what a position is given to, and what is stored beside it ([`Numbered`]).

use std::fmt::Debug;

use assent_domain::id::TenantId;
use assent_domain::time::Instant;
use sea_orm::Value;

use super::{Numbering, STEP_MAX, StepSql};
use crate::error::StoreError;
use crate::row::Row;
use crate::statement::{Column, Values};
use crate::transaction::{Ending, Stop, Tx, transaction};

/// The rows of one step with the positions they get.
pub trait Numbered: Debug + Send + Sync + Sized {
    /// What the transaction is called.
    const NAME: &'static str;
    /// The table of what waits.
    const PENDING: &'static str;
    /// The table of heads.
    const HEAD: &'static str;

    /// The statements of the service.
    fn sql() -> StepSql;

    /// The head of a feed that has not begun, after its tenant.
    fn opening(tenant: &TenantId, incarnation: [u8; 16], now: Instant) -> Vec<Value>;

    /// Numbers `waiting` in its order, on from the head that its `first` row was read with.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`]: a row is not what this program writes.
    fn of(first: &Row, waiting: &[Row]) -> Result<Self, StoreError>;

    /// The positions, in order.
    fn positions(&self) -> &[i64];

    /// The pending rows' whole primary keys, after their tenant.
    fn keys(&self) -> Vec<Column>;

    /// The numbered rows, after their tenant.
    fn rows(&self) -> Vec<Column>;

    /// The head as the last row leaves it, after its tenant.
    fn head(&self, now: Instant) -> Vec<Value>;
}

impl<N: Numbered> Numbering<N> {
    /// Numbers up to [`STEP_MAX`] of what waits and says how many they were.
    ///
    /// # Errors
    /// - [`StoreError::Misnumbered`]: a row it read was numbered by another step, or more went than it read.
    ///   Nothing is stored.
    /// - What the database says.
    pub async fn step(&self, tenant: &TenantId, now: Instant) -> Result<u64, StoreError> {
        if self.store.rows(&self.sql.probe_pending, N::PENDING, after(tenant, [])).await?.is_empty() {
            return Ok(0);
        }
        transaction!(&self.store, name = N::NAME, |tx| {
            if tx.rows(&self.sql.lock_head, N::HEAD, after(tenant, [])).await?.is_empty() {
                self.open(tx, tenant, now).await?;
                tx.rows(&self.sql.lock_head, N::HEAD, after(tenant, [])).await?;
            }
            let most = after(tenant, [i64::from(STEP_MAX).into()]);
            let waiting = tx.rows(&self.sql.read_pending, N::PENDING, most).await?;
            let Some(first) = waiting.first() else { return Ok(Ending::Rollback(0)) };
            self.store_step(tx, tenant, &N::of(first, &waiting)?, now).await.map(Ending::Commit)
        })
    }

    pub(super) async fn open(&self, tx: &Tx, tenant: &TenantId, now: Instant) -> Result<(), Stop> {
        let head = N::opening(tenant, self.incarnation, now);
        tx.execute(&self.sql.open_head, after(tenant, head)).await?;
        Ok(())
    }

    async fn store_step(&self, tx: &Tx, tenant: &TenantId, numbered: &N, now: Instant) -> Result<u64, Stop> {
        let count = u64::try_from(numbered.positions().len()).unwrap_or(u64::MAX);
        let rows_after = |columns: Vec<Column>| after(tenant, []).columns(columns);
        if tx.execute(&self.sql.delete_pending, rows_after(numbered.keys())).await? != count {
            let position = numbered.positions().first().copied().unwrap_or_default();
            return Err(StoreError::Misnumbered { position: position.unsigned_abs() }.into());
        }
        tx.execute(&self.sql.insert_numbered, rows_after(numbered.rows())).await?;
        tx.execute(&self.sql.advance_head, after(tenant, numbered.head(now))).await?;
        Ok(count)
    }
}

/// A statement's values: the tenant and what comes after it.
fn after(tenant: &TenantId, values: impl IntoIterator<Item = Value>) -> Values {
    Values::of(std::iter::once(tenant.as_str().into()).chain(values))
}
