//! What a tenant tightened in a policy. Versioned: a row is added and never changed.

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
                    .table("policy_override")
                    .col(required_text(manager, "tenant"))
                    .col(required_text(manager, "id"))
                    .col(required_number("version"))
                    // The built-in policy that it changes, the same for all versions of an id.
                    .col(required_text(manager, "base"))
                    .col(required_text(manager, "body"))
                    .col(required_number("recorded_at"))
                    .primary_key(Index::create().col("tenant").col("id").col("version"))
                    .take(),
            )
            .await?;
        // Every override has a version 1, so that no policy ever has overrides under two ids.
        manager
            .create_index(
                Index::create()
                    .name("policy_override_base")
                    .table("policy_override")
                    .col("tenant")
                    .col("base")
                    .col("version")
                    .unique()
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("policy_override").take()).await
    }
}
