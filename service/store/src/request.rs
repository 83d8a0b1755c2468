//! Requests that were answered: kept so that the same one gets the same answer, then swept.

use assent_domain::id::TenantId;
use assent_domain::time::{Instant, Span};

use crate::Store;
use crate::error::StoreError;
use crate::statement::{Sql, Values, sql};
use crate::transaction::{Ending, transaction};

const LIST_REQUESTERS: Sql = sql!("list_requesters");
const SWEEP_REQUESTS: Sql = sql!("sweep_requests");

/// How long an answered request is known: 72 hours.
pub const REQUESTS_KEPT: Span = Span::from_secs(72 * 3600);

/// How many requests one transaction of the sweep deletes at most.
const SLICE: i64 = 1000;

impl Store {
    /// Forgets the requests that were answered more than [`REQUESTS_KEPT`] ago, tenant by tenant and
    /// slice by slice, and says how many they were.
    ///
    /// # Errors
    /// What the database says. What was forgotten by then stays forgotten.
    pub async fn sweep_requests(&self, now: Instant) -> Result<u64, StoreError> {
        let before = now.minus(REQUESTS_KEPT);
        let mut swept = 0;
        for row in self.rows(&LIST_REQUESTERS, "request", Values::default()).await? {
            let tenant = TenantId::new(row.text("tenant")?).map_err(|_| row.wrong("tenant"))?;
            loop {
                let slice = self.sweep_slice(&tenant, before).await?;
                swept += slice;
                if slice < SLICE.unsigned_abs() {
                    break;
                }
            }
        }
        Ok(swept)
    }

    async fn sweep_slice(&self, tenant: &TenantId, before: Instant) -> Result<u64, StoreError> {
        transaction!(self, "sweep_requests", |tx| {
            let values = Values::of([tenant.as_str().into(), before.micros().into(), SLICE.into()]);
            Ok(Ending::Commit(tx.execute(&SWEEP_REQUESTS, values).await?))
        })
    }
}
