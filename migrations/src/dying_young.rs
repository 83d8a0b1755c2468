//! Tables whose rows all die young, so that whoever reads them would walk over the dead.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// Has PostgreSQL clean the table after every thousand dead rows.
pub(crate) async fn clean_early(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    let settings = "autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, \
        autovacuum_vacuum_cost_delay = 0";
    on_postgres(manager, &format!("ALTER TABLE {table} SET ({settings})")).await
}

/// Has it clean the table as any other.
pub(crate) async fn clean_late(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    let settings =
        "autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay";
    on_postgres(manager, &format!("ALTER TABLE {table} RESET ({settings})")).await
}

/// Has PostgreSQL do it, and nobody else.
pub(crate) async fn on_postgres(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        manager.get_connection().execute_unprepared(sql).await?;
    }
    Ok(())
}
