//! All that is declared of what a call names, by one statement; and fixing the messages it is about.

use std::collections::{BTreeMap, BTreeSet};

use assent_domain::id::{CampaignId, MessageId, TenantId, WebsiteId};
use assent_domain::time::Instant;

use super::{DeclarationKind, TABLE};
use crate::Store;
use crate::error::StoreError;
use crate::row::Row;
use crate::statement::{Column, Sql, Values, sql};
use crate::transaction::{Ending, Stop, Tx, transaction};
use crate::versioned::Versioned;

const FIX_MESSAGES: Sql = sql!("fix_messages");

/// What a call names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Its websites.
    pub websites: BTreeSet<WebsiteId>,
    /// Its campaigns.
    pub campaigns: BTreeSet<CampaignId>,
    /// Its messages.
    pub messages: BTreeSet<MessageId>,
}

/// What is declared of what a call names, and of what that names in turn: the campaigns of its messages, and the
/// websites of all of them. What nobody declared is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declarations {
    /// The websites.
    pub websites: BTreeMap<WebsiteId, Versioned>,
    /// The campaigns.
    pub campaigns: BTreeMap<CampaignId, Versioned>,
    /// The messages.
    pub messages: BTreeMap<MessageId, Versioned>,
    /// The messages named, declared or not, that were neither planned nor sent yet.
    pub unfixed: BTreeSet<MessageId>,
}

impl Store {
    /// Fixes those messages, in a transaction of its own.
    ///
    /// # Errors
    /// What the database says.
    pub async fn fix_messages(
        &self,
        tenant: &TenantId,
        messages: &BTreeSet<MessageId>,
        now: Instant,
    ) -> Result<(), StoreError> {
        transaction!(self, "fix_messages", |tx| {
            fix_messages(tx, tenant, messages, now).await?;
            Ok(Ending::Commit(()))
        })
    }
}

/// Fixes those messages that are not fixed yet, declared or not, and gives the version of each that is fixed now
/// (0: undeclared). It locks the row of each, in the order of their ids, until the transaction ends: call it for
/// [`Declarations::unfixed`] alone, so that a message that is sent to many waits for nobody after its first send.
/// What was loaded before it may have been changed meanwhile ([`Declarations::hold`]).
pub(crate) async fn fix_messages(
    tx: &Tx,
    tenant: &TenantId,
    messages: &BTreeSet<MessageId>,
    now: Instant,
) -> Result<BTreeMap<MessageId, u64>, Stop> {
    if messages.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids = messages.iter().map(|id| id.as_str().to_owned()).collect();
    let values = Values::of([tenant.as_str().into(), now.micros().into()]).columns([Column::Text(ids)]);
    let fixed = |row: &Row| {
        let id = MessageId::new(row.text("id")?).map_err(|_| row.wrong("id"))?;
        Ok((id, row.count("version")?))
    };
    Ok(tx.rows(&FIX_MESSAGES, TABLE, values).await?.iter().map(fixed).collect::<Result<_, StoreError>>()?)
}

impl Named {
    pub(crate) fn is_empty(&self) -> bool {
        self.websites.is_empty() && self.campaigns.is_empty() && self.messages.is_empty()
    }

    pub(crate) fn columns(&self) -> [Column; 2] {
        let websites = self.websites.iter().map(|id| (DeclarationKind::Website, id.as_str()));
        let campaigns = self.campaigns.iter().map(|id| (DeclarationKind::Campaign, id.as_str()));
        let messages = self.messages.iter().map(|id| (DeclarationKind::Message, id.as_str()));
        let (kinds, ids) = websites
            .chain(campaigns)
            .chain(messages)
            .map(|(kind, id)| (kind.name().to_owned(), id.to_owned()))
            .unzip();
        [Column::Text(kinds), Column::Text(ids)]
    }
}

impl Declarations {
    /// Whether these messages were loaded in the versions in which they are fixed.
    pub(crate) fn hold(&self, fixed: &BTreeMap<MessageId, u64>) -> bool {
        let loaded = |id| self.messages.get(id).map_or(0, |stored| stored.version);
        fixed.iter().all(|(id, version)| loaded(id) == *version)
    }

    /// What is known before a row was read: nothing, so that every message named may still be unfixed.
    pub(crate) fn unread(named: &Named) -> Self {
        Self { unfixed: named.messages.clone(), ..Self::default() }
    }

    /// What a row says; one that is named both by the call and by a message comes twice.
    pub(crate) fn add(&mut self, row: &Row) -> Result<(), StoreError> {
        let id = row.text("id")?;
        let recorded_at = row.number("recorded_at")?;
        let stored = Versioned::of(TABLE, row.number("version")?, row.text("body")?, recorded_at)?;
        match DeclarationKind::named(&row.text("kind")?).ok_or_else(|| row.wrong("kind"))? {
            DeclarationKind::Website => {
                self.websites.insert(WebsiteId::new(id).map_err(|_| row.wrong("id"))?, stored);
            }
            DeclarationKind::Campaign => {
                self.campaigns.insert(CampaignId::new(id).map_err(|_| row.wrong("id"))?, stored);
            }
            DeclarationKind::Message => {
                let id = MessageId::new(id).map_err(|_| row.wrong("id"))?;
                if row.number_or_none("fixed_at")?.is_some() {
                    self.unfixed.remove(&id);
                }
                if stored.version > 0 {
                    self.messages.insert(id, stored);
                }
            }
        }
        Ok(())
    }
}
