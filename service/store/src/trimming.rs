//! Trimming the feed of changes: its oldest readable position rises, and nothing else changes. Ledger, chain and records stay.
//!
//! It rises by position alone: by age past the last position that is old enough, past an erasure when nothing names the person
//! any more, and never back.

use assent_domain::id::{RecordId, TenantId};
use assent_domain::time::Instant;

use crate::Store;
use crate::error::StoreError;
use crate::ledger::FIND_POSITION;
use crate::row::Row;
use crate::statement::{Sql, Values, sql};
use crate::transaction::{Ending, Stop, Tx, transaction};

const LIST_FEEDS: Sql = sql!("list_feeds");
const LOCK_HEAD: Sql = sql!("lock_head");
const FIND_PLACE: Sql = sql!("find_place");
const RAISE_OLDEST: Sql = sql!("raise_oldest");

impl Store {
    /// The tenants that have a feed of changes.
    ///
    /// # Errors
    /// What the database says.
    pub async fn tenants_with_feeds(&self) -> Result<Vec<TenantId>, StoreError> {
        let rows = self.rows(&LIST_FEEDS, "feed_head", Values::default()).await?;
        let tenant = |row: &Row| TenantId::new(row.text("tenant")?).map_err(|_| row.wrong("tenant"));
        rows.iter().map(tenant).collect()
    }

    /// Takes what was recorded before `kept_from` off a tenant's feed: the positions before the first one up to which
    /// something was recorded then or later. Says whether anything went.
    ///
    /// # Errors
    /// What the database says.
    pub async fn trim_feed(&self, tenant: &TenantId, kept_from: Instant) -> Result<bool, StoreError> {
        transaction!(self, "trim_feed", |tx| {
            // Locked first: what is numbered meanwhile would be passed over with what is old.
            let head = tx.rows(&LOCK_HEAD, "feed_head", Values::of([tenant.as_str().into()])).await?;
            let Some(head) = head.first() else { return Ok(Ending::Rollback(false)) };
            let values = Values::of([tenant.as_str().into(), kept_from.micros().into()]);
            let kept = tx.rows(&FIND_POSITION, "ledger", values).await?;
            let oldest = match kept.first() {
                Some(kept) => kept.number("position")?,
                None => head.number("position")?.saturating_add(1),
            };
            Ok(Ending::Commit(raise(tx, tenant, oldest).await?))
        })
    }
}

/// Raises a tenant's oldest position past a record that is being redacted. `false`: the record waits to be numbered still,
/// and nobody knows past what.
pub(crate) async fn raise_past(tx: &Tx, tenant: &TenantId, record: RecordId) -> Result<bool, Stop> {
    let values = Values::of([tenant.as_str().into(), record.0.to_vec().into()]);
    let rows = tx.rows(&FIND_PLACE, "ledger", values).await?;
    let Some(place) = rows.first() else { return Ok(false) };
    raise(tx, tenant, place.number("position")?.saturating_add(1)).await?;
    Ok(true)
}

async fn raise(tx: &Tx, tenant: &TenantId, oldest: i64) -> Result<bool, Stop> {
    let values = Values::of([tenant.as_str().into(), oldest.into()]);
    Ok(tx.execute(&RAISE_OLDEST, values).await? > 0)
}
