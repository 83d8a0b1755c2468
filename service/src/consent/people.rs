//! People of one table that a read names, each read for itself.

use assent_domain::id::{ProfileId, TableId};
use assent_proto::v1;
use assent_proto::validate::Validate;
use assent_store::ProfileKey;

use crate::failure::{Outcome, Violation};
use crate::wire::from_wire;

/// People of one table.
pub(super) struct People {
    pub(super) table: TableId,
    /// Each, or what is wrong with how they are named.
    pub(super) named: Vec<Result<ProfileId, Vec<Violation>>>,
}

impl People {
    /// Those of a request's fields `profile_table` and `profiles`.
    ///
    /// # Errors
    /// When the table's id is none.
    pub(super) fn read(table: &str, profiles: &[v1::ProfileKey]) -> Outcome<Self> {
        let named = profiles.iter().enumerate().map(|(index, key)| {
            from_wire::profile::profile(Some(key)).map_err(|_| {
                let wrong = key.violations_as_item("profiles", index).into_iter();
                wrong.map(|wrong| Violation::new(wrong.field.clone(), wrong.description())).collect()
            })
        });
        let table = from_wire::profile::table(table).map_err(|misfit| misfit.at(""))?;
        Ok(Self { table, named: named.collect() })
    }

    /// Where those are stored that are named well.
    pub(super) fn keys(&self) -> Vec<ProfileKey> {
        self.named.iter().flatten().map(|id| self.key(id)).collect()
    }

    /// Where one of them is stored.
    pub(super) fn key(&self, id: &ProfileId) -> ProfileKey {
        ProfileKey { table: self.table.clone(), id: id.clone() }
    }
}
