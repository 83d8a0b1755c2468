//! The settings of profile tables, changed against the version last read.

use assent_domain::id::{TableId, TenantId};
use assent_domain::time::Instant;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::Store;
use crate::entity::profile_table::{ActiveModel, Column as C, Entity, Model};
use crate::error::StoreError;
use crate::statement::{Sql, Values, sql};
use crate::transaction::{Ending, Stop, Tx, read, transaction};
use crate::versioned::{Put, Versioned};

pub(crate) const TABLE: &str = "profile_table";
const READ_PROFILE_TABLE: Sql = sql!("read_profile_table");

impl Store {
    /// Stores a profile table's settings and gives them as they are stored. What is stored already
    /// stays as it is, whatever was expected.
    ///
    /// # Errors
    /// - [`StoreError::Conflict`]: the stored version is not the expected one (`None`: there is one).
    pub async fn put_profile_table(
        &self,
        tenant: &TenantId,
        id: &TableId,
        body: &str,
        expected: Option<u64>,
        now: Instant,
    ) -> Result<Versioned, StoreError> {
        transaction!(self, "put_profile_table", |tx| {
            let key = (tenant.as_str().to_owned(), id.as_str().to_owned());
            let stored = Entity::find_by_id(key).one(tx.entities()).await?.map(versioned).transpose()?;
            let put = match Versioned::put(stored, expected, body, now)? {
                Put::Keep(stored) => return Ok(Ending::Rollback(stored)),
                Put::Store(put) => put,
            };
            if put.version == 1 {
                insert(tx, tenant, id, &put).await?;
            } else {
                update(tx, tenant, id, &put).await?;
            }
            Ok(Ending::Commit(put))
        })
    }

    /// A profile table's settings.
    ///
    /// # Errors
    /// What the database says.
    pub async fn profile_table(
        &self,
        tenant: &TenantId,
        id: &TableId,
    ) -> Result<Option<Versioned>, StoreError> {
        let values = Values::of([tenant.as_str().into(), id.as_str().into()]);
        let rows = self.rows(&READ_PROFILE_TABLE, TABLE, values).await?;
        rows.first()
            .map(|row| {
                let recorded_at = row.number("recorded_at")?;
                Versioned::of(TABLE, row.number("version")?, row.text("body")?, recorded_at)
            })
            .transpose()
    }

    /// A page of a tenant's profile tables in the order of their ids, after that one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list_profile_tables(
        &self,
        tenant: &TenantId,
        after: Option<&TableId>,
        limit: u64,
    ) -> Result<Vec<(TableId, Versioned)>, StoreError> {
        let mut page = Entity::find().filter(C::Tenant.eq(tenant.as_str()));
        if let Some(after) = after {
            page = page.filter(C::Id.gt(after.as_str()));
        }
        let page = page.order_by_asc(C::Id).limit(limit);
        let rows = read!(self, "list_profile_tables", |db| page.clone().all(db))?;
        rows.into_iter()
            .map(|row| {
                let wrong = StoreError::Inconsistent { table: TABLE, column: "id" };
                Ok((TableId::new(row.id.clone()).map_err(|_| wrong)?, versioned(row)?))
            })
            .collect()
    }
}

fn versioned(row: Model) -> Result<Versioned, StoreError> {
    Versioned::of(TABLE, row.version, row.body, row.recorded_at)
}

async fn insert(tx: &Tx, tenant: &TenantId, id: &TableId, put: &Versioned) -> Result<(), Stop> {
    let row = ActiveModel {
        tenant: ActiveValue::Set(tenant.as_str().to_owned()),
        id: ActiveValue::Set(id.as_str().to_owned()),
        version: ActiveValue::Set(put.version_number()),
        body: ActiveValue::Set(put.body.clone()),
        recorded_at: ActiveValue::Set(put.recorded_at.micros()),
    };
    Entity::insert(row).exec_without_returning(tx.entities()).await?;
    Ok(())
}

async fn update(tx: &Tx, tenant: &TenantId, id: &TableId, put: &Versioned) -> Result<(), Stop> {
    let updated = Entity::update_many()
        .col_expr(C::Version, Expr::value(put.version_number()))
        .col_expr(C::Body, Expr::value(put.body.clone()))
        .col_expr(C::RecordedAt, Expr::value(put.recorded_at.micros()))
        .filter(C::Tenant.eq(tenant.as_str()))
        .filter(C::Id.eq(id.as_str()))
        .filter(C::Version.eq(put.version_number().saturating_sub(1)))
        .exec(tx.entities())
        .await?;
    // Somebody changed it since it was read: look again, and tell the caller.
    if updated.rows_affected == 0 { Err(Stop::Again) } else { Ok(()) }
}
