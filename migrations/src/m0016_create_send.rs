//! What went out to whom and in which mode: found by person and message, whatever the month.

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
                    .table("send")
                    .col(required_text(manager, "tenant"))
                    // The same hash as in `interaction`.
                    .col(required_number("person"))
                    .col(required_text(manager, "message"))
                    .col(required_number("occurred_at"))
                    .col(required_bytes("interaction_id"))
                    .col(required_text(manager, "profile_table"))
                    .col(required_text(manager, "profile"))
                    // Absent: not known.
                    .col(ColumnDef::new("pixel").small_integer())
                    .col(ColumnDef::new("links").small_integer())
                    .primary_key(
                        Index::create()
                            .col("tenant")
                            .col("person")
                            .col("message")
                            .col("occurred_at")
                            .col("interaction_id"),
                    )
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("send").take()).await
    }
}
