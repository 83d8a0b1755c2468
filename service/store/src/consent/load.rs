//! Locking the profiles of a consent write and loading what its decisions need.

use std::collections::{BTreeMap, BTreeSet};

use assent_domain::id::{NoticeId, PolicyId, ProfileId, RequestId, TableId, TenantId};
use assent_domain::profile::{Profile, ProfileFacts};
use assent_domain::record::Record;

use super::{ConsentCall, Loaded};
use crate::error::StoreError;
use crate::policy_override::PolicyOverride;
use crate::profile::{ProfileKey, facts_of, key_columns, key_of, record_of};
use crate::request::Answered;
use crate::row::Row;
use crate::statement::{Column, Sql, Values, sql};
use crate::transaction::{Stop, Tx};
use crate::versioned::Versioned;

const LOCK_PROFILES: Sql = sql!("lock_profiles");
const LOAD_GROUNDS: Sql = sql!("load_grounds");

/// What the calls of a write ask for together, each thing once and in order.
pub(super) struct Wanted<'a> {
    profiles: Vec<&'a ProfileKey>,
    tables: BTreeSet<&'a TableId>,
    notices: BTreeSet<&'a NoticeId>,
    requests: BTreeSet<RequestId>,
}

impl<'a> Wanted<'a> {
    pub(super) fn of(calls: impl Iterator<Item = &'a ConsentCall<'a>> + Clone) -> Self {
        let profiles: BTreeSet<_> = calls.clone().flat_map(|call| call.profiles).collect();
        let named = calls.clone().filter_map(|call| call.table);
        Self {
            tables: profiles.iter().map(|key| &key.table).chain(named).collect(),
            profiles: profiles.into_iter().collect(),
            notices: calls.clone().flat_map(|call| call.notices).collect(),
            requests: calls.filter_map(|call| Some(call.request.as_ref()?.id)).collect(),
        }
    }

    fn values(&self, tx: &Tx, tenant: &TenantId) -> Values {
        let tables = self.tables.iter().map(|id| id.as_str().to_owned()).collect();
        let notices = self.notices.iter().map(|id| id.0.to_vec()).collect();
        let requests = self.requests.iter().map(|id| id.0.to_vec()).collect();
        Values::of([tenant.as_str().into()])
            .columns(tx.marked(tenant, &self.profiles))
            .columns([Column::Text(tables)])
            .columns([Column::Bytes(notices)])
            .columns([Column::Bytes(requests)])
    }
}

/// What the store alone knows of what it loaded.
pub(super) struct Known {
    pub(super) locks: BTreeMap<ProfileKey, Lock>,
    /// The requests that were answered before.
    pub(super) answered: BTreeMap<RequestId, Answered>,
}

/// A profile's row as it was when it was locked.
pub(super) struct Lock {
    /// Its logical clock.
    pub(super) clock: i64,
    /// Whether the row was made only to be locked.
    pub(super) made: bool,
}

type Rows = BTreeMap<ProfileKey, (ProfileFacts, Vec<Record>)>;

pub(super) async fn load(tx: &Tx, tenant: &TenantId, wanted: &Wanted<'_>) -> Result<(Loaded, Known), Stop> {
    let (mut rows, mut locks) = lock(tx, tenant, wanted).await?;
    let mut loaded = Loaded {
        profiles: BTreeMap::new(),
        tables: BTreeMap::new(),
        overrides: Vec::new(),
        notices: Vec::new(),
        replayed: None,
    };
    let mut answered = BTreeMap::new();
    // After the locks, in a statement of its own, which sees what was committed while they were waited for: so a
    // call repeated at the same time finds the first one's answer, and whoever was erased meanwhile is.
    for row in tx.rows(&LOAD_GROUNDS, "grounds", wanted.values(tx, tenant)).await? {
        match row.number("kind")? {
            1 => {
                let (_, records) = rows.get_mut(&person_of(&row)?).ok_or_else(|| row.wrong("profile"))?;
                records.push(record_of(row.slice("body")?)?);
            }
            2 => drop(loaded.tables.insert(table_of(&row)?, versioned_of(&row, "profile_table")?)),
            3 => {
                let id = PolicyId::new(row.text("id")?).map_err(|_| row.wrong("id"))?;
                loaded.overrides.push(PolicyOverride { id, stored: versioned_of(&row, "policy_override")? });
            }
            4 => loaded.notices.push(NoticeId(row.array("body")?)),
            5 => drop(answered.insert(RequestId(row.array("body")?), answered_of(&row)?)),
            6 => remember(&row, &mut rows, &mut locks)?,
            _ => return Err(row.wrong("kind").into()),
        }
    }
    loaded.overrides.sort_by(|a, b| a.id.cmp(&b.id));
    loaded.notices.sort_unstable();
    loaded.profiles =
        rows.into_iter().map(|(key, (row, records))| (key, Profile::of(row, records))).collect();
    Ok((loaded, Known { locks, answered }))
}

