//! Mutations that were answered, so that the same request_id is answered the same. No id, state or reason of a person.

use sea_orm_migration::prelude::*;

use crate::column::{add, required_bytes, required_number, required_text};

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
                    .table("request")
                    .col(required_text(manager, "tenant"))
                    .col(required_bytes("request_id"))
                    .col(required_text(manager, "method"))
                    // A keyed hash of the canonical request.
                    .col(required_bytes("content_hash"))
                    // Outcome codes by index.
                    .col(required_bytes("outcomes"))
                    .col(required_number("created_at"))
                    .primary_key(Index::create().col("tenant").col("request_id"))
                    .take(),
            )
            .await?;
        // Answers: what is older than the time requests are kept.
        add(manager, Index::create().name("request_by_age").table("request").col("tenant").col("created_at"))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("request").take()).await
    }
}
