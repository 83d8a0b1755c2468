//! The calendar day of each person's last known open, overwritten: neither the hour nor an earlier day is kept, nor when it was
//! written.

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
                    .table("last_open")
                    .col(required_text(manager, "tenant"))
                    // The same hash as in `interaction`: a walk goes through people in its order, here and in `send` alike.
                    .col(required_number("person"))
                    .col(required_text(manager, "profile_table"))
                    .col(required_text(manager, "profile"))
                    // Days since 1970-01-01, in the zone of the policy that decided. An older day never replaces a newer one.
                    .col(required_number("day"))
                    .primary_key(
                        Index::create().col("tenant").col("person").col("profile_table").col("profile"),
                    )
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("last_open").take()).await
    }
}
