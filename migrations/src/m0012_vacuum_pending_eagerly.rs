//! Has PostgreSQL clean the pending table after every thousand dead rows: all its rows die young, and a
//! sequencer step would walk over the dead ones.

use sea_orm_migration::prelude::*;

use crate::dying_young::{clean_early, clean_late};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        clean_early(manager, "pending").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        clean_late(manager, "pending").await
    }
}
