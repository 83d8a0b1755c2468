//! Numbering records after they were committed, so that no position is lost, doubled or out of order.
//!
//! A number taken before the commit (a sequence, a clock) loses records, because commits happen in
//! another order. So writers leave a small pending row, and a step gives the positions: one short
//! transaction that locks the tenant's head and *then, in a new statement,* reads the lowest pending
//! rows. A row that is seen there was committed; one that is not seen yet comes in a later step, behind
//! everything this one numbers. One profile's records are ordered by their logical clock and by the
//! lock on the profile, so their order is kept whatever the order of the commits.
//!
//! Any replica may run a step at any time: before each read, and now and then in the background. There
//! is no leader and no lease.

use assent_domain::id::TenantId;
use assent_domain::time::Instant;

use crate::Store;
use crate::error::StoreError;
use crate::joined::Joined;
use crate::ledger::FeedHead;
use crate::statement::{Sql, sql};
use crate::transaction::{Ending, transaction};

mod step;

/// The most records that one step numbers.
pub const STEP_MAX: u32 = 1000;

/// The statements of a step, in the order in which they run. The service takes the default ones.
#[derive(Clone, Debug)]
pub struct SequencerSql {
    /// Whether anything waits. Outside the transaction.
    pub probe_pending: Sql,
    /// Makes the head of a tenant that has none.
    pub open_feed: Sql,
    /// Locks the head.
    pub lock_head: Sql,
    /// Reads the head and the lowest pending rows, with a snapshot taken after the lock was got.
    pub read_pending: Sql,
    /// Deletes what was read, by the whole primary key: by anything less the table is walked for each row.
    pub delete_pending: Sql,
    /// Gives the positions.
    pub insert_ledger: Sql,
    /// Moves the head.
    pub advance_head: Sql,
}

impl Default for SequencerSql {
    fn default() -> Self {
        Self {
            probe_pending: sql!("probe_pending"),
            open_feed: sql!("open_feed"),
            lock_head: sql!("lock_head"),
            read_pending: sql!("read_pending"),
            delete_pending: sql!("delete_pending"),
            insert_ledger: sql!("insert_ledger"),
            advance_head: sql!("advance_head"),
        }
    }
}

/// Gives positions to what waits for one.
#[derive(Debug)]
pub struct Sequencer {
    store: Store,
    sql: SequencerSql,
    incarnation: [u8; 16],
    runs: Joined,
}

impl Sequencer {
    /// A sequencer that works with those statements. `incarnation` is 16 random bytes; it names the
    /// feeds that are made anew, and no other.
    #[must_use]
    pub fn new(store: Store, sql: SequencerSql, incarnation: [u8; 16]) -> Self {
        Self { store, sql, incarnation, runs: Joined::default() }
    }

    /// Numbers everything of a tenant that was committed before the call. Callers that wait at the
    /// same time share one run, as long as it began after they came.
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
