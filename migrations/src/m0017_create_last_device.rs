//! The last device and user agent of each person, overwritten: what was used before is not kept.
//!
//! Its rows change with nearly every interaction, so that an index by age would cost more than walking them all now and
//! then for those past their retention.

use sea_orm_migration::prelude::*;

use crate::column::{required_number, required_text, text};

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
                    .table("last_device")
                    .col(required_text(manager, "tenant"))
                    .col(required_text(manager, "profile_table"))
                    .col(required_text(manager, "profile"))
                    .col(text(manager, "device"))
                    .col(text(manager, "user_agent"))
                    // When the interaction occurred that told them: an older one never replaces a newer.
                    .col(required_number("occurred_at"))
                    .primary_key(Index::create().col("tenant").col("profile_table").col("profile"))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("last_device").take()).await
    }
}
