//! API keys: whose they are, what they may do, and the hash of their secret.
//!
//! A key is found by its tenant and id, which its public part both holds: so that the lookup, too,
//! stays with one tenant. What the parts look like and how the secret is hashed is the service's matter.

use assent_domain::id::TenantId;
use assent_domain::time::Instant;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::Store;
use crate::entity::api_key::{ActiveModel, Column as C, Entity, Model};
use crate::error::StoreError;
use crate::transaction::{Ending, transaction};

/// A key as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Whose it is.
    pub tenant: TenantId,
    /// Its public part, unique within the tenant.
    pub id: String,
    /// The hash of its secret part.
    pub secret_hash: Vec<u8>,
    /// The names of its roles, separated by commas.
    pub roles: String,
    /// What it is for, in its maker's words.
    pub label: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it was revoked; absent: it is good.
    pub revoked_at: Option<Instant>,
}

impl Store {
    /// Stores a new key.
    ///
    /// # Errors
    /// - [`StoreError::Conflict`]: the tenant has a key of that id.
    pub async fn make_api_key(&self, key: &ApiKey) -> Result<(), StoreError> {
        transaction!(self, "make_api_key", |tx| {
            let row = ActiveModel {
                tenant: ActiveValue::Set(key.tenant.as_str().to_owned()),
                id: ActiveValue::Set(key.id.clone()),
                secret_hash: ActiveValue::Set(key.secret_hash.clone()),
                roles: ActiveValue::Set(key.roles.clone()),
                label: ActiveValue::Set(key.label.clone()),
                created_at: ActiveValue::Set(key.created_at.micros()),
                revoked_at: ActiveValue::Set(key.revoked_at.map(Instant::micros)),
            };
            Entity::insert(row).exec_without_returning(tx.entities()).await?;
            Ok(Ending::Commit(()))
        })
    }

    /// A key by its tenant and id, revoked or not.
    ///
    /// # Errors
    /// What the database says.
    pub async fn api_key(&self, tenant: &TenantId, id: &str) -> Result<Option<ApiKey>, StoreError> {
        let key = (tenant.as_str().to_owned(), id.to_owned());
        let row = Entity::find_by_id(key).one(&self.connected().reader).await?;
        row.map(api_key).transpose()
    }

    /// All keys of a tenant (absent: of all tenants), revoked ones too, in the order of tenant and id.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list_api_keys(&self, tenant: Option<&TenantId>) -> Result<Vec<ApiKey>, StoreError> {
        let mut keys = Entity::find();
        if let Some(tenant) = tenant {
            keys = keys.filter(C::Tenant.eq(tenant.as_str()));
        }
        let rows = keys.order_by_asc(C::Tenant).order_by_asc(C::Id).all(&self.connected().reader).await?;
        rows.into_iter().map(api_key).collect()
    }

    /// Whether there is any key at all: without one the service serves only loopback.
    ///
    /// # Errors
    /// What the database says.
    pub async fn has_api_keys(&self) -> Result<bool, StoreError> {
        Ok(Entity::find().limit(1).one(&self.connected().reader).await?.is_some())
    }

    /// Revokes a key and says whether it was good until now.
    ///
    /// # Errors
    /// What the database says.
    pub async fn revoke_api_key(
        &self,
        tenant: &TenantId,
        id: &str,
        now: Instant,
    ) -> Result<bool, StoreError> {
        transaction!(self, "revoke_api_key", |tx| {
            let revoked = Entity::update_many()
                .col_expr(C::RevokedAt, Expr::value(now.micros()))
                .filter(C::Tenant.eq(tenant.as_str()))
                .filter(C::Id.eq(id))
                .filter(C::RevokedAt.is_null())
                .exec(tx.entities())
                .await?;
            Ok(Ending::Commit(revoked.rows_affected == 1))
        })
    }
}

fn api_key(row: Model) -> Result<ApiKey, StoreError> {
    let wrong = |column| StoreError::Inconsistent { table: "api_key", column };
    let revoked_at = row.revoked_at.map(|at| Instant::from_micros(at).ok_or_else(|| wrong("revoked_at")));
    Ok(ApiKey {
        tenant: TenantId::new(row.tenant).map_err(|_| wrong("tenant"))?,
        id: row.id,
        secret_hash: row.secret_hash,
        roles: row.roles,
        label: row.label,
        created_at: Instant::from_micros(row.created_at).ok_or_else(|| wrong("created_at"))?,
        revoked_at: revoked_at.transpose()?,
    })
}
