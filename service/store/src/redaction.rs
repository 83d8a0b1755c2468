//! Taking what names a person out of records. Their leaves and positions stay, and so the chain.

use std::time::Duration;

use assent_domain::id::{RecordId, TenantId};

use crate::Store;
use crate::error::StoreError;
use crate::statement::{Column, Sql, Values, sql};
use crate::transaction::{Ending, Stop, Tx, transaction};

const REDACT_RECORDS: Sql = sql!("redact_records");

/// How often the log is tried to be cut, and how long readers are let finish in between.
const FORGETS_MAX: u32 = 50;
const PAUSE: Duration = Duration::from_millis(20);

impl Store {
    /// Empties records: body, salt, what they changed and whose they are. Says how many held something.
    /// Records that wait to be numbered are no exception: what waits holds a leaf and no name.
    ///
    /// # Errors
    /// What the database says.
    pub async fn redact_records(&self, tenant: &TenantId, ids: &[RecordId]) -> Result<u64, StoreError> {
        let redacted = transaction!(self, "redact_records", |tx| {
            Ok(Ending::Commit(redact(tx, tenant, ids).await?))
        })?;
        self.forget().await?;
        Ok(redacted)
    }

    /// Takes what was deleted or emptied out of SQLite's log.
    pub(crate) async fn forget(&self) -> Result<(), StoreError> {
        for _ in 0..FORGETS_MAX {
            if self.connected().forget().await? {
                return Ok(());
            }
            self.options().pace.pause(PAUSE).await;
        }
        // It is gone from the file; that the log still holds it must not be told as done.
        Err(StoreError::Unavailable)
    }
}

/// Empties records within a transaction, and says how many held something.
pub(crate) async fn redact(tx: &Tx, tenant: &TenantId, ids: &[RecordId]) -> Result<u64, Stop> {
    let column = Column::Bytes(ids.iter().map(|id| id.0.to_vec()).collect());
    tx.execute(&REDACT_RECORDS, Values::of([tenant.as_str().into()]).columns([column])).await
}
