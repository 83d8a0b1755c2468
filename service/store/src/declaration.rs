//! What a tenant declares of its websites, campaigns and messages, changed against the version last read.
//!
//! A message is fixed when it is first planned or sent. One that nobody had declared by then gets a row
//! without a body, which reads as undeclared everywhere and is never filled: that is all there is to say
//! that nobody claims an exemption afterwards.

mod load;

use assent_domain::id::{CampaignId, TenantId, WebsiteId};
use assent_domain::time::Instant;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::Store;
use crate::entity::declaration::{ActiveModel, Column as C, Entity, Model};
use crate::error::StoreError;
use crate::transaction::{Ending, Stop, Tx, transaction};
use crate::versioned::{Put, Versioned};

pub(crate) use load::fix_messages;
pub use load::{Declarations, Named};

pub(crate) const TABLE: &str = "declaration";

/// What is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeclarationKind {
    /// A website.
    Website,
    /// A campaign.
    Campaign,
    /// A message.
    Message,
}

impl DeclarationKind {
    const ALL: [Self; 3] = [Self::Website, Self::Campaign, Self::Message];

    const fn name(self) -> &'static str {
        match self {
            Self::Website => "website",
            Self::Campaign => "campaign",
            Self::Message => "message",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A declaration to store. What its body says is the service's matter; what it names is said beside it too.
#[derive(Clone, Copy, Debug)]
pub struct Declaration<'a> {
    /// What is declared.
    pub kind: DeclarationKind,
    /// Its id.
    pub id: &'a str,
    /// The campaign of a message.
    pub campaign: Option<&'a CampaignId>,
    /// The website of a campaign or message.
    pub website: Option<&'a WebsiteId>,
    /// The body.
    pub body: &'a str,
}

/// A declaration as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDeclaration {
    /// Its version and body.
    pub stored: Versioned,
    /// When it was fixed: a message, when it was first planned or sent.
    pub fixed_at: Option<Instant>,
}

impl Store {
    /// Stores a declaration and gives it as it is stored. What is stored already stays as it is, whatever
    /// was expected.
    ///
    /// # Errors
    /// - [`StoreError::Fixed`]: it is a message that was planned or sent, with another body or none.
    /// - [`StoreError::Conflict`]: the stored version is not the expected one (`None`: there is one).
    pub async fn put_declaration(
        &self,
        tenant: &TenantId,
        declaration: &Declaration<'_>,
        expected: Option<u64>,
        now: Instant,
    ) -> Result<StoredDeclaration, StoreError> {
        transaction!(self, "put_declaration", |tx| {
            let key = key(tenant, declaration.kind, declaration.id);
            let row = Entity::find_by_id(key).one(tx.entities()).await?.map(stored).transpose()?;
            if let Some(row) = &row
                && row.fixed_at.is_some()
                && row.stored.body != declaration.body
            {
                return Err(StoreError::Fixed.into());
            }
            let fixed_at = row.as_ref().and_then(|row| row.fixed_at);
            let put = match Versioned::put(row.map(|row| row.stored), expected, declaration.body, now)? {
                Put::Keep(stored) => return Ok(Ending::Rollback(StoredDeclaration { stored, fixed_at })),
                Put::Store(put) => put,
            };
            if put.version == 1 {
                insert(tx, tenant, declaration, &put).await?;
            } else {
                update(tx, tenant, declaration, &put).await?;
            }
            Ok(Ending::Commit(StoredDeclaration { stored: put, fixed_at: None }))
        })
    }

    /// One declaration.
    ///
    /// # Errors
    /// What the database says.
    pub async fn declaration(
        &self,
        tenant: &TenantId,
        kind: DeclarationKind,
        id: &str,
    ) -> Result<Option<StoredDeclaration>, StoreError> {
        let declared = Entity::find_by_id(key(tenant, kind, id)).filter(C::Version.gt(0));
        declared.one(&self.connected().reader).await?.map(stored).transpose()
    }

    /// A page of a tenant's declarations of a kind in the order of their ids, after that one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn list_declarations(
        &self,
        tenant: &TenantId,
        kind: DeclarationKind,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<(String, StoredDeclaration)>, StoreError> {
        let of_kind = Entity::find().filter(C::Tenant.eq(tenant.as_str())).filter(C::Kind.eq(kind.name()));
        let mut page = of_kind.filter(C::Version.gt(0));
        if let Some(after) = after {
            page = page.filter(C::Id.gt(after));
        }
        let rows = page.order_by_asc(C::Id).limit(limit).all(&self.connected().reader).await?;
        rows.into_iter().map(|row| Ok((row.id.clone(), stored(row)?))).collect()
    }
}

fn key(tenant: &TenantId, kind: DeclarationKind, id: &str) -> (String, String, String) {
    (tenant.as_str().to_owned(), kind.name().to_owned(), id.to_owned())
}

fn stored(row: Model) -> Result<StoredDeclaration, StoreError> {
    let wrong = StoreError::Inconsistent { table: TABLE, column: "fixed_at" };
    let fixed_at = row.fixed_at.map(|at| Instant::from_micros(at).ok_or(wrong)).transpose()?;
    let stored = Versioned::of(TABLE, row.version, row.body, row.recorded_at)?;
    Ok(StoredDeclaration { stored, fixed_at })
}

async fn insert(
    tx: &Tx,
    tenant: &TenantId,
    declaration: &Declaration<'_>,
    put: &Versioned,
) -> Result<(), Stop> {
    let row = ActiveModel {
        tenant: ActiveValue::Set(tenant.as_str().to_owned()),
        kind: ActiveValue::Set(declaration.kind.name().to_owned()),
        id: ActiveValue::Set(declaration.id.to_owned()),
        version: ActiveValue::Set(put.version_number()),
        body: ActiveValue::Set(put.body.clone()),
        campaign: ActiveValue::Set(declaration.campaign.map(|id| id.as_str().to_owned())),
        website: ActiveValue::Set(declaration.website.map(|id| id.as_str().to_owned())),
        fixed_at: ActiveValue::Set(None),
        recorded_at: ActiveValue::Set(put.recorded_at.micros()),
    };
    Entity::insert(row).exec_without_returning(tx.entities()).await?;
    Ok(())
}

async fn update(
    tx: &Tx,
    tenant: &TenantId,
    declaration: &Declaration<'_>,
    put: &Versioned,
) -> Result<(), Stop> {
    let campaign = declaration.campaign.map(|id| id.as_str().to_owned());
    let website = declaration.website.map(|id| id.as_str().to_owned());
    let updated = Entity::update_many()
        .col_expr(C::Version, Expr::value(put.version_number()))
        .col_expr(C::Body, Expr::value(put.body.clone()))
        .col_expr(C::Campaign, Expr::value(campaign))
        .col_expr(C::Website, Expr::value(website))
        .col_expr(C::RecordedAt, Expr::value(put.recorded_at.micros()))
        .filter(C::Tenant.eq(tenant.as_str()))
        .filter(C::Kind.eq(declaration.kind.name()))
        .filter(C::Id.eq(declaration.id))
        .filter(C::Version.eq(put.version_number().saturating_sub(1)))
        .filter(C::FixedAt.is_null())
        .exec(tx.entities())
        .await?;
    // Somebody changed or sent it since it was read: look again, and tell the caller.
    if updated.rows_affected == 0 { Err(Stop::Again) } else { Ok(()) }
}
