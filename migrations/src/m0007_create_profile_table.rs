//! The settings of each profile table.

use sea_orm_migration::prelude::*;

use crate::column::{required_number, required_text};

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
                    .table("profile_table")
                    .col(required_text(manager, "tenant"))
                    .col(required_text(manager, "id"))
                    // 1 when it was made, one more with each change: what the etag says.
                    .col(required_number("version"))
                    .col(required_text(manager, "body"))
                    .col(required_number("recorded_at"))
                    .primary_key(Index::create().col("tenant").col("id"))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("profile_table").take()).await
    }
}
