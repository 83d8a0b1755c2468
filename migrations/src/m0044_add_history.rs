//! The history row of a profile: what its records add up to, in a few bytes, so that a verdict reads one row of a person.
//!
//! It names the version of the profile that it is of: a service of schema 6 writes none and leaves the one before, which then says
//! nothing. Nor does an absent one: both are read by the records, until the profile is written next.

use sea_orm_migration::prelude::*;

use crate::column::bytes;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("profile").add_column(bytes("history")).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("profile").drop_column("history").take()).await
    }
}
