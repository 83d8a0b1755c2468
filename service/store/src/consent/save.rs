//! Writing what was decided: records, the rows that wait to be numbered, the profiles, the request; and what is taken
//! away.

use std::collections::BTreeMap;

use assent_domain::canonical;
use assent_domain::change::Saved;
use assent_domain::id::TenantId;
use assent_domain::ledger::{Salt, leaf};
use assent_domain::profile::Profile;
use assent_domain::time::{Day, Instant};

use super::judge::Judged;
use super::load::Lock;
use crate::effects;
use crate::error::StoreError;
use crate::profile::{ProfileKey, key_columns};
use crate::removal::Queued;
use crate::statement::{Column, Sql, Values, sql};
use crate::transaction::{Stop, Tx};

const SAVE_CONSENTS: Sql = sql!("save_consents");
const RELEASE_PROFILES: Sql = sql!("release_profiles");

/// Leaves nobody behind who is still nobody: the row that was locked would name them.
pub(crate) async fn release(tx: &Tx, tenant: &TenantId, nobody: &[&ProfileKey]) -> Result<(), Stop> {
    if !nobody.is_empty() {
        let values = Values::of([tenant.as_str().into()]).columns(key_columns(nobody));
        tx.execute(&RELEASE_PROFILES, values).await?;
    }
    Ok(())
}

/// Stands for NULL in a column of numbers.
const NONE: i64 = i64::MIN;

pub(super) async fn save(
    tx: &Tx,
    tenant: &TenantId,
    now: Instant,
    locks: &BTreeMap<ProfileKey, Lock>,
    mut judged: Judged,
) -> Result<(), Stop> {
    let nobody = locks.iter().filter(|(key, lock)| lock.made && !judged.records.contains_key(key));
    let nobody: Vec<&ProfileKey> = nobody.map(|(key, _)| key).collect();
    release(tx, tenant, &nobody).await?;
    if judged.is_empty() {
        return Ok(());
    }
    // In one order, like the profiles: two writes with the same requests wait for each other, not in a circle.
    judged.requests.sort_unstable();
    let requests = judged.requests.len();
    let values = Values::of([tenant.as_str().into()]);
    let saved = judged.records.values().flatten().map(|(saved, _)| saved);
    let removals = Queued::of(saved, now, tx.longest());
    let rows = Rows::of(now, locks, judged)?;
    let values = values
        .columns(rows.records.into_columns())
        .columns(rows.profiles.into_columns())
        .columns(rows.requests.into_columns());
    if tx.rows(&SAVE_CONSENTS, "request", values).await?.len() != requests {
        // The same id was used at the same time for other people: look again.
        return Err(Stop::Again);
    }
    removals.save(tx, tenant).await
}

#[derive(Default)]
struct Rows {
    records: RecordRows,
    profiles: ProfileRows,
    requests: RequestRows,
}

impl Rows {
    fn of(now: Instant, locks: &BTreeMap<ProfileKey, Lock>, judged: Judged) -> Result<Self, StoreError> {
        let Judged { loaded, records, requests, mut answered } = judged;
        let mut rows = Self::default();
        for (key, records) in &records {
            // Only what was locked may be written.
            let (lock, profile) = locks.get(key).zip(loaded.profiles.get(key)).ok_or(StoreError::Conflict)?;
            let mut hlc = lock.clock;
            for (saved, salt) in records {
                hlc = now.micros().max(hlc.saturating_add(1));
                rows.records.push(saved, salt, hlc);
            }
            rows.profiles.push(key, profile, hlc);
        }
        for id in requests {
            if let Some(answered) = answered.remove(&id) {
                rows.requests.ids.push(id.0.to_vec());
                rows.requests.methods.push(answered.method);
                rows.requests.hashes.push(answered.content_hash.to_vec());
                rows.requests.outcomes.push(answered.outcomes);
                rows.requests.created_at.push(now.micros());
            }
        }
        Ok(rows)
    }
}

