//! What tenants tighten in policies: versions are added and never changed.

use assent_domain::id::{PolicyId, TenantId};
use assent_domain::time::Instant;
use sea_orm::{ActiveValue, EntityTrait};

use crate::Store;
use crate::entity::policy_override::{ActiveModel, Entity, Model};
use crate::error::StoreError;
use crate::statement::{Sql, Values, sql};
use crate::transaction::{Ending, Stop, Tx, read, transaction};
use crate::versioned::{Put, Versioned};

pub(crate) const TABLE: &str = "policy_override";
const LOAD_OVERRIDES: Sql = sql!("load_overrides");

/// The newest version of an override.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyOverride {
    /// Its id.
    pub id: PolicyId,
    /// What it says.
    pub stored: Versioned,
}

impl Store {
    /// Adds a version of an override of the policy `base`, which is the same for all its versions, and gives it
    /// as it is stored. If the newest says the same already, it stays the newest, whatever was expected.
    ///
    /// # Errors
    /// - [`StoreError::Conflict`]: the newest version is not the expected one (`None`: there is one), or
    ///   `base` has an override under another id.
    pub async fn put_policy_override(
        &self,
        tenant: &TenantId,
        id: &PolicyId,
        base: &PolicyId,
        body: &str,
        expected: Option<u64>,
        now: Instant,
    ) -> Result<Versioned, StoreError> {
        transaction!(self, "put_policy_override", |tx| {
            let newest = load_overrides(tx, tenant).await?.into_iter().find(|newest| newest.id == *id);
            let put = match Versioned::put(newest.map(|newest| newest.stored), expected, body, now)? {
                Put::Keep(stored) => return Ok(Ending::Rollback(stored)),
                Put::Store(put) => put,
            };
            let row = ActiveModel {
                tenant: ActiveValue::Set(tenant.as_str().to_owned()),
                id: ActiveValue::Set(id.as_str().to_owned()),
                version: ActiveValue::Set(put.version_number()),
                base: ActiveValue::Set(base.as_str().to_owned()),
                body: ActiveValue::Set(put.body.clone()),
                recorded_at: ActiveValue::Set(put.recorded_at.micros()),
            };
            // A version that another call added meanwhile is a conflict by its key; so is the first version
            // of a second override of the same policy, since every override has a first one.
            Entity::insert(row).exec_without_returning(tx.entities()).await?;
            Ok(Ending::Commit(put))
        })
    }

    /// The newest version of each of a tenant's overrides, in the order of their ids.
    ///
    /// # Errors
    /// What the database says.
    pub async fn policy_overrides(&self, tenant: &TenantId) -> Result<Vec<PolicyOverride>, StoreError> {
        let rows = self.rows(&LOAD_OVERRIDES, TABLE, Values::of([tenant.as_str().into()])).await?;
        rows.iter().map(read).collect()
    }

    /// One version of an override.
    ///
    /// # Errors
    /// What the database says.
    pub async fn policy_override(
        &self,
        tenant: &TenantId,
        id: &PolicyId,
        version: u64,
    ) -> Result<Option<Versioned>, StoreError> {
        let Ok(version) = i64::try_from(version) else { return Ok(None) };
        let key = (tenant.as_str().to_owned(), id.as_str().to_owned(), version);
        let row = read!(self, "read_policy_override", |db| Entity::find_by_id(key.clone()).one(db))?;
        row.map(|Model { version, body, recorded_at, .. }| Versioned::of(TABLE, version, body, recorded_at))
            .transpose()
    }
}

pub(crate) async fn load_overrides(tx: &Tx, tenant: &TenantId) -> Result<Vec<PolicyOverride>, Stop> {
    let rows = tx.rows(&LOAD_OVERRIDES, TABLE, Values::of([tenant.as_str().into()])).await?;
    Ok(rows.iter().map(read).collect::<Result<_, StoreError>>()?)
}

fn read(row: &crate::row::Row) -> Result<PolicyOverride, StoreError> {
    let id = PolicyId::new(row.text("id")?).map_err(|_| row.wrong("id"))?;
    let recorded_at = row.number("recorded_at")?;
    Ok(PolicyOverride {
        id,
        stored: Versioned::of(TABLE, row.number("version")?, row.text("body")?, recorded_at)?,
    })
}
