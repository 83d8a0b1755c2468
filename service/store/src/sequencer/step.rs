//! One step: a short transaction of separate statements.

use assent_domain::id::TenantId;
use assent_domain::ledger::{ChainHash, Head, Leaf, genesis};
use assent_domain::time::Instant;

use super::{STEP_MAX, Sequencer};
use crate::error::StoreError;
use crate::row::Row;
use crate::statement::{Column, Values};
use crate::transaction::{Ending, Stop, Tx, transaction};

impl Sequencer {
    /// Numbers up to [`STEP_MAX`] records and says how many they were.
    ///
    /// # Errors
    /// - [`StoreError::Misnumbered`]: a row it read was numbered by another step. Nothing is stored.
    /// - What the database says.
    pub async fn step(&self, tenant: &TenantId, now: Instant) -> Result<u64, StoreError> {
        let tenant_alone = Values::of([tenant.as_str().into()]);
        if self.store.rows(&self.sql.probe_pending, "pending", tenant_alone.clone()).await?.is_empty() {
            return Ok(0);
        }
        transaction!(&self.store, "number_records", |tx| {
            if tx.rows(&self.sql.lock_head, "feed_head", tenant_alone.clone()).await?.is_empty() {
                self.open(tx, tenant, now).await?;
                tx.rows(&self.sql.lock_head, "feed_head", tenant_alone.clone()).await?;
            }
            let values = Values::of([tenant.as_str().into(), i64::from(STEP_MAX).into()]);
            let waiting = tx.rows(&self.sql.read_pending, "pending", values).await?;
            let Some(numbered) = Numbered::of(&waiting)? else { return Ok(Ending::Rollback(0)) };
            self.store_step(tx, tenant, &numbered, now).await?;
            Ok(Ending::Commit(numbered.count()))
        })
    }

    pub(super) async fn open(&self, tx: &Tx, tenant: &TenantId, now: Instant) -> Result<(), Stop> {
        let values = Values::of([
            tenant.as_str().into(),
            self.incarnation.to_vec().into(),
            genesis(tenant).0.to_vec().into(),
            Instant::MIN.micros().into(),
            now.micros().into(),
        ]);
        tx.execute(&self.sql.open_feed, values).await?;
        Ok(())
    }

    async fn store_step(
        &self,
        tx: &Tx,
        tenant: &TenantId,
        numbered: &Numbered,
        now: Instant,
    ) -> Result<(), Stop> {
        let tenant_and = |columns: Vec<Column>| Values::of([tenant.as_str().into()]).columns(columns);
        let keys = vec![Column::Number(numbered.hlc.clone()), Column::Bytes(numbered.records.clone())];
        if tx.execute(&self.sql.delete_pending, tenant_and(keys)).await? != numbered.count() {
            let position = numbered.positions.first().copied().unwrap_or_default();
            return Err(StoreError::Misnumbered { position: position.unsigned_abs() }.into());
        }
        let rows = vec![
            Column::Number(numbered.positions.clone()),
            Column::Bytes(numbered.records.clone()),
            Column::Bytes(numbered.chains.clone()),
            Column::Number(numbered.recorded_up_to.clone()),
        ];
        tx.execute(&self.sql.insert_ledger, tenant_and(rows)).await?;
        let last = |column: &[i64]| column.last().copied().unwrap_or_default();
        let head = Values::of([
            tenant.as_str().into(),
            last(&numbered.positions).into(),
            numbered.chains.last().cloned().unwrap_or_default().into(),
            last(&numbered.recorded_up_to).into(),
            now.micros().into(),
        ]);
        tx.execute(&self.sql.advance_head, head).await?;
        Ok(())
    }
}

/// The rows of one step with the positions they get.
#[derive(Default)]
struct Numbered {
    hlc: Vec<i64>,
    records: Vec<Vec<u8>>,
    positions: Vec<i64>,
    chains: Vec<Vec<u8>>,
    recorded_up_to: Vec<i64>,
}

impl Numbered {
    /// Numbers the rows in their order, on from the head they were read with. `None`: nothing waits.
    fn of(waiting: &[Row]) -> Result<Option<Self>, StoreError> {
        let Some(first) = waiting.first() else { return Ok(None) };
        let mut head = Head { position: first.count("position")?, chain: ChainHash(first.array("chain")?) };
        let mut recorded_up_to = first.number("recorded_up_to")?;
        let mut numbered = Self::default();
        for row in waiting {
            head = head.extended(&Leaf(row.array("leaf")?));
            recorded_up_to = recorded_up_to.max(row.number("recorded_at")?);
            numbered.hlc.push(row.number("hlc")?);
            numbered.records.push(row.bytes("record_id")?);
            numbered.positions.push(i64::try_from(head.position).unwrap_or(i64::MAX));
            numbered.chains.push(head.chain.0.to_vec());
            numbered.recorded_up_to.push(recorded_up_to);
        }
        Ok(Some(numbered))
    }

    fn count(&self) -> u64 {
        u64::try_from(self.positions.len()).unwrap_or(u64::MAX)
    }
}
