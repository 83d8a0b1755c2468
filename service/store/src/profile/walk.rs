//! A walk through everybody on record, in the order of their keys, so that it goes on from the last one however long ago that
//! was, and costs what it gives. Nobody who was erased is on record.

use assent_domain::id::{TableId, TenantId};

use super::{ProfileKey, key_of};
use crate::Store;
use crate::error::StoreError;
use crate::statement::{Sql, Values, sql};

const WALK_PROFILES: Sql = sql!("walk_profiles");

/// The greatest code point, four bytes long: no id of a table comes after as many of them as fit.
const GREATEST: &str = "\u{10ffff}";

/// A stretch of the walk.
#[derive(Clone, Copy, Debug)]
pub struct ProfileWalk<'a> {
    /// The last one who was given; absent: it begins.
    pub after: Option<&'a ProfileKey>,
    /// The table to walk; absent: all of them, one after the other.
    pub table: Option<&'a TableId>,
    /// The most people of the stretch.
    pub people: u32,
}

impl Store {
    /// The next people on record. Fewer than were asked for: there are no more.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn walk_profiles(
        &self,
        tenant: &TenantId,
        walk: &ProfileWalk<'_>,
    ) -> Result<Vec<ProfileKey>, StoreError> {
        let greatest = GREATEST.repeat(TableId::MAX_BYTES / GREATEST.len());
        let after = walk.after.map_or(("", ""), |after| (after.table.as_str(), after.id.as_str()));
        // The empty text comes before every id.
        let first = walk.table.map_or(("", ""), |table| (table.as_str(), ""));
        let (table, id) = after.max(first);
        let values = Values::of([
            tenant.as_str().into(),
            table.into(),
            id.into(),
            walk.table.map_or(greatest.as_str(), TableId::as_str).into(),
            i64::from(walk.people).into(),
        ]);
        self.rows(&WALK_PROFILES, "profile", values).await?.iter().map(key_of).collect()
    }
}
