//! The feed of interactions: what each transaction recorded, numbered after its commit like records are.
//!
//! Batches are numbered, not rows: a position is a batch and an index in it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::column::{required_bytes, required_number, required_text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let batch = Table::create()
            .table("interaction_batch")
            .col(required_text(manager, "tenant"))
            .col(required_bytes("batch_id"))
            .col(required_number("recorded_at"))
            // The keys of its rows in their order: 16 bytes of id and 8 of `occurred_at` each. A row that was deleted
            // since is not found by its key, and that is all there is to it.
            .col(required_bytes("keys"))
            .primary_key(Index::create().col("tenant").col("batch_id"))
            .take();
        // Committed and not yet numbered. Small and hot, as `pending` is.
        let pending = Table::create()
            .table("interaction_pending")
            .col(required_text(manager, "tenant"))
            .col(required_number("recorded_at"))
            .col(required_bytes("batch_id"))
            .primary_key(Index::create().col("tenant").col("recorded_at").col("batch_id"))
            .take();
        let feed = Table::create()
            .table("interaction_feed")
            .col(required_text(manager, "tenant"))
            .col(required_number("position"))
            .col(required_bytes("batch_id"))
            .col(required_number("recorded_at"))
            .primary_key(Index::create().col("tenant").col("position"))
            .take();
        let head = Table::create()
            .table("interaction_head")
            .col(required_text(manager, "tenant"))
            .col(required_bytes("incarnation"))
            // The last position that was given; 0 before the first.
            .col(required_number("position"))
            // The oldest position that can still be read.
            .col(required_number("oldest_position"))
            .col(required_number("updated_at"))
            .primary_key(Index::create().col("tenant"))
            .take();
        for table in [batch, pending, feed, head] {
            manager.create_table(table).await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            let database = manager.get_connection();
            let eager = "ALTER TABLE interaction_pending SET (autovacuum_vacuum_scale_factor = 0, \
                autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0)";
            database.execute_unprepared(eager).await?;
            // Ids do not compress: trying would cost more than writing.
            let plain = "ALTER TABLE interaction_batch ALTER COLUMN keys SET STORAGE EXTERNAL";
            database.execute_unprepared(plain).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["interaction_head", "interaction_feed", "interaction_pending", "interaction_batch"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}
