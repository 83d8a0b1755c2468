//! Writing what was decided: records, the rows that wait to be numbered, the profiles, the request.

use assent_domain::canonical;
use assent_domain::ledger::leaf;
use assent_domain::profile::Profile;
use assent_domain::time::{Day, Instant};

use super::load::Clocks;
use super::{ConsentWrite, Decided, Loaded};
use crate::effects;
use crate::error::StoreError;
use crate::profile::{ProfileKey, key_columns};
use crate::statement::{Column, Sql, Values, sql};
use crate::transaction::{Stop, Tx};

const INSERT_RECORDS: Sql = sql!("insert_records");
const INSERT_PENDING: Sql = sql!("insert_pending");
const SAVE_PROFILES: Sql = sql!("save_profiles");
const RELEASE_PROFILES: Sql = sql!("release_profiles");
const INSERT_REQUEST: Sql = sql!("insert_request");

/// Stands for NULL in a column of numbers.
const NONE: i64 = i64::MIN;

pub(super) async fn save<A>(
    tx: &Tx,
    write: &ConsentWrite<'_>,
    loaded: &Loaded,
    clocks: &Clocks,
    decided: &Decided<A>,
) -> Result<(), Stop> {
    let rows = Rows::of(write.now, clocks, decided)?;
    let tenant = || Values::of([write.tenant.as_str().into()]);
    if !rows.records.ids.is_empty() {
        tx.execute(&INSERT_RECORDS, tenant().columns(rows.records.columns())).await?;
        tx.execute(&INSERT_PENDING, tenant().columns(rows.records.pending())).await?;
        tx.execute(&SAVE_PROFILES, tenant().columns(rows.profiles.columns())).await?;
    }
    // Who is still nobody after this must not be left behind: the row would name them.
    let nobody: Vec<&ProfileKey> = loaded
        .profiles
        .iter()
        .filter(|(key, profile)| profile.version() == 0 && !rows.profiles.keys.contains(key))
        .map(|(key, _)| key)
        .collect();
    if !nobody.is_empty() {
        tx.execute(&RELEASE_PROFILES, tenant().columns(key_columns(&nobody))).await?;
    }
    if let Some(request) = &write.request {
        let values = Values::of([
            write.tenant.as_str().into(),
            request.id.0.to_vec().into(),
            request.method.into(),
            request.content_hash.to_vec().into(),
            decided.outcomes.clone().into(),
            write.now.micros().into(),
        ]);
        if tx.execute(&INSERT_REQUEST, values).await? == 0 {
            // The same id was used at the same time for other people: look again.
            return Err(Stop::Again);
        }
    }
    Ok(())
}

struct Rows {
    records: RecordRows,
    profiles: ProfileRows,
}

impl Rows {
    fn of<A>(now: Instant, clocks: &Clocks, decided: &Decided<A>) -> Result<Self, StoreError> {
        let mut rows = Self { records: RecordRows::default(), profiles: ProfileRows::default() };
        for change in decided.changes.iter().filter(|change| !change.records.is_empty()) {
            let profile = &change.profile;
            let key = ProfileKey { table: profile.table().clone(), id: profile.id().clone() };
            // Only what was locked may be written.
            let clock = clocks.get(&key).ok_or(StoreError::Conflict)?;
            let mut hlc = *clock;
            for (saved, salt) in &change.records {
                hlc = now.micros().max(hlc.saturating_add(1));
                rows.records.push(saved, salt, hlc);
            }
            rows.profiles.push(key, profile, hlc);
        }
        Ok(rows)
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
    fn push(&mut self, saved: &assent_domain::change::Saved, salt: &assent_domain::ledger::Salt, hlc: i64) {
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

    fn columns(&self) -> [Column; 10] {
        [
            Column::Bytes(self.ids.clone()),
            Column::Text(self.tables.clone()),
            Column::Text(self.profiles.clone()),
            Column::Number(self.versions.clone()),
            Column::Number(self.recorded_at.clone()),
            Column::Number(self.hlc.clone()),
            Column::Bytes(self.leaves.clone()),
            Column::Bytes(self.salts.clone()),
            Column::Bytes(self.bodies.clone()),
            Column::Bytes(self.effects.clone()),
        ]
    }

    fn pending(&self) -> [Column; 4] {
        [
            Column::Number(self.hlc.clone()),
            Column::Bytes(self.ids.clone()),
            Column::Number(self.recorded_at.clone()),
            Column::Bytes(self.leaves.clone()),
        ]
    }
}

#[derive(Default)]
struct ProfileRows {
    keys: std::collections::BTreeSet<ProfileKey>,
    tables: Vec<String>,
    ids: Vec<String>,
    versions: Vec<i64>,
    hlc: Vec<i64>,
    last_recorded_at: Vec<i64>,
    states: Vec<Vec<u8>>,
    erased_at: Vec<i64>,
    collected_on: Vec<i64>,
    jurisdictions: Vec<String>,
}

impl ProfileRows {
    fn push(&mut self, key: ProfileKey, profile: &Profile, hlc: i64) {
        let facts = profile.history().facts();
        self.tables.push(key.table.as_str().to_owned());
        self.ids.push(key.id.as_str().to_owned());
        self.keys.insert(key);
        self.versions.push(i64::try_from(profile.version()).unwrap_or(i64::MAX));
        self.hlc.push(hlc);
        self.last_recorded_at.push(profile.last_recorded_at().map_or(0, Instant::micros));
        self.states.push(profile.state_row().encode());
        self.erased_at.push(profile.erased_at().map_or(NONE, Instant::micros));
        self.collected_on.push(facts.collected_on.map_or(NONE, day_number));
        self.jurisdictions
            .push(facts.jurisdiction.map_or_else(String::new, |country| country.code().to_owned()));
    }

    fn columns(&self) -> [Column; 9] {
        [
            Column::Text(self.tables.clone()),
            Column::Text(self.ids.clone()),
            Column::Number(self.versions.clone()),
            Column::Number(self.hlc.clone()),
            Column::Number(self.last_recorded_at.clone()),
            Column::Bytes(self.states.clone()),
            Column::Number(self.erased_at.clone()),
            Column::Number(self.collected_on.clone()),
            Column::Text(self.jurisdictions.clone()),
        ]
    }
}

/// Days since 1970-01-01, in the proleptic Gregorian calendar: the year is taken to begin in March,
/// so that a leap day is its last.
fn day_number(day: Day) -> i64 {
    let (year, month, day) = day.ymd();
    let (year, month, day) = (i64::from(year), i64::from(month), i64::from(day));
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_counted_from_1970() {
        for (text, number) in [
            ("1970-01-01", 0),
            ("1969-12-31", -1),
            ("2000-02-29", 11_016),
            ("2026-07-14", 20_648),
            ("0001-01-01", -719_162),
        ] {
            assert_eq!(Day::parse(text).map(day_number), Some(number), "{text}");
        }
    }
}
