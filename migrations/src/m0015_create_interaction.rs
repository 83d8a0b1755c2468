//! What people did and consent permitted, and what we sent them.
//!
//! On PostgreSQL the table is partitioned by month of `occurred_at`; the service makes the months ahead of
//! time and drops those whose retention has passed. One index beside the key: a person's interactions in
//! their order, for wait blocks, engagement, access and erasure alike. SQLite has no months, and so one index more: what
//! has outlived its retention is found by it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

// `person` is a hash of profile table and profile: half the index of the two texts. It may collide, so whoever
// looks by it compares both. Kinds, reasons and modes are numbers that never change (`assent_store`).
const COLUMNS: &str = "
    tenant TEXT {text} NOT NULL,
    interaction_id {bytes} NOT NULL,
    occurred_at BIGINT NOT NULL,
    person BIGINT NOT NULL,
    profile_table TEXT {text} NOT NULL,
    profile TEXT {text} NOT NULL,
    kind SMALLINT NOT NULL,
    automated SMALLINT NOT NULL,
    message TEXT {text},
    link TEXT {text},
    campaign TEXT {text},
    website TEXT {text},
    goal TEXT {text},
    order_id TEXT {text},
    amount BIGINT,
    currency TEXT {text},
    pixel SMALLINT,
    links SMALLINT,
    reason SMALLINT NOT NULL,
    policy TEXT {text} NOT NULL,
    policy_version BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, interaction_id, occurred_at)";

const INDEX: &str =
    "CREATE INDEX interaction_of_person ON interaction (tenant, person, occurred_at) WHERE kind <> 6";

const INDEX_BY_AGE: &str =
    "CREATE INDEX interaction_by_age ON interaction (tenant, profile_table, occurred_at)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (text, bytes, tail) = match manager.get_database_backend() {
            DbBackend::Postgres => ("COLLATE \"C\"", "BYTEA", "PARTITION BY RANGE (occurred_at)"),
            _ => ("", "BLOB", "WITHOUT ROWID"),
        };
        let columns = COLUMNS.replace("{text}", text).replace("{bytes}", bytes);
        let database = manager.get_connection();
        database.execute_unprepared(&format!("CREATE TABLE interaction ({columns}) {tail}")).await?;
        database.execute_unprepared(INDEX).await?;
        if manager.get_database_backend() == DbBackend::Sqlite {
            database.execute_unprepared(INDEX_BY_AGE).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("interaction").take()).await
    }
}
