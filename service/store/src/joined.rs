//! Runs that callers share: one at a time for each tenant, joined by everybody who came before it began.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use assent_domain::id::TenantId;

use crate::error::StoreError;

/// The runs of every tenant inside this process.
#[derive(Debug, Default)]
pub(crate) struct Joined {
    lanes: Mutex<HashMap<TenantId, Arc<Lane>>>,
}

/// The runs of one tenant.
#[derive(Debug, Default)]
struct Lane {
    /// How many runs were begun.
    begun: AtomicU64,
    /// The latest run that was done to its end.
    done: tokio::sync::Mutex<u64>,
}

impl Joined {
    /// Does `work`, unless a run that began after this call has done it meanwhile.
    pub(crate) async fn run(
        &self,
        tenant: &TenantId,
        work: impl Future<Output = Result<(), StoreError>>,
    ) -> Result<(), StoreError> {
        let lane = self.lane(tenant);
        let begun_before = lane.begun.load(Ordering::SeqCst);
        let mut done = lane.done.lock().await;
        if *done > begun_before {
            return Ok(());
        }
        let run = lane.begun.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        work.await?;
        *done = run;
        Ok(())
    }

    fn lane(&self, tenant: &TenantId) -> Arc<Lane> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        match lanes.get(tenant) {
            Some(lane) => Arc::clone(lane),
            None => Arc::clone(lanes.entry(tenant.clone()).or_default()),
        }
    }
}
