//! The ledger as it is read: positions in order, the records they point to, and what the feed carries.
//!
//! A reader that must see every write acknowledged before it began lets the sequencer catch up first.

use assent_domain::change::Change;
use assent_domain::id::{RecordId, TenantId};
use assent_domain::ledger::{ChainHash, Head, Leaf, Link, Salt};
use assent_domain::record::Record;
use assent_domain::time::Instant;

use crate::Store;
use crate::effects;
use crate::error::StoreError;
use crate::profile::{ProfileKey, record_of};
use crate::row::Row;
use crate::statement::{Sql, Values, sql};

const READ_LEDGER: Sql = sql!("read_ledger");
const READ_HEAD: Sql = sql!("read_head");
const READ_POSITION: Sql = sql!("read_position");
pub(crate) const FIND_POSITION: Sql = sql!("find_position");
const LIST_RECORDS: Sql = sql!("list_records");
const FIND_RECORD: Sql = sql!("find_record");
const LIST_PENDING: Sql = sql!("list_pending");

/// How far a tenant's ledger goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedHead {
    /// Which life of the feed this is: another one after the database was made anew.
    pub incarnation: [u8; 16],
    /// The last position and the chain there.
    pub head: Head,
    /// The latest time at which one of its records was recorded, by the writers' clocks.
    pub recorded_up_to: Instant,
    /// When it last advanced.
    pub updated_at: Instant,
    /// The oldest position whose change can still be read; one beyond the last if none can.
    pub oldest_position: u64,
}

/// What stands at a position: the record's id, and the chain with it.
pub type Stand = (RecordId, ChainHash);

/// A stretch of the ledger, all of it as one look found it: what was trimmed or put back before the look shows in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch<T> {
    /// What stands at the position that it comes after; absent: that is 0, or the ledger ends before it.
    pub before: Option<Stand>,
    /// The oldest position whose change could be read; absent: nothing was found at all.
    pub oldest_position: Option<u64>,
    /// What was made of each position, in order.
    pub entries: Vec<T>,
}

/// A position of the ledger, its record decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    /// The position, from 1.
    pub position: u64,
    /// The chain with it.
    pub chain: ChainHash,
    /// The record's id.
    pub record_id: RecordId,
    /// The record and what it changed; absent once redacted, and if its row was taken away behind the store's back.
    pub held: Option<Held>,
}

/// A record that was not redacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The record.
    pub record: Record,
    /// What it changed; absent: nothing that is exported.
    pub change: Option<Change>,
    /// The salt of its leaf.
    pub salt: Salt,
}

/// A position of the ledger as it is verified: nothing decoded, so that a damaged record is found
/// broken and not unreadable.
#[derive(Clone, Debug)]
pub struct StoredLink {
    position: u64,
    leaf: Option<Vec<u8>>,
    chain: Vec<u8>,
    opened: Option<(Vec<u8>, Vec<u8>)>,
}

/// A record of one profile, with its place in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// The record, what it changed and its salt.
    pub held: Held,
    /// Its leaf.
    pub leaf: Leaf,
    /// Its position and the chain there; absent: not numbered yet.
    pub place: Option<(u64, ChainHash)>,
}

/// What waits to be numbered, for one tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Whose records.
    pub tenant: TenantId,
    /// How many.
    pub records: u64,
    /// When the oldest of them was recorded.
    pub oldest: Instant,
}

impl StoredLink {
    /// The position as the verifier takes it.
    #[must_use]
    pub fn link(&self) -> Link<'_> {
        Link {
            position: self.position,
            leaf: self.leaf.as_deref(),
            chain: &self.chain,
            opened: self.opened.as_ref().map(|(salt, body)| (salt.as_slice(), body.as_slice())),
        }
    }
}

impl Store {
    /// How far a tenant's ledger goes; `None` before its first position.
    ///
    /// # Errors
    /// What the database says.
    pub async fn feed_head(&self, tenant: &TenantId) -> Result<Option<FeedHead>, StoreError> {
        let rows = self.rows(&READ_HEAD, "feed_head", Values::of([tenant.as_str().into()])).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let head = Head { position: row.count("position")?, chain: ChainHash(row.array("chain")?) };
        Ok(Some(FeedHead {
            incarnation: row.array("incarnation")?,
            head,
            recorded_up_to: row.instant("recorded_up_to")?,
            updated_at: row.instant("updated_at")?,
            oldest_position: row.count("oldest_position")?,
        }))
    }

