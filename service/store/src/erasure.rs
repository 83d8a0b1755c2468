//! Erasing people: one transaction that takes away what names them, and what is done again later.
//!
//! Recording takes no lock on a profile: a transaction that judged before an erasure may commit after it. So what was
//! written meanwhile is deleted once more, when no transaction from before can be under way any longer; only then is the
//! erasure complete. The tombstone itself says what is left to do and names nobody: it points to the erasure's own
//! record, which names the person for as long as readers of the changes need to follow.
//!
//! Everything that names a person is taken away here and nowhere else: whoever adds a table that does adds it to
//! `delete_person`. What answered requests left behind holds nobody's id and goes with its 72 hours.

use assent_domain::id::{RecordId, TenantId};
use assent_domain::ledger::{Salt, leaf};
use assent_domain::profile::{ERASED_NAMED, Erased, Profile};
use assent_domain::time::{Instant, Span};
use assent_domain::{canonical, change::Saved};

use crate::Store;
use crate::consent::lock_one;
use crate::effects;
use crate::error::StoreError;
use crate::interaction::row::person;
use crate::profile::{ProfileKey, key_of};
use crate::redaction::redact;
use crate::row::Row;
use crate::statement::{Sql, Values, sql};
use crate::tombstone::Mark;
use crate::transaction::{Ending, Stop, Tx, transaction};
use crate::trimming::raise_past;

const REDACT_PERSON: Sql = sql!("redact_person");
const INSERT_ERASURE: Sql = sql!("insert_erasure");
const PUT_TOMBSTONE: Sql = sql!("put_tombstone");
const MOVE_TOMBSTONE: Sql = sql!("move_tombstone");
pub(crate) const READ_TOMBSTONE: Sql = sql!("read_tombstone");
const DELETE_PROFILE: Sql = sql!("delete_profile");
const DELETE_PERSON: Sql = sql!("delete_person");
const LIST_UNFINISHED: Sql = sql!("list_unfinished");
const FINISH_DELETION: Sql = sql!("finish_deletion");
const LIST_NAMED: Sql = sql!("list_named");
const FORGET_NAMED: Sql = sql!("forget_named");

/// How many erasures one turn of the sweep looks at.
const SLICE: i64 = 100;

/// An erasure that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// When the person was last erased.
    pub at: Instant,
    /// From when what was written while they were being erased is deleted too; absent: it was, the erasure is complete.
    pub delete_at: Option<Instant>,
}

/// Whom to erase.
#[derive(Clone, Copy, Debug)]
pub struct ErasureWrite<'a> {
    /// Whose people.
    pub tenant: &'a TenantId,
    /// The person.
    pub person: &'a ProfileKey,
    /// The salt of the erasure's record, if one is made.
    pub salt: Salt,
    /// The server's time.
    pub now: Instant,
}

/// An erasure that something is left to be done of.
#[derive(Clone, Debug)]
pub struct Unfinished {
    tenant: TenantId,
    mark: Mark,
    record: RecordId,
    /// Absent: the record names nobody any more.
    person: Option<ProfileKey>,
}

impl Unfinished {
    /// Whose it is.
    #[must_use]
    pub const fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    pub(crate) const fn mark(&self) -> Mark {
        self.mark
    }
}

