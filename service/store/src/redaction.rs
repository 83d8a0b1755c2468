//! Taking what names a person out of records. Their leaves and positions stay, and so the chain.

use std::time::Duration;

use assent_domain::id::{RecordId, TenantId};

use crate::Store;
use crate::error::StoreError;
use crate::statement::{Sql, Values, sql};
use crate::transaction::{Stop, Tx};

const REDACT_RECORD: Sql = sql!("redact_record");

/// How often the log is tried to be cut, and how long readers are let finish in between.
const FORGETS_MAX: u32 = 50;
const PAUSE: Duration = Duration::from_millis(20);

impl Store {
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

/// Empties a record within a transaction: body, salt, what it changed and whose it is. One that waits to be numbered is no
/// exception: what waits holds a leaf and no name.
pub(crate) async fn redact(tx: &Tx, tenant: &TenantId, id: RecordId) -> Result<(), Stop> {
    tx.execute(&REDACT_RECORD, Values::of([tenant.as_str().into(), id.0.to_vec().into()])).await.map(drop)
}