    /// Up to `limit` positions after `after`, in order, each made into something else while its record is at hand.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn read_ledger<T>(
        &self,
        tenant: &TenantId,
        after: u64,
        limit: u32,
        made: impl Fn(LedgerEntry) -> T,
    ) -> Result<Stretch<T>, StoreError> {
        // What stands at `after` comes along: in a statement of its own it could be another database's.
        let along = u32::from(after > 0);
        let values = page(tenant, after.saturating_sub(1), limit.saturating_add(along));
        let read = |row: Row| {
            let (position, record_id) = (row.count("position")?, RecordId(row.array("record_id")?));
            let chain = ChainHash(row.array("chain")?);
            let read = if position == after {
                Read::Before(record_id, chain)
            } else {
                Read::Entry(made(LedgerEntry { position, chain, record_id, held: held(&row)? }))
            };
            Ok((read, row.count("oldest_position")?))
        };
        let mut stretch = Stretch { before: None, oldest_position: None, entries: Vec::new() };
        for (read, oldest_position) in self.each(&READ_LEDGER, "record", values, read).await? {
            stretch.oldest_position.get_or_insert(oldest_position);
            match read {
                Read::Before(record_id, chain) => stretch.before = Some((record_id, chain)),
                Read::Entry(entry) => stretch.entries.push(entry),
            }
        }
        // Where the first row is not the one at `after`, one too many may have come.
        stretch.entries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(stretch)
    }

    /// Up to `limit` positions after `after`, in order, for the verifier.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn read_links(
        &self,
        tenant: &TenantId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<StoredLink>, StoreError> {
        let rows = self.rows(&READ_LEDGER, "record", page(tenant, after, limit)).await?;
        rows.iter()
            .map(|row| {
                let opened = match (row.bytes_or_none("salt")?, row.bytes_or_none("body")?) {
                    (None, None) => None,
                    // Redaction takes both: one without the other does not match its leaf.
                    (salt, body) => Some((salt.unwrap_or_default(), body.unwrap_or_default())),
                };
                Ok(StoredLink {
                    position: row.count("position")?,
                    leaf: row.bytes_or_none("leaf")?,
                    chain: row.bytes("chain")?,
                    opened,
                })
            })
            .collect()
    }

    /// The record at a position, and the chain there; `None`: the ledger does not go that far.
    ///
    /// # Errors
    /// What the database says.
    pub async fn record_at(&self, tenant: &TenantId, position: u64) -> Result<Option<Stand>, StoreError> {
        let Ok(position) = i64::try_from(position) else { return Ok(None) };
        let values = Values::of([tenant.as_str().into(), position.into()]);
        let rows = self.rows(&READ_POSITION, "ledger", values).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some((RecordId(row.array("record_id")?), ChainHash(row.array("chain")?))))
    }

    /// The last position before everything recorded at or after `at`; `None`: nothing numbered so
    /// far was recorded then.
    ///
    /// # Errors
    /// What the database says.
    pub async fn position_before(&self, tenant: &TenantId, at: Instant) -> Result<Option<u64>, StoreError> {
        let values = Values::of([tenant.as_str().into(), at.micros().into()]);
        let rows = self.rows(&FIND_POSITION, "ledger", values).await?;
        rows.first().map(|row| Ok(row.count("position")?.saturating_sub(1))).transpose()
    }

    /// Up to `limit` records of one profile after that version, in order.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn list_records(
        &self,
        tenant: &TenantId,
        profile: &ProfileKey,
        after_version: u64,
        limit: u32,
    ) -> Result<Vec<StoredRecord>, StoreError> {
        let values = Values::of([
            tenant.as_str().into(),
            profile.table.as_str().into(),
            profile.id.as_str().into(),
            i64::try_from(after_version).unwrap_or(i64::MAX).into(),
            i64::from(limit).into(),
        ]);
        let rows = self.rows(&LIST_RECORDS, "record", values).await?;
        rows.iter().map(stored).collect()
    }

    /// One record of one profile; `None`: there is none of that id, or it was redacted.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn record(
        &self,
        tenant: &TenantId,
        profile: &ProfileKey,
        id: RecordId,
    ) -> Result<Option<StoredRecord>, StoreError> {
        let values = Values::of([
            tenant.as_str().into(),
            id.0.to_vec().into(),
            profile.table.as_str().into(),
            profile.id.as_str().into(),
        ]);
        self.rows(&FIND_RECORD, "record", values).await?.first().map(stored).transpose()
    }

    /// The tenants with records that wait to be numbered: for the background task and the metrics.
    ///
    /// # Errors
    /// What the database says.
    pub async fn pending(&self) -> Result<Vec<Pending>, StoreError> {
        let rows = self.rows(&LIST_PENDING, "pending", Values::default()).await?;
        rows.iter()
            .map(|row| {
                Ok(Pending {
                    tenant: TenantId::new(row.text("tenant")?).map_err(|_| row.wrong("tenant"))?,
                    records: row.count("records")?,
                    oldest: row.instant("oldest")?,
                })
            })
            .collect()
    }
}

/// A row of a stretch.
enum Read<T> {
    Before(RecordId, ChainHash),
    Entry(T),
}

fn page(tenant: &TenantId, after: u64, limit: u32) -> Values {
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    Values::of([tenant.as_str().into(), after.into(), i64::from(limit).into()])
}

fn stored(row: &Row) -> Result<StoredRecord, StoreError> {
    let place = match row.number_or_none("position")? {
        None => None,
        Some(_) => Some((row.count("position")?, ChainHash(row.array("chain")?))),
    };
    let held = held(row)?.ok_or_else(|| row.wrong("body"))?;
    Ok(StoredRecord { held, leaf: Leaf(row.array("leaf")?), place })
}

fn held(row: &Row) -> Result<Option<Held>, StoreError> {
    let Some(body) = row.slice_or_none("body")? else { return Ok(None) };
    let record = record_of(body)?;
    let lines = effects::decode(row.slice("effects")?)?;
    let change = if lines.is_empty() {
        None
    } else {
        Some(Change { record: record.id, profile_version: record.profile_version, lines })
    };
    Ok(Some(Held { record, change, salt: Salt(row.array("salt")?) }))
}
