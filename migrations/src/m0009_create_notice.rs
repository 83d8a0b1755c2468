//! Notice texts, byte for byte, addressed by their SHA-256. Stored once, never changed.

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
                    .table("notice")
                    .col(required_text(manager, "tenant"))
                    .col(required_bytes("sha256"))
                    .col(required_bytes("content"))
                    .col(required_number("recorded_at"))
                    .primary_key(Index::create().col("tenant").col("sha256"))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("notice").take()).await
    }
}
