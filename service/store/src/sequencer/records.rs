//! Records get their positions in the ledger, and the hash chain with them.
//!
//! They are ordered by the logical clock of their profile. One profile's records are written under the lock
//! on the profile, so their order is kept whatever the order of the commits.

use assent_domain::id::TenantId;
use assent_domain::ledger::{ChainHash, Head, Leaf, genesis};
use assent_domain::time::Instant;
use sea_orm::Value;

use super::step::Numbered;
use super::{Sequencer, StepSql};
use crate::error::StoreError;
use crate::ledger::FeedHead;
use crate::row::Row;
use crate::statement::{Column, sql};
use crate::transaction::{Ending, transaction};

impl Sequencer {
    /// How far a tenant's ledger goes once everything committed before the call is numbered. A tenant
    /// without a feed gets one, so that a cursor can name it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn head(&self, tenant: &TenantId, now: Instant) -> Result<FeedHead, StoreError> {
        self.catch_up(tenant, now).await?;
        if let Some(head) = self.store.feed_head(tenant).await? {
            return Ok(head);
        }
        transaction!(&self.store, "open_feed", |tx| {
            self.open(tx, tenant, now).await?;
            Ok(Ending::Commit(()))
        })?;
        self.store.feed_head(tenant).await?.ok_or(StoreError::Conflict)
    }
}

/// The records of one step with the positions they get.
#[derive(Debug, Default)]
pub struct Records {
    hlc: Vec<i64>,
    ids: Vec<Vec<u8>>,
    positions: Vec<i64>,
    chains: Vec<Vec<u8>>,
    recorded_up_to: Vec<i64>,
}

impl Numbered for Records {
    const NAME: &'static str = "number_records";
    const PENDING: &'static str = "pending";
    const HEAD: &'static str = "feed_head";

    fn sql() -> StepSql {
        StepSql {
            probe_pending: sql!("probe_pending"),
            open_head: sql!("open_feed"),
            lock_head: sql!("lock_head"),
            read_pending: sql!("read_pending"),
            delete_pending: sql!("delete_pending"),
            insert_numbered: sql!("insert_ledger"),
            advance_head: sql!("advance_head"),
        }
    }

    fn opening(tenant: &TenantId, incarnation: [u8; 16], now: Instant) -> Vec<Value> {
        vec![
            incarnation.to_vec().into(),
            genesis(tenant).0.to_vec().into(),
            Instant::MIN.micros().into(),
            now.micros().into(),
        ]
    }

    fn of(first: &Row, waiting: &[Row]) -> Result<Self, StoreError> {
        let mut head = Head { position: first.count("position")?, chain: ChainHash(first.array("chain")?) };
        let mut recorded_up_to = first.number("recorded_up_to")?;
        let mut numbered = Self::default();
        for row in waiting {
            head = head.extended(&Leaf(row.array("leaf")?));
            recorded_up_to = recorded_up_to.max(row.number("recorded_at")?);
            numbered.hlc.push(row.number("hlc")?);
            numbered.ids.push(row.bytes("record_id")?);
            numbered.positions.push(i64::try_from(head.position).unwrap_or(i64::MAX));
            numbered.chains.push(head.chain.0.to_vec());
            numbered.recorded_up_to.push(recorded_up_to);
        }
        Ok(numbered)
    }

    fn positions(&self) -> &[i64] {
        &self.positions
    }

    fn keys(&self) -> Vec<Column> {
        vec![Column::Number(self.hlc.clone()), Column::Bytes(self.ids.clone())]
    }

    fn rows(&self) -> Vec<Column> {
        vec![
            Column::Number(self.positions.clone()),
            Column::Bytes(self.ids.clone()),
            Column::Bytes(self.chains.clone()),
            Column::Number(self.recorded_up_to.clone()),
        ]
    }

    fn head(&self, now: Instant) -> Vec<Value> {
        let last = |column: &[i64]| column.last().copied().unwrap_or_default();
        vec![
            last(&self.positions).into(),
            self.chains.last().cloned().unwrap_or_default().into(),
            last(&self.recorded_up_to).into(),
            now.micros().into(),
        ]
    }
}