#[derive(Default)]
struct RequestRows {
    ids: Vec<Vec<u8>>,
    methods: Vec<String>,
    hashes: Vec<Vec<u8>>,
    outcomes: Vec<Vec<u8>>,
    created_at: Vec<i64>,
}

impl RequestRows {
    fn into_columns(self) -> [Column; 5] {
        [
            Column::Bytes(self.ids),
            Column::Text(self.methods),
            Column::Bytes(self.hashes),
            Column::Bytes(self.outcomes),
            Column::Number(self.created_at),
        ]
    }
}

#[derive(Default)]
struct RecordRows {
    ids: Vec<Vec<u8>>,
    tables: Vec<String>,
    profiles: Vec<String>,
    versions: Vec<i64>,
    recorded_at: Vec<i64>,
    hlc: Vec<i64>,
    leaves: Vec<Vec<u8>>,
    salts: Vec<Vec<u8>>,
    bodies: Vec<Vec<u8>>,
    effects: Vec<Vec<u8>>,
}

impl RecordRows {
    fn push(&mut self, saved: &Saved, salt: &Salt, hlc: i64) {
        let record = &saved.record;
        let body = canonical::encode(record);
        self.ids.push(record.id.0.to_vec());
        self.tables.push(record.table.as_str().to_owned());
        self.profiles.push(record.profile.as_str().to_owned());
        self.versions.push(i64::try_from(record.profile_version).unwrap_or(i64::MAX));
        self.recorded_at.push(record.recorded_at.micros());
        self.hlc.push(hlc);
        self.leaves.push(leaf(salt, &body).0.to_vec());
        self.salts.push(salt.0.to_vec());
        self.bodies.push(body);
        self.effects.push(effects::encode(saved.change.as_ref()));
    }

    fn into_columns(self) -> [Column; 10] {
        [
            Column::Bytes(self.ids),
            Column::Text(self.tables),
            Column::Text(self.profiles),
            Column::Number(self.versions),
            Column::Number(self.recorded_at),
            Column::Number(self.hlc),
            Column::Bytes(self.leaves),
            Column::Bytes(self.salts),
            Column::Bytes(self.bodies),
            Column::Bytes(self.effects),
        ]
    }
}

#[derive(Default)]
struct ProfileRows {
    tables: Vec<String>,
    ids: Vec<String>,
    versions: Vec<i64>,
    hlc: Vec<i64>,
    last_recorded_at: Vec<i64>,
    states: Vec<Vec<u8>>,
    erased_at: Vec<i64>,
    collected_on: Vec<i64>,
    jurisdictions: Vec<String>,
    histories: Vec<Vec<u8>>,
}

impl ProfileRows {
    fn push(&mut self, key: &ProfileKey, profile: &Profile, hlc: i64) {
        let facts = profile.history().facts();
        self.tables.push(key.table.as_str().to_owned());
        self.ids.push(key.id.as_str().to_owned());
        self.versions.push(i64::try_from(profile.version()).unwrap_or(i64::MAX));
        self.hlc.push(hlc);
        self.last_recorded_at.push(profile.last_recorded_at().map_or(0, Instant::micros));
        self.states.push(profile.state_row().encode());
        self.erased_at.push(profile.erased_at().map_or(NONE, Instant::micros));
        self.collected_on.push(facts.collected_on.map_or(NONE, Day::number));
        self.jurisdictions
            .push(facts.jurisdiction.map_or_else(String::new, |country| country.code().to_owned()));
        // Empty stands for none.
        self.histories.push(profile.subject().history_row().unwrap_or_default());
    }

    fn into_columns(self) -> [Column; 10] {
        [
            Column::Text(self.tables),
            Column::Text(self.ids),
            Column::Number(self.versions),
            Column::Number(self.hlc),
            Column::Number(self.last_recorded_at),
            Column::Bytes(self.states),
            Column::Number(self.erased_at),
            Column::Number(self.collected_on),
            Column::Text(self.jurisdictions),
            Column::Bytes(self.histories),
        ]
    }
}
