//! The positions: which record stands where, and the hash of the chain up to it. The record stays where its writer put it.

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
                    .table("ledger")
                    .col(required_text(manager, "tenant"))
                    // 1 for the first record of the tenant, then in steps of one, for ever.
                    .col(required_number("position"))
                    .col(required_bytes("record_id"))
                    .col(required_bytes("chain"))
                    // The latest recorded_at up to this position, so it never falls.
                    .col(required_number("recorded_up_to"))
                    .primary_key(Index::create().col("tenant").col("position"))
                    .take(),
            )
            .await?;
        // Answers: the position of a record.
        add(
            manager,
            Index::create().name("ledger_of_record").table("ledger").col("tenant").col("record_id").unique(),
        )
        .await?;
        // Answers: the first position recorded at or after an instant.
        add(
            manager,
            Index::create()
                .name("ledger_by_recorded_time")
                .table("ledger")
                .col("tenant")
                .col("recorded_up_to")
                .col("position"),
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("ledger").take()).await
    }
}
