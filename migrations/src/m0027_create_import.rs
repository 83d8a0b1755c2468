//! How far imports have come, and what each of their chunks was answered with. No person is named here, and nothing of a list but a
//! keyed hash, codes and counts.

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
                    .table("import")
                    .col(required_text(manager, "tenant"))
                    .col(required_text(manager, "import_id"))
                    // A keyed hash of the header.
                    .col(required_bytes("header_hash"))
                    // The last chunk that is written whole; 0: none.
                    .col(required_number("chunk"))
                    // How many lines of the chunk after it are written; 0: none.
                    .col(required_number("line"))
                    // A keyed hash of that chunk; empty where none of its lines is written.
                    .col(required_bytes("begun_hash"))
                    // What became of those lines: counts and fault codes.
                    .col(required_bytes("begun_report"))
                    // What became of the lines of whole chunks: counts.
                    .col(required_bytes("totals"))
                    .col(required_number("started_at"))
                    .col(required_number("touched_at"))
                    .primary_key(Index::create().col("tenant").col("import_id"))
                    .take(),
            )
            .await?;
        // Answers: what is older than the time imports are kept.
        add(manager, Index::create().name("import_by_age").table("import").col("tenant").col("touched_at"))
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("import_chunk")
                    .col(required_text(manager, "tenant"))
                    .col(required_text(manager, "import_id"))
                    .col(required_number("number"))
                    // A keyed hash of the chunk.
                    .col(required_bytes("content_hash"))
                    // What became of its lines: counts and fault codes.
                    .col(required_bytes("report"))
                    .primary_key(Index::create().col("tenant").col("import_id").col("number"))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("import_chunk").take()).await?;
        manager.drop_table(Table::drop().table("import").take()).await
    }
}
