//! The consent records. Once written a row never changes; redaction alone empties what names a person.

use sea_orm_migration::prelude::*;

use crate::column::{add, bytes, required_bytes, required_number, required_text, text};

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
                    .table("record")
                    .col(required_text(manager, "tenant"))
                    .col(required_bytes("id"))
                    .col(required_text(manager, "profile_table"))
                    // Whose record it is; absent once redacted.
                    .col(text(manager, "profile"))
                    .col(required_number("profile_version"))
                    .col(required_number("recorded_at"))
                    .col(required_number("hlc"))
                    // SHA-256(salt, body): stays when both are gone, so that the chain stays whole.
                    .col(required_bytes("leaf"))
                    // 32 random bytes; absent once redacted.
                    .col(bytes("salt"))
                    // The canonical bytes; absent once redacted.
                    .col(bytes("body"))
                    // What the record changed, one line per series; absent once redacted.
                    .col(bytes("effects"))
                    .primary_key(Index::create().col("tenant").col("id"))
                    .take(),
            )
            .await?;
        // Answers: all records of these profiles; one profile's history page by page.
        add(
            manager,
            Index::create()
                .name("record_of_profile")
                .table("record")
                .col("tenant")
                .col("profile_table")
                .col("profile")
                .col("profile_version")
                .unique(),
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("record").take()).await
    }
}
