//! The schema, one change each, for both engines.
//!
//! Every instant is a BIGINT of microseconds since 1970-01-01T00:00:00Z, every day an INTEGER of days
//! since 1970-01-01, every text id a TEXT that is compared bytewise. `tenant` leads every primary key
//! and every index, so that a distributed engine can keep one tenant in one place.
//!
//! # Expand, move, contract
//!
//! A release that changes the schema raises [`SCHEMA`] by one, and its migrations only *expand*: new
//! tables, new nullable columns, new indexes. A service of schema N therefore runs on schema N and on
//! N + 1, and replicas are replaced one at a time. What is no longer used goes in a release after, which
//! sets `oldest_service` in the marker to the oldest schema whose services still run on it. Once released,
//! a migration is never edited.
//!
//! Deliberately not here: anything that reads or writes data. No sequence, advisory lock, NOTIFY or
//! engine-specific type stands in the schema, since none may be needed for correctness.

pub use sea_orm_migration::prelude::{MigrationTrait, MigratorTrait};
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};

mod column;
mod dying_young;
mod m0001_create_schema_marker;
mod m0002_create_feed_head;
mod m0003_create_record;
mod m0004_create_pending;
mod m0005_create_ledger;
mod m0006_create_profile;
mod m0007_create_profile_table;
mod m0008_create_policy_override;
mod m0009_create_notice;
mod m0010_create_api_key;
mod m0011_create_request;
mod m0012_vacuum_pending_eagerly;
mod m0013_mark_schema_1;
mod m0014_create_declaration;
mod m0015_create_interaction;
mod m0016_create_send;
mod m0017_create_last_device;
mod m0018_create_interaction_feed;
mod m0019_mark_schema_2;
mod m0020_create_tombstone;
mod m0021_mark_schema_3;
mod m0022_create_last_open;
mod m0023_create_removal;
mod m0024_create_tally;
mod m0025_create_key_mark;
mod m0026_mark_schema_4;
mod m0027_create_import;
mod m0028_index_grants;
mod m0040_mark_schema_5;
mod m0041_add_oldest_position;
mod m0042_sample_no_removals;
mod m0043_mark_schema_6;
mod m0044_add_history;
mod m0045_mark_schema_7;

/// The schema this release makes and was written for. Counted from 1.
pub const SCHEMA: i32 = 7;

/// All changes, in order.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_create_schema_marker::Migration),
            Box::new(m0002_create_feed_head::Migration),
            Box::new(m0003_create_record::Migration),
            Box::new(m0004_create_pending::Migration),
            Box::new(m0005_create_ledger::Migration),
            Box::new(m0006_create_profile::Migration),
            Box::new(m0007_create_profile_table::Migration),
            Box::new(m0008_create_policy_override::Migration),
            Box::new(m0009_create_notice::Migration),
            Box::new(m0010_create_api_key::Migration),
            Box::new(m0011_create_request::Migration),
            Box::new(m0012_vacuum_pending_eagerly::Migration),
            Box::new(m0013_mark_schema_1::Migration),
            Box::new(m0014_create_declaration::Migration),
            Box::new(m0015_create_interaction::Migration),
            Box::new(m0016_create_send::Migration),
            Box::new(m0017_create_last_device::Migration),
            Box::new(m0018_create_interaction_feed::Migration),
            Box::new(m0019_mark_schema_2::Migration),
            Box::new(m0020_create_tombstone::Migration),
            Box::new(m0021_mark_schema_3::Migration),
            Box::new(m0022_create_last_open::Migration),
            Box::new(m0023_create_removal::Migration),
            Box::new(m0024_create_tally::Migration),
            Box::new(m0025_create_key_mark::Migration),
            Box::new(m0026_mark_schema_4::Migration),
            Box::new(m0027_create_import::Migration),
            Box::new(m0028_index_grants::Migration),
            Box::new(m0040_mark_schema_5::Migration),
            Box::new(m0041_add_oldest_position::Migration),
            Box::new(m0042_sample_no_removals::Migration),
            Box::new(m0043_mark_schema_6::Migration),
            Box::new(m0044_add_history::Migration),
            Box::new(m0045_mark_schema_7::Migration),
        ]
    }
}

/// What a database says of its own schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marker {
    /// The schema it has.
    pub schema: i32,
    /// The oldest schema whose services still run on it.
    pub oldest_service: i32,
}

impl Marker {
    /// Whether a service written for `known` runs on it: on its own schema, and on the next one for as
    /// long as that one only expanded.
    #[must_use]
    pub const fn serves(self, known: i32) -> bool {
        self.schema == known || (self.schema == known + 1 && self.oldest_service <= known)
    }
}

/// Reads what the database says of its schema; `None`: it was never migrated to the end.
///
/// # Errors
/// What the driver says.
pub async fn marker(database: &DatabaseConnection) -> Result<Option<Marker>, DbErr> {
    let manager = sea_orm_migration::SchemaManager::new(database);
    if !manager.has_table("schema_marker").await? {
        return Ok(None);
    }
    let statement = Statement::from_string(
        database.get_database_backend(),
        "SELECT schema_number, oldest_service FROM schema_marker WHERE only_row = 1",
    );
    let Some(row) = database.query_one_raw(statement).await? else { return Ok(None) };
    Ok(Some(Marker { schema: row.try_get_by_index(0)?, oldest_service: row.try_get_by_index(1)? }))
}

/// Applies every change that is missing.
///
/// # Errors
/// What the driver says. A change that failed leaves nothing of itself behind.
pub async fn migrate(database: &DatabaseConnection) -> Result<(), DbErr> {
    Migrator::up(database, None).await
}

#[cfg(test)]
mod tests {
    use super::Marker;

    #[test]
    fn a_service_runs_on_its_own_schema_and_on_an_expanded_next_one() {
        let serves = |schema, oldest_service| Marker { schema, oldest_service }.serves(2);
        assert!(serves(2, 2));
        assert!(serves(3, 2), "the next one only expanded");
        assert!(!serves(3, 3), "the next one contracted");
        assert!(!serves(4, 2), "two ahead");
        assert!(!serves(1, 1), "behind: it has to be migrated first");
    }
}