impl Store {
    /// Erases a person in one transaction, under the lock that every writer of their records takes: empties their
    /// records, stores the erasure's own, deletes what names them and leaves a tombstone. `erase` says what the erasure
    /// is of the profile as it is under the lock; it must be pure: it is called again when others stood in the way.
    ///
    /// # Errors
    /// [`StoreError::KeyMissing`] without a key for tombstones; what the database says.
    pub async fn erase_profile(
        &self,
        write: &ErasureWrite<'_>,
        mut erase: impl FnMut(Profile) -> (Profile, Erased),
    ) -> Result<Erasure, StoreError> {
        let key = self.options().tombstones.as_ref().ok_or(StoreError::KeyMissing)?;
        let mark = key.mark(write.tenant, write.person).to_vec();
        let delete_at = write.now.plus(self.longest_transaction());
        let erasure = transaction!(self, "erase_profile", |tx| {
            let locked = lock_one(tx, write.tenant, write.person).await?;
            let hlc = write.now.micros().max(locked.clock.saturating_add(1));
            let (profile, erased) = erase(locked.profile);
            let delete_at = match &erased.saved {
                None => moved(tx, write.tenant, &mark, erased.at).await?,
                Some(saved) => {
                    // The record of an erasure before this one loses its name with all others: who comes from before it
                    // learns of this one, which has a line for every series too.
                    let named = named(write.tenant, write.person);
                    tx.execute(&REDACT_PERSON, named).await?;
                    tx.execute(&INSERT_ERASURE, of_record(write, saved, hlc)).await?;
                    let tombstone = Values::of([
                        write.tenant.as_str().into(),
                        mark.clone().into(),
                        i64::try_from(profile.version()).unwrap_or(i64::MAX).into(),
                        hlc.into(),
                        erased.at.micros().into(),
                        saved.record.id.0.to_vec().into(),
                        delete_at.micros().into(),
                        // One that is made again is told anew.
                        erased.at.max(write.now).plus(ERASED_NAMED).micros().into(),
                    ]);
                    tx.execute(&PUT_TOMBSTONE, tombstone).await?;
                    Some(delete_at)
                }
            };
            tx.execute(&DELETE_PERSON, of_person(write.tenant, write.person, None)).await?;
            tx.execute(&DELETE_PROFILE, named(write.tenant, write.person)).await?;
            Ok(Ending::Commit(Erasure { at: erased.at, delete_at }))
        })?;
        // Tried once: it is told as complete only after a deletion that the log was cut after for certain.
        let _ = self.connected().forget().await;
        Ok(erasure)
    }

    /// The erasure of a person that stands, whether or not they live again; `None`: they were never erased.
    ///
    /// # Errors
    /// What the database says.
    pub async fn erasure_of(
        &self,
        tenant: &TenantId,
        person: &ProfileKey,
    ) -> Result<Option<Erasure>, StoreError> {
        let Some(key) = &self.options().tombstones else { return Ok(None) };
        let values = Values::of([tenant.as_str().into(), key.mark(tenant, person).to_vec().into()]);
        let rows = self.rows(&READ_TOMBSTONE, "tombstone", values).await?;
        let erasure =
            |row: &Row| Ok(Erasure { at: row.instant("erased_at")?, delete_at: delete_at_of(row)? });
        rows.first().map(erasure).transpose()
    }

    /// The erasures whose deletion is to be repeated by now: a slice of them.
    ///
    /// # Errors
    /// What the database says.
    pub async fn erasures_to_finish(&self, now: Instant) -> Result<Vec<Unfinished>, StoreError> {
        self.unfinished(&LIST_UNFINISHED, now).await
    }

    /// Deletes what was written of a person while they were being erased, and then says that the erasure is complete:
    /// on SQLite not before the log holds nothing of it. Broken off anywhere it is done again from the start. What belongs to a
    /// life that began since stays.
    ///
    /// # Errors
    /// What the database says; [`StoreError::Unavailable`] while a reader keeps SQLite's log from being cut.
    pub async fn finish_erasure(&self, erasure: &Unfinished, now: Instant) -> Result<(), StoreError> {
        if let Some(who) = &erasure.person {
            transaction!(self, "finish_erasure", |tx| {
                let locked = lock_one(tx, &erasure.tenant, who).await?;
                let opened = locked.profile.opened();
                tx.execute(&DELETE_PERSON, of_person(&erasure.tenant, who, opened)).await?;
                if locked.made {
                    tx.execute(&DELETE_PROFILE, named(&erasure.tenant, who)).await?;
                }
                Ok(Ending::Commit(()))
            })?;
            self.forget().await?;
        }
        self.mark_done(&FINISH_DELETION, "finish_erasure", erasure, now).await
    }

    /// The complete erasures whose record has named the person for long enough: a slice of them.
    ///
    /// # Errors
    /// What the database says.
    pub async fn erasures_to_forget(&self, now: Instant) -> Result<Vec<Unfinished>, StoreError> {
        self.unfinished(&LIST_NAMED, now).await
    }

    /// Empties the record of an erasure like every other of the person: its leaf and position stay. In the same
    /// transaction the feed's oldest position rises past it: who comes from before would never learn of the erasure.
    ///
    /// # Errors
    /// What the database says; [`StoreError::Conflict`] while the record waits to be numbered; as [`Store::finish_erasure`].
    pub async fn forget_erased(&self, erasure: &Unfinished, now: Instant) -> Result<(), StoreError> {
        transaction!(self, "forget_erased", |tx| {
            redact(tx, &erasure.tenant, erasure.record).await?;
            if !raise_past(tx, &erasure.tenant, erasure.record).await? {
                return Err(StoreError::Conflict.into());
            }
            Ok(Ending::Commit(()))
        })?;
        self.forget().await?;
        self.mark_done(&FORGET_NAMED, "forget_erased", erasure, now).await
    }

