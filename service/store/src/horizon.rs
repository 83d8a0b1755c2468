//! How far the feeds of many tenants go, by one statement: for who looks out for what another replica wrote.

use assent_domain::id::TenantId;

use crate::Store;
use crate::error::StoreError;
use crate::row::Row;
use crate::statement::{Column, Sql, Values, sql};

const SEE_HEADS: Sql = sql!("see_heads");
const SEE_BATCH_HEADS: Sql = sql!("see_batch_heads");

/// How far a tenant's feed was seen to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadSeen {
    /// Whose feed.
    pub tenant: TenantId,
    /// The last position; 0: there is none yet.
    pub position: u64,
    /// Whether something waits to be numbered.
    pub waiting: bool,
}

impl Store {
    /// How far the ledgers of those tenants go; one for each of them.
    ///
    /// # Errors
    /// What the database says.
    pub async fn see_heads(&self, tenants: &[TenantId]) -> Result<Vec<HeadSeen>, StoreError> {
        self.see(&SEE_HEADS, "feed_head", tenants).await
    }

    /// How far the feeds of interactions of those tenants go; one for each of them.
    ///
    /// # Errors
    /// What the database says.
    pub async fn see_batch_heads(&self, tenants: &[TenantId]) -> Result<Vec<HeadSeen>, StoreError> {
        self.see(&SEE_BATCH_HEADS, "interaction_head", tenants).await
    }

    async fn see(
        &self,
        sql: &Sql,
        table: &'static str,
        tenants: &[TenantId],
    ) -> Result<Vec<HeadSeen>, StoreError> {
        let names = tenants.iter().map(|tenant| tenant.as_str().to_owned()).collect();
        let rows = self.rows(sql, table, Values::default().columns([Column::Text(names)])).await?;
        let seen = |row: &Row| {
            Ok(HeadSeen {
                tenant: TenantId::new(row.text("tenant")?).map_err(|_| row.wrong("tenant"))?,
                position: row.count("position")?,
                waiting: row.number("waiting")? != 0,
            })
        };
        rows.iter().map(seen).collect()
    }
}
