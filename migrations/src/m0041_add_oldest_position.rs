//! From where a tenant's changes can be read. Trimming raises it and touches nothing else: ledger, chain and records stay.
//!
//! A service of schema 5 begins a feed without naming it, hence the default.

use sea_orm_migration::prelude::*;

use crate::column::required_number;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One beyond the last position when none can be read.
        let oldest = required_number("oldest_position").default(1).take();
        manager.alter_table(Table::alter().table("feed_head").add_column(oldest).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("feed_head").drop_column("oldest_position").take()).await
    }
}
