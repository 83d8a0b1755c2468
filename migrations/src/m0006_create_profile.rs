//! One row per person: the lock of their consent writes, their clock, and what their records add up to.

use sea_orm_migration::prelude::*;

use crate::column::{bytes, required_number, required_text, text};

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
                    .table("profile")
                    .col(required_text(manager, "tenant"))
                    .col(required_text(manager, "profile_table"))
                    .col(required_text(manager, "profile"))
                    // How many records there are; never seen as 0 after a commit.
                    .col(required_number("version"))
                    .col(required_number("hlc"))
                    .col(required_number("last_recorded_at"))
                    // When the person was last erased; absent: never.
                    .col(ColumnDef::new("erased_at").big_integer())
                    // Per series: state, since and last confirmed.
                    .col(bytes("states"))
                    // The day the address was collected, in days since 1970-01-01; absent: not known.
                    .col(ColumnDef::new("collected_on").integer())
                    // ISO 3166-1 alpha-2; absent: not known.
                    .col(text(manager, "jurisdiction"))
                    .primary_key(Index::create().col("tenant").col("profile_table").col("profile"))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("profile").take()).await
    }
}
