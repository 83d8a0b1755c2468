//! Says that this is schema 1. The last change of its release: a database that was left halfway has no mark.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .execute(
                Query::insert()
                    .into_table("schema_marker")
                    .columns(["only_row", "schema_number", "oldest_service"])
                    .values_panic([1.into(), 1.into(), 1.into()])
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.execute(Query::delete().from_table("schema_marker").take()).await
    }
}
