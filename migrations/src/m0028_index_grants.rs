//! Who has a grant, by when it was last confirmed: so that grants that ran out are found without looking at anybody else.
//!
//! When a grant runs out is not stored: it turns on policies, which change. What is stored is the state row, and the index
//! reads it: of the series that read `GRANTED`, the earliest time of last confirmation. The database keeps it by itself,
//! whichever release writes the row, and makes it for the rows that are there.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// How many series a state row has.
const SERIES: usize = 7;

/// A row's length: the layout, then for each series one byte of state and twice 8 bytes of time.
const BYTES: usize = 1 + SERIES * 17;

/// The earliest time of last confirmation of what reads `GRANTED`, as 8 bytes that compare as times do; of what was
/// confirmed before 1970, whose bytes would not, a single zero. NULL: nothing reads `GRANTED`.
fn confirmed(backend: DbBackend) -> String {
    let of_one = |series: usize| {
        // Bytes are counted from 1, as `substr` does.
        let (state, time) = (2 + series * 17, 11 + series * 17);
        match backend {
            DbBackend::Postgres => {
                let (state, time_from_0) = (state - 1, time - 1);
                format!(
                    "CASE WHEN get_byte(states, {state}) = 2 THEN CASE WHEN get_byte(states, {time_from_0}) < 128 \
                     THEN substr(states, {time}, 8) ELSE '\\x00'::bytea END END"
                )
            }
            // The smallest of several is NULL here as soon as one is.
            _ => format!(
                "COALESCE(CASE WHEN substr(states, {state}, 1) = x'02' THEN CASE WHEN substr(states, {time}, 1) < x'80' \
                 THEN substr(states, {time}, 8) ELSE x'00' END END, x'ff')"
            ),
        }
    };
    let each: Vec<String> = (0..SERIES).map(of_one).collect();
    let earliest = match backend {
        DbBackend::Postgres => format!("LEAST({})", each.join(", ")),
        _ => format!("NULLIF(MIN({}), x'ff')", each.join(", ")),
    };
    // A row of another layout has none: whoever writes one brings an index of their own.
    format!("CASE WHEN length(states) = {BYTES} THEN {earliest} END")
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let confirmed = confirmed(manager.get_database_backend());
        let database = manager.get_connection();
        // One after another by their country too, since that decides which policies apply.
        let index = format!(
            "CREATE INDEX profile_granted ON profile \
             (tenant, profile_table, COALESCE(jurisdiction, ''), ({confirmed}), profile) WHERE ({confirmed}) IS NOT NULL"
        );
        database.execute_unprepared(&index).await?;
        // The index's own words, so that a statement that reads by it need not repeat them.
        let view = format!(
            "CREATE VIEW granted AS SELECT tenant, profile_table, profile, COALESCE(jurisdiction, '') AS jurisdiction, \
             ({confirmed}) AS confirmed FROM profile"
        );
        database.execute_unprepared(&view).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        database.execute_unprepared("DROP VIEW granted").await?;
        database.execute_unprepared("DROP INDEX profile_granted").await.map(drop)
    }
}
