//! Credentials. The secret itself is nowhere, only its hash.

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
                    .table("api_key")
                    .col(required_text(manager, "tenant"))
                    .col(required_text(manager, "id"))
                    .col(required_bytes("secret_hash"))
                    // Role names, separated by commas.
                    .col(required_text(manager, "roles"))
                    .col(required_text(manager, "label"))
                    .col(required_number("created_at"))
                    // Absent: it is good.
                    .col(ColumnDef::new("revoked_at").big_integer())
                    .primary_key(Index::create().col("tenant").col("id"))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("api_key").take()).await
    }
}
