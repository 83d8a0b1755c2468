//! How the erased are known again: by a keyed hash of who they were, which tells nothing to whoever has the database alone.
//!
//! The key lives as long as the tombstones do. With another one nobody's tombstone is found, and everybody who was erased
//! would be a stranger who may be recorded anew.

use std::fmt;

use assent_domain::id::TenantId;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::Store;
use crate::error::StoreError;
use crate::profile::{ProfileKey, key_columns};
use crate::statement::{Column, Sql, Values, sql};
use crate::transaction::{Ending, transaction};

/// What an erased person, or a key, is known by.
pub type Mark = [u8; 32];

const PUT_KEY_MARK: Sql = sql!("put_key_mark");
const READ_KEY_MARK: Sql = sql!("read_key_mark");

/// The key of the tombstones: 32 random bytes. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct TombstoneKey([u8; 32]);

impl TombstoneKey {
    /// Takes the bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// What the key itself is known by.
    #[must_use]
    pub fn own_mark(&self) -> Mark {
        self.hash(b"assent tombstone key v1\n", &[])
    }

    /// What a person is known by once erased. Each part is led by its length, so that no two people run together.
    #[must_use]
    pub fn mark(&self, tenant: &TenantId, person: &ProfileKey) -> Mark {
        self.hash(b"assent tombstone v1\n", &[tenant.as_str(), person.table.as_str(), person.id.as_str()])
    }

    fn hash(&self, what: &[u8], parts: &[&str]) -> Mark {
        #[expect(clippy::expect_used, reason = "an HMAC takes a key of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length");
        mac.update(what);
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }
}

impl Store {
    /// Refuses a key for tombstones that is not the one that this database was first served with: nobody's tombstone would be
    /// found by it.
    ///
    /// # Errors
    /// [`StoreError::KeyChanged`]; what the database says.
    pub async fn check_tombstone_key(&self) -> Result<(), StoreError> {
        let Some(key) = &self.options().tombstones else { return Ok(()) };
        let own = key.own_mark();
        let kept = transaction!(self, "check_tombstone_key", |tx| {
            tx.execute(&PUT_KEY_MARK, Values::of([own.to_vec().into()])).await?;
            let rows = tx.rows(&READ_KEY_MARK, "key_mark", Values::default()).await?;
            Ok(Ending::Commit(rows.first().map(|row| row.array("mark")).transpose()?))
        })?;
        if kept.as_ref() == Some(&own) { Ok(()) } else { Err(StoreError::KeyChanged) }
    }

    /// What the key is known by that this database was first served with; `None`: it was never served.
    ///
    /// # Errors
    /// What the database says.
    pub async fn tombstone_key_mark(&self) -> Result<Option<Mark>, StoreError> {
        let rows = self.rows(&READ_KEY_MARK, "key_mark", Values::default()).await?;
        rows.first().map(|row| row.array("mark")).transpose()
    }
}

impl fmt::Debug for TombstoneKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TombstoneKey(…)")
    }
}

/// People as every statement takes them that loads profiles: table, id, and the mark of a tombstone. Without a key nobody
/// has one, and nobody can be erased.
pub(crate) fn marked_columns(
    key: Option<&TombstoneKey>,
    tenant: &TenantId,
    people: &[&ProfileKey],
) -> [Column; 3] {
    let [tables, ids] = key_columns(people);
    let mark = |person: &&ProfileKey| key.map_or_else(Vec::new, |key| key.mark(tenant, person).to_vec());
    [tables, ids, Column::Bytes(people.iter().map(mark).collect())]
}

#[cfg(test)]
mod tests {
    use assent_domain::id::{ProfileId, TableId};

    use super::*;

    fn person(table: &str, id: &str) -> ProfileKey {
        ProfileKey { table: TableId::new(table).unwrap(), id: ProfileId::new(id).unwrap() }
    }

    #[test]
    fn a_mark_is_of_one_person_of_one_tenant_and_one_key() {
        let tenant = |id| TenantId::new(id).unwrap();
        let key = TombstoneKey::new([1; 32]);
        let mark = key.mark(&tenant("a"), &person("b", "cd"));
        assert_eq!(mark, key.mark(&tenant("a"), &person("b", "cd")));
        for other in [
            key.mark(&tenant("ab"), &person("c", "d")),
            key.mark(&tenant("a"), &person("bc", "d")),
            key.mark(&tenant("b"), &person("b", "cd")),
            TombstoneKey::new([2; 32]).mark(&tenant("a"), &person("b", "cd")),
        ] {
            assert_ne!(mark, other);
        }
    }

    #[test]
    fn without_a_key_nobody_has_a_mark() {
        let someone = person("b", "c");
        let [.., marks] = marked_columns(None, &TenantId::new("a").unwrap(), &[&someone]);
        assert!(matches!(marks, Column::Bytes(marks) if marks == [Vec::<u8>::new()]));
    }
}
