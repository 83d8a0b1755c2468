//! One row that says which schema this is and which services still run on it. It is written by the last change of each release.

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
            .create_table(
                Table::create()
                    .table("schema_marker")
                    .col(ColumnDef::new("only_row").integer().not_null())
                    .col(ColumnDef::new("schema_number").integer().not_null())
                    .col(ColumnDef::new("oldest_service").integer().not_null())
                    .primary_key(Index::create().col("only_row"))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("schema_marker").take()).await
    }
}
