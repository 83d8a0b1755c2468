//! Numbering after the commit, so that no position is lost, doubled or out of order: of records ([`Sequencer`])
//! and of batches of interactions ([`BatchSequencer`](crate::BatchSequencer)).
//!
//! A number taken before the commit (a sequence, a clock) loses rows, because commits happen in another
//! order. So writers leave a small pending row, and a step (`step`) gives the positions. A row that it sees
//! was committed; one that it does not see yet comes in a later step, behind everything this one numbers.
//! So whatever was acknowledged stands before what began later and has a later clock.
//!
//! Any replica may run a step at any time: before each read, and now and then in the background. There
//! is no leader and no lease.

use std::marker::PhantomData;

use assent_domain::id::TenantId;
use assent_domain::time::Instant;

use crate::Store;
use crate::error::StoreError;
use crate::joined::Joined;
use crate::statement::Sql;

mod records;
mod step;

use records::Records;
pub(crate) use step::Numbered;

/// The most rows that one step numbers.
pub const STEP_MAX: u32 = 1000;

/// Gives positions to the records that wait for one.
pub type Sequencer = Numbering<Records>;

/// The statements of a step, in the order in which they run. The service takes those of [`Numbering::sql`].
#[derive(Clone, Debug)]
pub struct StepSql {
    /// Whether anything waits. Outside the transaction.
    pub probe_pending: Sql,
    /// Makes the head of a tenant that has none.
    pub open_head: Sql,
    /// Locks the head.
    pub lock_head: Sql,
    /// Reads the head and the lowest pending rows, with a snapshot taken after the lock was got.
    pub read_pending: Sql,
    /// Deletes what was read, by the whole primary key.
    pub delete_pending: Sql,
    /// Gives the positions.
    pub insert_numbered: Sql,
    /// Moves the head.
    pub advance_head: Sql,
}

/// Gives positions to what waits for one.
#[derive(Debug)]
pub struct Numbering<N> {
    store: Store,
    sql: StepSql,
    incarnation: [u8; 16],
    runs: Joined<TenantId, ()>,
    what: PhantomData<fn() -> N>,
}

impl<N: Numbered> Numbering<N> {
    /// The statements of the service.
    #[must_use]
    pub fn sql() -> StepSql {
        N::sql()
    }

    /// One that works with those statements. `incarnation` is 16 random bytes; it names the feeds that are
    /// made anew, and no other.
    #[must_use]
    pub fn new(store: Store, sql: StepSql, incarnation: [u8; 16]) -> Self {
        Self { store, sql, incarnation, runs: Joined::default(), what: PhantomData }
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
        self.runs.run(tenant.clone(), steps).await
    }
}
