//! Says that this is schema 7: profiles have a history row. It only adds, so that a service of schema 6 still runs on it.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        mark(manager, 7).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        mark(manager, 6).await
    }
}

async fn mark(manager: &SchemaManager<'_>, schema: i32) -> Result<(), DbErr> {
    manager.execute(Query::update().table("schema_marker").value("schema_number", schema).take()).await
}
