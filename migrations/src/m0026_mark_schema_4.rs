//! Says that this is schema 4: last-open days, removals and tallies. Everything in it only adds, so that a service of schema 3 still
//! runs on it; what a withdrawal takes away, and what campaigns report, counts from the time that every replica is of this schema.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        mark(manager, 4).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        mark(manager, 3).await
    }
}

async fn mark(manager: &SchemaManager<'_>, schema: i32) -> Result<(), DbErr> {
    manager.execute(Query::update().table("schema_marker").value("schema_number", schema).take()).await
}