    /// The longest that a transaction can be under way: what it may take, and a statement, since nobody ends the commit
    /// that it is in by then but the database.
    pub(crate) fn longest_transaction(&self) -> Span {
        let options = self.options();
        let longest = options.transaction_timeout.saturating_add(options.statement_timeout);
        Span::from_micros(i64::try_from(longest.as_micros()).unwrap_or(i64::MAX))
    }

    async fn unfinished(&self, list: &Sql, now: Instant) -> Result<Vec<Unfinished>, StoreError> {
        let values = Values::of([now.micros().into(), SLICE.into()]);
        let rows = self.rows(list, "tombstone", values).await?;
        let unfinished = |row: &Row| {
            Ok(Unfinished {
                tenant: TenantId::new(row.text("tenant")?).map_err(|_| row.wrong("tenant"))?,
                mark: row.array("mark")?,
                record: RecordId(row.array("record_id")?),
                person: row.text_or_none("profile")?.map(|_| key_of(row)).transpose()?,
            })
        };
        rows.iter().map(unfinished).collect()
    }

    /// Says of an erasure that something is done; of a later erasure of the same person it says nothing.
    async fn mark_done(
        &self,
        sql: &Sql,
        name: &'static str,
        erasure: &Unfinished,
        now: Instant,
    ) -> Result<(), StoreError> {
        transaction!(self, name = name, |tx| {
            let values = Values::of([
                erasure.tenant.as_str().into(),
                erasure.mark.to_vec().into(),
                erasure.record.0.to_vec().into(),
                now.micros().into(),
            ]);
            tx.execute(sql, values).await?;
            Ok(Ending::Commit(()))
        })
    }
}

/// Moves the erasure of somebody who was erased already and lived no new life since; when it will be complete.
async fn moved(tx: &Tx, tenant: &TenantId, mark: &[u8], at: Instant) -> Result<Option<Instant>, Stop> {
    let values = Values::of([tenant.as_str().into(), mark.to_vec().into(), at.micros().into()]);
    let rows = tx.rows(&MOVE_TOMBSTONE, "tombstone", values).await?;
    // Who is erased has a tombstone.
    let row = rows.first().ok_or(StoreError::Inconsistent { table: "tombstone", column: "mark" })?;
    Ok(delete_at_of(row)?)
}

fn delete_at_of(row: &Row) -> Result<Option<Instant>, StoreError> {
    let at = row.number_or_none("delete_at")?;
    at.map(|micros| Instant::from_micros(micros).ok_or_else(|| row.wrong("delete_at"))).transpose()
}

fn named(tenant: &TenantId, who: &ProfileKey) -> Values {
    Values::of([tenant.as_str().into(), who.table.as_str().into(), who.id.as_str().into()])
}

/// What is deleted of a person: everything, or what occurred or was recorded before the life that they live since.
fn of_person(tenant: &TenantId, who: &ProfileKey, opened: Option<(Instant, Instant)>) -> Values {
    let (occurred, recorded) = opened.unwrap_or((Instant::MAX, Instant::MAX));
    Values::of([
        tenant.as_str().into(),
        who.table.as_str().into(),
        who.id.as_str().into(),
        occurred.micros().into(),
        recorded.micros().into(),
        person(who).into(),
    ])
}

fn of_record(write: &ErasureWrite<'_>, saved: &Saved, hlc: i64) -> Values {
    let record = &saved.record;
    let body = canonical::encode(record);
    Values::of([
        write.tenant.as_str().into(),
        record.id.0.to_vec().into(),
        record.table.as_str().into(),
        record.profile.as_str().into(),
        i64::try_from(record.profile_version).unwrap_or(i64::MAX).into(),
        record.recorded_at.micros().into(),
        hlc.into(),
        leaf(&write.salt, &body).0.to_vec().into(),
        write.salt.0.to_vec().into(),
        body.into(),
        effects::encode(saved.change.as_ref()).into(),
    ])
}
