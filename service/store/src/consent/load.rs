//! Locking the profiles of a consent write and loading what its decision needs.

use std::collections::{BTreeMap, BTreeSet};

use assent_domain::id::NoticeId;
use assent_domain::profile::{Profile, ProfileFacts};
use assent_domain::record::Record;

use super::{ConsentWrite, Loaded, Request};
use crate::error::StoreError;
use crate::policy_override::load_overrides;
use crate::profile::{ProfileKey, facts_of, key_columns, key_of, record_of};
use crate::profile_table::load_tables;
use crate::statement::{Column, Sql, Values, sql};
use crate::transaction::{Stop, Tx};

const CLAIM_PROFILES: Sql = sql!("claim_profiles");
const LOCK_PROFILES: Sql = sql!("lock_profiles");
const LOAD_RECORDS: Sql = sql!("load_records");
const FIND_NOTICES: Sql = sql!("find_notices");
const READ_REQUEST: Sql = sql!("read_request");

/// Each profile's logical clock when it was locked.
pub(super) type Clocks = BTreeMap<ProfileKey, i64>;

pub(super) async fn load(
    tx: &Tx,
    write: &ConsentWrite<'_>,
    keys: &[&ProfileKey],
) -> Result<(Loaded, Clocks), Stop> {
    let tenant = write.tenant;
    let by_key = || Values::of([tenant.as_str().into()]).columns(key_columns(keys));
    // Nobody's row can be locked that is not there, so those who are new get one first. Both
    // statements go through the keys in the same order as every other writer.
    tx.execute(&CLAIM_PROFILES, by_key()).await?;
    let mut rows: BTreeMap<ProfileKey, (ProfileFacts, Vec<Record>)> = BTreeMap::new();
    let mut clocks = Clocks::new();
    for row in tx.rows(&LOCK_PROFILES, "profile", by_key()).await? {
        let key = key_of(&row)?;
        clocks.insert(key.clone(), row.number("hlc")?);
        rows.insert(key, (facts_of(&row)?, Vec::new()));
    }
    if rows.len() != keys.len() {
        // One that was there is gone: the writer that claimed it had nothing to store.
        return Err(Stop::Again);
    }
    for row in tx.rows(&LOAD_RECORDS, "record", by_key()).await? {
        let (_, records) = rows.get_mut(&key_of(&row)?).ok_or_else(|| row.wrong("profile"))?;
        records.push(record_of(&row.bytes("body")?)?);
    }
    let tables: BTreeSet<_> = keys.iter().map(|key| &key.table).collect();
    let loaded = Loaded {
        profiles: rows.into_iter().map(|(key, (row, records))| (key, Profile::of(row, records))).collect(),
        tables: load_tables(tx, tenant, tables).await?,
        overrides: load_overrides(tx, tenant).await?,
        notices: find_notices(tx, write).await?,
        // After the locks: a call repeated at the same time waits there for the first one's answer.
        replayed: match &write.request {
            Some(request) => replayed(tx, write, request).await?,
            None => None,
        },
    };
    Ok((loaded, clocks))
}

async fn find_notices(tx: &Tx, write: &ConsentWrite<'_>) -> Result<Vec<NoticeId>, Stop> {
    if write.notices.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: BTreeSet<_> = write.notices.iter().collect();
    let wanted = Column::Bytes(wanted.into_iter().map(|id| id.0.to_vec()).collect());
    let values = Values::of([write.tenant.as_str().into()]).columns([wanted]);
    let rows = tx.rows(&FIND_NOTICES, "notice", values).await?;
    let mut found =
        rows.iter().map(|row| row.array("sha256").map(NoticeId)).collect::<Result<Vec<_>, _>>()?;
    found.sort_unstable();
    Ok(found)
}

async fn replayed(tx: &Tx, write: &ConsentWrite<'_>, request: &Request<'_>) -> Result<Option<Vec<u8>>, Stop> {
    let values = Values::of([write.tenant.as_str().into(), request.id.0.to_vec().into()]);
    let rows = tx.rows(&READ_REQUEST, "request", values).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    if row.text("method")? != request.method || row.array("content_hash")? != request.content_hash {
        return Err(StoreError::RequestIdReused.into());
    }
    Ok(Some(row.bytes("outcomes")?))
}
