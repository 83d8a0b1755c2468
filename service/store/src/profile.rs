//! People as they are stored: a row that locks and counts, and the records it is made of.

use std::collections::BTreeMap;

use assent_domain::canonical;
use assent_domain::id::{ProfileId, TableId, TenantId};
use assent_domain::profile::{Profile, ProfileFacts};
use assent_domain::record::Record;
use assent_domain::time::Instant;

use crate::Store;
use crate::error::StoreError;
use crate::row::Row;
use crate::statement::{Column, Sql, Values, sql};
use crate::tombstone::marked_columns;
use crate::transaction::{Stop, Tx};

mod walk;

pub use walk::ProfileWalk;

const LOAD_PROFILES: Sql = sql!("load_profiles");

/// One person in one profile table. Ordered as both engines order it: bytewise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileKey {
    /// The profile table.
    pub table: TableId,
    /// The person.
    pub id: ProfileId,
}

impl Store {
    /// The profile of each of those keys with all its records, in one statement; of whom was erased, what their
    /// tombstone says. Who was never heard of is [`Profile::unknown`].
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn load_profiles(
        &self,
        tenant: &TenantId,
        keys: &[ProfileKey],
    ) -> Result<BTreeMap<ProfileKey, Profile>, StoreError> {
        let mut keys: Vec<&ProfileKey> = keys.iter().collect();
        keys.sort();
        keys.dedup();
        let people = marked_columns(self.options().tombstones.as_ref(), tenant, &keys);
        let values = Values::of([tenant.as_str().into()]).columns(people);
        profiles_of(&self.rows(&LOAD_PROFILES, "profile", values).await?, &keys)
    }

    /// One profile, as [`Store::load_profiles`] gives it.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn load_profile(&self, tenant: &TenantId, key: &ProfileKey) -> Result<Profile, StoreError> {
        let mut loaded = self.load_profiles(tenant, std::slice::from_ref(key)).await?;
        loaded.remove(key).ok_or(StoreError::Inconsistent { table: "profile", column: "profile" })
    }
}

/// The same inside a transaction; no key may stand there twice.
pub(crate) async fn load_profiles(
    tx: &Tx,
    tenant: &TenantId,
    keys: &[&ProfileKey],
) -> Result<BTreeMap<ProfileKey, Profile>, Stop> {
    let values = Values::of([tenant.as_str().into()]).columns(tx.marked(tenant, keys));
    Ok(profiles_of(&tx.rows(&LOAD_PROFILES, "profile", values).await?, keys)?)
}

fn profiles_of(rows: &[Row], keys: &[&ProfileKey]) -> Result<BTreeMap<ProfileKey, Profile>, StoreError> {
    let mut found: BTreeMap<ProfileKey, (ProfileFacts, Vec<Record>)> = BTreeMap::new();
    for row in rows {
        let facts = facts_of(row)?;
        let key = ProfileKey { table: facts.table.clone(), id: facts.id.clone() };
        let (_, records) = found.entry(key).or_insert_with(|| (facts, Vec::new()));
        if let Some(body) = row.slice_or_none("body")? {
            records.push(record_of(body)?);
        }
    }
    let mut profile = |key: &ProfileKey| match found.remove(key) {
        Some((facts, records)) => Profile::of(facts, records),
        None => Profile::unknown(key.table.clone(), key.id.clone()),
    };
    Ok(keys.iter().map(|key| ((*key).clone(), profile(key))).collect())
}

pub(crate) fn key_columns(keys: &[&ProfileKey]) -> [Column; 2] {
    [
        Column::Text(keys.iter().map(|key| key.table.as_str().to_owned()).collect()),
        Column::Text(keys.iter().map(|key| key.id.as_str().to_owned()).collect()),
    ]
}

pub(crate) fn key_of(row: &Row) -> Result<ProfileKey, StoreError> {
    let table = TableId::new(row.text("profile_table")?).map_err(|_| row.wrong("profile_table"))?;
    let id = ProfileId::new(row.text("profile")?).map_err(|_| row.wrong("profile"))?;
    Ok(ProfileKey { table, id })
}

pub(crate) fn facts_of(row: &Row) -> Result<ProfileFacts, StoreError> {
    facts_with(key_of(row)?, row)
}

/// The same of a row that does not say whose it is.
pub(crate) fn facts_with(key: ProfileKey, row: &Row) -> Result<ProfileFacts, StoreError> {
    let ProfileKey { table, id } = key;
    let version = row.count("version")?;
    let last_recorded_at = if version == 0 { None } else { Some(row.instant("last_recorded_at")?) };
    let erased_at = row
        .number_or_none("erased_at")?
        .map(|micros| Instant::from_micros(micros).ok_or_else(|| row.wrong("erased_at")))
        .transpose()?;
    Ok(ProfileFacts { table, id, version, last_recorded_at, erased_at })
}

pub(crate) fn record_of(body: &[u8]) -> Result<Record, StoreError> {
    canonical::decode(body).map_err(|_| StoreError::Inconsistent { table: "record", column: "body" })
}
