//! The feed of interactions as it is read: batches in the order of their positions, and the rows their keys
//! name. A row that was deleted since is not found, and that is all there is to it.
//!
//! A reader that must see every batch acknowledged before it began lets the [`super::BatchSequencer`] catch up
//! first; whoever reads rows has them judged.

use std::collections::BTreeMap;

use assent_domain::id::{BatchId, CampaignId, InteractionId, MessageId, TenantId};
use assent_domain::interaction::InteractionKind;
use assent_domain::time::Instant;
use assent_domain::verdict::Unjudged;

use super::row::{OnRecord, on_record};
use crate::Store;
use crate::declaration::Named;
use crate::error::StoreError;
use crate::profile::ProfileKey;
use crate::row::Row;
use crate::statement::{Column, Sql, Values, sql};

const READ_BATCH_HEAD: Sql = sql!("read_batch_head");
const READ_BATCH_POSITION: Sql = sql!("read_batch_position");
const READ_BATCHES: Sql = sql!("read_batches");
const READ_INTERACTIONS: Sql = sql!("read_interactions");

/// How long the key of a row is in its batch.
const KEY_BYTES: usize = 16 + 8;

/// What an interaction is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct InteractionKey {
    /// Its id.
    pub id: InteractionId,
    /// When it occurred.
    pub occurred_at: Instant,
}

/// How far a tenant's feed of interactions goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InteractionHead {
    /// Which life of the feed this is: another one after the database was made anew.
    pub incarnation: [u8; 16],
    /// The last position; 0: there is none yet.
    pub position: u64,
    /// The oldest position that can still be read; one beyond the last if none can.
    pub oldest_position: u64,
}

/// What one transaction recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its position, from 1.
    pub position: u64,
    /// Its id.
    pub id: BatchId,
    /// Its rows in their order, those that were deleted since too.
    pub keys: Vec<InteractionKey>,
}

/// A row of the feed, with what tells whether it is wanted and what it is judged with.
pub struct Fed {
    /// Whose it is.
    pub person: ProfileKey,
    /// What was done.
    pub kind: InteractionKind,
    /// Whether a machine did it.
    pub automated: bool,
    /// The campaign it names.
    pub campaign: Option<CampaignId>,
    /// The message it names.
    pub message: Option<MessageId>,
    /// The row.
    pub row: Unjudged<OnRecord>,
}

impl Store {
    /// How far a tenant's feed of interactions goes; `None` before its first position.
    ///
    /// # Errors
    /// What the database says.
    pub async fn interaction_head(&self, tenant: &TenantId) -> Result<Option<InteractionHead>, StoreError> {
        let alone = Values::of([tenant.as_str().into()]);
        let rows = self.rows(&READ_BATCH_HEAD, "interaction_head", alone).await?;
        let head = |row: &Row| {
            Ok(InteractionHead {
                incarnation: row.array("incarnation")?,
                position: row.count("position")?,
                oldest_position: row.count("oldest_position")?,
            })
        };
        rows.first().map(head).transpose()
    }

    /// The batch at a position; `None`: the feed does not go that far, or no longer that far back.
    ///
    /// # Errors
    /// What the database says.
    pub async fn batch_at(&self, tenant: &TenantId, position: u64) -> Result<Option<BatchId>, StoreError> {
        let values = Values::of([tenant.as_str().into(), number(position).into()]);
        let rows = self.rows(&READ_BATCH_POSITION, "interaction_feed", values).await?;
        rows.first().map(|row| Ok(BatchId(row.array("batch_id")?))).transpose()
    }

    /// Batches from that position on, in order: up to `batches`, and no more than it takes to hold `rows` rows.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn read_batches(
        &self,
        tenant: &TenantId,
        from: u64,
        batches: u32,
        rows: u32,
    ) -> Result<Vec<Batch>, StoreError> {
        let bytes = i64::from(rows.max(1)) * i64::try_from(KEY_BYTES).unwrap_or(i64::MAX);
        let values = [tenant.as_str().into(), number(from).into(), i64::from(batches).into(), bytes.into()];
        let rows = self.rows(&READ_BATCHES, "interaction_batch", Values::of(values)).await?;
        rows.iter().map(batch).collect()
    }

    /// The rows of those keys that are there, and every declared thing that one of them names.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn read_interactions(
        &self,
        tenant: &TenantId,
        keys: &[InteractionKey],
    ) -> Result<(BTreeMap<InteractionKey, Fed>, Named), StoreError> {
        let values = Values::of([tenant.as_str().into()]).columns(key_columns(keys));
        let mut named = Named::default();
        let mut found = BTreeMap::new();
        for row in self.rows(&READ_INTERACTIONS, "interaction", values).await? {
            let on_record = on_record(&row, &mut named)?;
            let interaction = &on_record.recorded.interaction;
            let key = InteractionKey { id: interaction.id, occurred_at: interaction.occurred_at };
            let id = interaction.profile.clone().ok_or_else(|| row.wrong("profile"))?;
            let fed = Fed {
                person: ProfileKey { table: on_record.recorded.table.clone(), id },
                kind: interaction.what.kind(),
                automated: interaction.automated,
                campaign: interaction.campaign.clone(),
                message: interaction.what.message().cloned(),
                row: Unjudged::new(on_record),
            };
            found.insert(key, fed);
        }
        Ok((found, named))
    }
}

pub(crate) fn key_columns(keys: &[InteractionKey]) -> [Column; 2] {
    [
        Column::Bytes(keys.iter().map(|key| key.id.0.to_vec()).collect()),
        Column::Number(keys.iter().map(|key| key.occurred_at.micros()).collect()),
    ]
}

fn number(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

fn batch(row: &Row) -> Result<Batch, StoreError> {
    let bytes = row.slice("keys")?;
    let (keys, rest) = bytes.as_chunks::<KEY_BYTES>();
    if !rest.is_empty() {
        return Err(row.wrong("keys"));
    }
    let keys = keys.iter().map(|key| read_key(key).ok_or_else(|| row.wrong("keys")));
    Ok(Batch {
        position: row.count("position")?,
        id: BatchId(row.array("batch_id")?),
        keys: keys.collect::<Result<_, _>>()?,
    })
}

fn read_key(bytes: &[u8; KEY_BYTES]) -> Option<InteractionKey> {
    let (id, at) = bytes.split_at(16);
    let occurred_at = Instant::from_micros(i64::from_be_bytes(at.try_into().ok()?))?;
    Some(InteractionKey { id: InteractionId(id.try_into().ok()?), occurred_at })
}
