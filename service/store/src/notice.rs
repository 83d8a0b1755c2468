//! Notice texts: stored once, never changed, addressed by the SHA-256 of their bytes.

use std::collections::{BTreeMap, BTreeSet};

use assent_domain::id::{NoticeId, TenantId};
use assent_domain::time::Instant;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue, EntityTrait};
use sha2::{Digest, Sha256};

use crate::Store;
use crate::entity::notice::{ActiveModel, Column as C, Entity, Model};
use crate::error::StoreError;
use crate::row::Row;
use crate::statement::{Column, Sql, Values, sql};
use crate::transaction::{Ending, Stop, read, transaction};

const LIST_NOTICES: Sql = sql!("list_notices");
const FIND_NOTICES: Sql = sql!("find_notices");
const READ_NOTICES: Sql = sql!("read_notices");

/// A notice text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The SHA-256 of its bytes.
    pub id: NoticeId,
    /// Its bytes, as they were put.
    pub content: Vec<u8>,
    /// When it was first stored.
    pub recorded_at: Instant,
}

/// A notice in a list, without its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoticeEntry {
    /// The SHA-256 of its bytes.
    pub id: NoticeId,
    /// How many bytes it has.
    pub size_bytes: u64,
    /// When it was first stored.
    pub recorded_at: Instant,
}

impl Store {
    /// Stores a text and gives it as it is stored: with its first time, if it was there already.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_notice(
        &self,
        tenant: &TenantId,
        content: &[u8],
        now: Instant,
    ) -> Result<Notice, StoreError> {
        let id = NoticeId(Sha256::digest(content).into());
        transaction!(self, "put_notice", |tx| {
            let row = ActiveModel {
                tenant: ActiveValue::Set(tenant.as_str().to_owned()),
                sha256: ActiveValue::Set(id.0.to_vec()),
                content: ActiveValue::Set(content.to_vec()),
                recorded_at: ActiveValue::Set(now.micros()),
            };
            let first = OnConflict::columns([C::Tenant, C::Sha256]).do_nothing().to_owned();
            Entity::insert(row).on_conflict(first).exec_without_returning(tx.entities()).await?;
            let stored = Entity::find_by_id(key(tenant, id)).one(tx.entities()).await?;
            let stored = stored.map(notice).transpose()?;
            stored.map(Ending::Commit).ok_or(Stop::Again)
        })
    }

    /// A text by its hash.
    ///
    /// # Errors
    /// What the database says.
    pub async fn notice(&self, tenant: &TenantId, id: NoticeId) -> Result<Option<Notice>, StoreError> {
        let row = read!(self, "read_notice", |db| Entity::find_by_id(key(tenant, id)).one(db))?;
        row.map(notice).transpose()
    }

    /// Those texts that are stored, by their hashes, in one statement.
    ///
    /// # Errors
    /// What the database says.
    pub async fn notices(
        &self,
        tenant: &TenantId,
        ids: &BTreeSet<NoticeId>,
    ) -> Result<BTreeMap<NoticeId, Notice>, StoreError> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let rows = self.rows(&READ_NOTICES, "notice", by_ids(tenant, ids)).await?;
        let notice = |row: &Row| {
            let id = NoticeId(row.array("sha256")?);
            let (content, recorded_at) = (row.bytes("content")?, row.instant("recorded_at")?);
            Ok((id, Notice { id, content, recorded_at }))
        };
        rows.iter().map(notice).collect()
    }

    /// Which of those texts are stored, in one statement.
    ///
    /// # Errors
    /// What the database says.
    pub async fn stored_notices(
        &self,
        tenant: &TenantId,
        ids: &BTreeSet<NoticeId>,
    ) -> Result<BTreeSet<NoticeId>, StoreError> {
        if ids.is_empty() {
            return Ok(BTreeSet::new());
        }
        let rows = self.rows(&FIND_NOTICES, "notice", by_ids(tenant, ids)).await?;
        rows.iter().map(|row| Ok(NoticeId(row.array("sha256")?))).collect()
    }

    /// A page of a tenant's notices in the order of their hashes, after that one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list_notices(
        &self,
        tenant: &TenantId,
        after: Option<NoticeId>,
        limit: u64,
    ) -> Result<Vec<NoticeEntry>, StoreError> {
        let after = after.map(|id| id.0.to_vec()).unwrap_or_default();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let values = Values::of([tenant.as_str().into(), after.into(), limit.into()]);
        let rows = self.rows(&LIST_NOTICES, "notice", values).await?;
        rows.iter()
            .map(|row| {
                Ok(NoticeEntry {
                    id: NoticeId(row.array("sha256")?),
                    size_bytes: row.count("size_bytes")?,
                    recorded_at: row.instant("recorded_at")?,
                })
            })
            .collect()
    }
}

fn by_ids(tenant: &TenantId, ids: &BTreeSet<NoticeId>) -> Values {
    let ids = ids.iter().map(|id| id.0.to_vec()).collect();
    Values::of([tenant.as_str().into()]).columns([Column::Bytes(ids)])
}

fn key(tenant: &TenantId, id: NoticeId) -> (String, Vec<u8>) {
    (tenant.as_str().to_owned(), id.0.to_vec())
}

fn notice(row: Model) -> Result<Notice, StoreError> {
    let wrong = |column| StoreError::Inconsistent { table: "notice", column };
    Ok(Notice {
        id: NoticeId(row.sha256.try_into().map_err(|_| wrong("sha256"))?),
        content: row.content,
        recorded_at: Instant::from_micros(row.recorded_at).ok_or_else(|| wrong("recorded_at"))?,
    })
}
