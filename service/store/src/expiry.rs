//! Who has a grant that may have run out, without looking at anybody else: an index over what each person's series read
//! (the migration `profile_granted` says how), walked country by country of a profile table.
//!
//! When a grant runs out turns on policies and is not stored: the caller says by when it must have been confirmed. What
//! is found is looked at again under the lock of the person, by whoever writes the expiry.

use assent_domain::id::{ProfileId, TableId, TenantId};
use assent_domain::record::Country;
use assent_domain::time::Instant;

use crate::Store;
use crate::error::StoreError;
use crate::profile::ProfileKey;
use crate::row::Row;
use crate::statement::{Column, Sql, Values, sql};

const LIST_HOLDERS: Sql = sql!("list_holders");
const LIST_OLDEST_GRANTS: Sql = sql!("list_oldest_grants");
const LIST_DUE_GRANTS: Sql = sql!("list_due_grants");

/// How many people one slice of a walk holds at most.
const SLICE: i64 = 200;

/// The people of one profile table and one country (absent: of none) that something is granted by, and since when the one
/// longest unconfirmed is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granters {
    /// The profile table.
    pub table: TableId,
    /// Their country.
    pub jurisdiction: Option<Country>,
    oldest: Vec<u8>,
}

impl Granters {
    /// Whether a grant of one of them was last confirmed by `confirmed_by`.
    #[must_use]
    pub fn has_due(&self, confirmed_by: Instant) -> bool {
        self.oldest <= bytes(confirmed_by)
    }
}

/// A walk through some people's grants, the longest unconfirmed first: what could not be done is passed by.
#[derive(Clone, Default)]
pub struct GrantWalk {
    /// The time of the last one that was looked at, and who it was.
    after: (Vec<u8>, String),
    done: bool,
}

impl std::fmt::Debug for GrantWalk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GrantWalk").field("done", &self.done).finish_non_exhaustive()
    }
}

impl GrantWalk {
    /// Whether it has come to its end.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.done
    }
}

impl Store {
    /// The tenants that have people.
    ///
    /// # Errors
    /// What the database says.
    pub async fn tenants_with_people(&self) -> Result<Vec<TenantId>, StoreError> {
        let rows = self.rows(&LIST_HOLDERS, "profile", Values::default()).await?;
        let tenant = |row: &Row| TenantId::new(row.text("tenant")?).map_err(|_| row.wrong("tenant"));
        rows.iter().map(tenant).collect()
    }

    /// Those who granted something in those profile tables, country by country. Whoever reads no grant is not among them.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn granters(&self, tenant: &TenantId, tables: &[TableId]) -> Result<Vec<Granters>, StoreError> {
        let tables = tables.iter().map(|table| table.as_str().to_owned()).collect();
        let values = Values::of([tenant.as_str().into()]).columns([Column::Text(tables)]);
        let rows = self.rows(&LIST_OLDEST_GRANTS, "profile", values).await?;
        rows.iter().map(granters).collect()
    }

    /// The next of a walk whose grants were last confirmed by `confirmed_by`: a slice of them.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn due_grants(
        &self,
        tenant: &TenantId,
        of: &Granters,
        confirmed_by: Instant,
        walk: &mut GrantWalk,
    ) -> Result<Vec<ProfileKey>, StoreError> {
        let (confirmed, profile) = walk.after.clone();
        let values = Values::of([
            tenant.as_str().into(),
            of.table.as_str().into(),
            of.jurisdiction.as_ref().map_or("", Country::code).into(),
            bytes(confirmed_by).into(),
            confirmed.into(),
            profile.into(),
            SLICE.into(),
        ]);
        let rows = self.rows(&LIST_DUE_GRANTS, "profile", values).await?;
        walk.done = i64::try_from(rows.len()).unwrap_or(SLICE) < SLICE;
        let mut due = Vec::with_capacity(rows.len());
        for row in &rows {
            let id = ProfileId::new(row.text("profile")?).map_err(|_| row.wrong("profile"))?;
            walk.after = (row.bytes("confirmed")?, id.as_str().to_owned());
            due.push(ProfileKey { table: of.table.clone(), id });
        }
        Ok(due)
    }
}

fn granters(row: &Row) -> Result<Granters, StoreError> {
    let code = row.text("jurisdiction")?;
    let jurisdiction = match code.as_str() {
        "" => None,
        code => Some(Country::new(code).ok_or_else(|| row.wrong("jurisdiction"))?),
    };
    let table = TableId::new(row.text("profile_table")?).map_err(|_| row.wrong("profile_table"))?;
    Ok(Granters { table, jurisdiction, oldest: row.bytes("confirmed")? })
}

/// An instant as the index has it: its bytes compare as instants do; all of before 1970 is a single zero.
fn bytes(at: Instant) -> Vec<u8> {
    u64::try_from(at.micros()).map_or_else(|_| vec![0], |micros| micros.to_be_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use assent_domain::profile::StateRow;
    use assent_domain::scope::Series;

    use super::*;

    #[test]
    fn bytes_compare_as_instants_do_and_what_was_before_1970_comes_first() {
        let at = |micros| bytes(Instant::from_micros(micros).unwrap());
        assert!(at(0) < at(1) && at(255) < at(256) && at(1 << 40) < bytes(Instant::MAX));
        assert!(at(-1) < at(0) && at(-1) == bytes(Instant::MIN));
    }

    #[test]
    fn the_index_is_made_for_the_state_row_of_this_release() {
        // Another layout or another series needs a migration with an index of its own beside `profile_granted`.
        assert_eq!((StateRow::LAYOUT, StateRow::BYTES, Series::COUNT), (1, 120, 7));
    }
}
