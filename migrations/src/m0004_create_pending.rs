//! Records that were committed and not yet numbered. Small and hot: a row lives from a commit to the next sequencer step.

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
                    .table("pending")
                    .col(required_text(manager, "tenant"))
                    // The per-profile logical clock: orders one profile's records, and roughly all others.
                    .col(required_number("hlc"))
                    .col(required_bytes("record_id"))
                    .col(required_number("recorded_at"))
                    .col(required_bytes("leaf"))
                    .primary_key(Index::create().col("tenant").col("hlc").col("record_id"))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("pending").take()).await
    }
}
