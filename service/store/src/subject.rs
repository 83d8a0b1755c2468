//! People as judges see them, one row each: by the history row beside their profile, and by their records only where that says
//! nothing, which is where another release wrote last, or where somebody has more on record than is worth keeping twice.

use std::collections::BTreeMap;

use assent_domain::id::TenantId;
use assent_domain::profile::Profile;
use assent_domain::subject::Subject;

use crate::Store;
use crate::error::StoreError;
use crate::profile::{ProfileKey, facts_with, load_profiles};
use crate::row::Row;
use crate::statement::{Sql, Values, sql};
use crate::tombstone::marked_columns;
use crate::transaction::{Stop, Tx};

mod fill;

const LOAD_SUBJECTS: Sql = sql!("load_subjects");

/// People by their keys.
type Subjects = BTreeMap<ProfileKey, Subject>;

impl Store {
    /// The people of those keys without their records, in one statement, and one more where a history row says nothing; of
    /// whom was erased, what their tombstone says. Who was never heard of is [`Subject::unknown`].
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn load_subjects(
        &self,
        tenant: &TenantId,
        keys: &[ProfileKey],
    ) -> Result<Subjects, StoreError> {
        let mut keys: Vec<&ProfileKey> = keys.iter().collect();
        keys.sort();
        keys.dedup();
        let people = marked_columns(self.options().tombstones.as_ref(), tenant, &keys);
        let values = Values::of([tenant.as_str().into()]).columns(people);
        let (mut found, unread) = subjects_of(&self.rows(&LOAD_SUBJECTS, "profile", values).await?, &keys)?;
        if !unread.is_empty() {
            found.extend(without_records(self.load_profiles(tenant, &unread).await?));
        }
        Ok(found)
    }
}

/// The same inside a transaction; no key may stand there twice.
pub(crate) async fn load_subjects(
    tx: &Tx,
    tenant: &TenantId,
    keys: &[&ProfileKey],
) -> Result<Subjects, Stop> {
    let values = Values::of([tenant.as_str().into()]).columns(tx.marked(tenant, keys));
    let (mut found, unread) = subjects_of(&tx.rows(&LOAD_SUBJECTS, "profile", values).await?, keys)?;
    if !unread.is_empty() {
        let unread: Vec<&ProfileKey> = unread.iter().collect();
        found.extend(without_records(load_profiles(tx, tenant, &unread).await?));
    }
    Ok(found)
}

/// People without their records.
pub(crate) fn without_records(
    profiles: BTreeMap<ProfileKey, Profile>,
) -> impl Iterator<Item = (ProfileKey, Subject)> {
    profiles.into_iter().map(|(key, profile)| (key, profile.into_subject()))
}

/// Everybody whose row could be read, and those whose records are to be.
fn subjects_of(rows: &[Row], keys: &[&ProfileKey]) -> Result<(Subjects, Vec<ProfileKey>), StoreError> {
    let mut rows_of: Vec<Option<&Row>> = vec![None; keys.len()];
    for row in rows {
        let place = usize::try_from(row.count("place")?).ok().and_then(|place| rows_of.get_mut(place));
        *place.ok_or_else(|| row.wrong("place"))? = Some(row);
    }
    let (mut found, mut unread) = (Subjects::new(), Vec::new());
    for (key, row) in keys.iter().zip(rows_of) {
        let read = match row {
            None => Some(Subject::unknown(key.table.clone(), key.id.clone())),
            Some(row) => subject_of(key, row)?,
        };
        match read {
            Some(subject) => drop(found.insert((*key).clone(), subject)),
            None => unread.push((*key).clone()),
        }
    }
    Ok((found, unread))
}

fn subject_of(key: &ProfileKey, row: &Row) -> Result<Option<Subject>, StoreError> {
    let facts = facts_with(key.clone(), row)?;
    let history_row = row.slice_or_none("history")?;
    Ok(history_row.and_then(|history_row| Subject::read(facts, history_row).ok()))
}
