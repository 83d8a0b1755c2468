//! Has PostgreSQL clean the pending table after every thousand dead rows: all its rows die young, and a
//! sequencer step would walk over the dead ones.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Postgres {
            let sql = "ALTER TABLE pending SET (autovacuum_vacuum_scale_factor = 0, \
                autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0)";
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Postgres {
            let sql = "ALTER TABLE pending RESET (autovacuum_vacuum_scale_factor, \
                autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay)";
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