/// Locks the rows of everybody asked for, in the order of their keys like every other writer. Nobody's row can be
/// locked that is not there, so those who are new get one first.
async fn lock(
    tx: &Tx,
    tenant: &TenantId,
    wanted: &Wanted<'_>,
) -> Result<(Rows, BTreeMap<ProfileKey, Lock>), Stop> {
    let (mut rows, mut locks) = (Rows::new(), BTreeMap::new());
    if wanted.profiles.is_empty() {
        return Ok((rows, locks));
    }
    let values = Values::of([tenant.as_str().into()]).columns(key_columns(&wanted.profiles));
    for row in tx.rows(&LOCK_PROFILES, "profile", values).await? {
        let key = key_of(&row)?;
        locks.insert(key.clone(), Lock { clock: row.number("hlc")?, made: row.number("made")? == 1 });
        rows.insert(key, (facts_of(&row)?, Vec::new()));
    }
    if rows.len() == wanted.profiles.len() {
        return Ok((rows, locks));
    }
    // Somebody new was made known by another writer after this statement had begun: the next run sees them.
    Err(Stop::Again)
}

/// Somebody without a profile who has a tombstone goes on from it. Whoever lives again has a profile that knows of it.
fn remember(row: &Row, rows: &mut Rows, locks: &mut BTreeMap<ProfileKey, Lock>) -> Result<(), StoreError> {
    let key = person_of(row)?;
    let (Some((facts, _)), Some(lock)) = (rows.get_mut(&key), locks.get_mut(&key)) else {
        return Err(row.wrong("profile"));
    };
    if facts.version == 0 {
        let erased_at = row.instant("recorded_at")?;
        facts.version = row.count("version")?;
        (facts.last_recorded_at, facts.erased_at) = (Some(erased_at), Some(erased_at));
        lock.clock = row.number("hlc")?;
    }
    Ok(())
}

/// Somebody alone, locked and loaded.
pub(crate) struct Locked {
    pub(crate) profile: Profile,
    /// Their logical clock.
    pub(crate) clock: i64,
    /// Whether a row was made only to be locked.
    pub(crate) made: bool,
}

pub(crate) async fn lock_one(tx: &Tx, tenant: &TenantId, who: &ProfileKey) -> Result<Locked, Stop> {
    let profiles = std::slice::from_ref(who);
    let call = ConsentCall { profiles, table: None, notices: &[], request: None };
    let (mut loaded, mut known) = load(tx, tenant, &Wanted::of(std::iter::once(&call))).await?;
    match (loaded.profiles.remove(who), known.locks.remove(who)) {
        (Some(profile), Some(Lock { clock, made })) => Ok(Locked { profile, clock, made }),
        _ => Err(Stop::Again),
    }
}

/// Several people, locked and loaded, with the settings of their tables; and whose rows were made only to be locked.
pub(crate) async fn lock_several(
    tx: &Tx,
    tenant: &TenantId,
    who: &[ProfileKey],
) -> Result<(Loaded, Vec<ProfileKey>), Stop> {
    let call = ConsentCall { profiles: who, table: None, notices: &[], request: None };
    let (loaded, known) = load(tx, tenant, &Wanted::of(std::iter::once(&call))).await?;
    let made = known.locks.into_iter().filter(|(_, lock)| lock.made);
    Ok((loaded, made.map(|(key, _)| key).collect()))
}

fn person_of(row: &Row) -> Result<ProfileKey, StoreError> {
    let id = ProfileId::new(row.text("profile")?).map_err(|_| row.wrong("profile"))?;
    Ok(ProfileKey { table: table_of(row)?, id })
}

fn table_of(row: &Row) -> Result<TableId, StoreError> {
    TableId::new(row.text("id")?).map_err(|_| row.wrong("id"))
}

fn versioned_of(row: &Row, table: &'static str) -> Result<Versioned, StoreError> {
    Versioned::of(table, row.number("version")?, row.text("settings")?, row.number("recorded_at")?)
}

fn answered_of(row: &Row) -> Result<Answered, StoreError> {
    Ok(Answered {
        method: row.text("id")?,
        content_hash: row.array("content_hash")?,
        outcomes: row.bytes("outcomes")?,
    })
}
