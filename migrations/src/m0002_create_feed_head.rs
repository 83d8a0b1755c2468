//! How far each tenant's ledger has been numbered. Locked by sequencer steps, never by a consent write.

use sea_orm_migration::prelude::*;

use crate::column::{required_bytes, required_number, required_text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("feed_head")
                    .col(required_text(manager, "tenant"))
                    // 16 random bytes of this life of the feed: cursors name it, so that a database made anew is noticed.
                    .col(required_bytes("incarnation"))
                    // The last position that was given; 0 before the first.
                    .col(required_number("position"))
                    // The hash of the chain at that position.
                    .col(required_bytes("chain"))
                    // The latest recorded_at up to that position.
                    .col(required_number("recorded_up_to"))
                    .col(required_number("updated_at"))
                    .primary_key(Index::create().col("tenant"))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("feed_head").take()).await
    }
}
