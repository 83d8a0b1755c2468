//! A profile table to store.

use assent_domain::id::{PolicyId, TableId};
use assent_domain::profile_table::ProfileTable;
use assent_domain::time::Zone;
use assent_proto::v1;

use super::{Misfit, evidence, opt_in};

/// A table and what is set for it.
///
/// # Errors
/// When an id is none, or no time zone has that name.
pub fn table(table: &v1::ProfileTable) -> Result<(TableId, ProfileTable), Misfit> {
    let policy = table.policy_id.as_deref().map(PolicyId::new).transpose();
    let set = ProfileTable {
        controller: table.controller.as_ref().map(evidence::controller),
        policy: policy.map_err(|_| Misfit::of("policy_id"))?,
        zone: Zone::named(&table.zone).ok_or(Misfit::of("zone"))?,
        opt_in_texts: opt_in::texts(&table.opt_in_texts)?,
    };
    Ok((TableId::new(table.id.as_str()).map_err(|_| Misfit::of("id"))?, set))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(zone: &str) -> v1::ProfileTable {
        v1::ProfileTable {
            id: "people".to_owned(),
            policy_id: Some("legacy".to_owned()),
            zone: zone.to_owned(),
            ..v1::ProfileTable::default()
        }
    }

    #[test]
    fn a_time_zone_must_be_one_of_the_iana_database() {
        let (id, set) = table(&sent("Europe/Brussels")).unwrap();
        assert_eq!((id.as_str(), set.zone.name()), ("people", "Europe/Brussels"));
        assert_eq!(set.policy.as_ref().map(PolicyId::as_str), Some("legacy"));
        assert!(set.controller.is_none());
        for wrong in ["Europe/Bruges", "CEST", ""] {
            assert_eq!(table(&sent(wrong)).err(), Some(Misfit::of("zone")), "{wrong}");
        }
    }
}
