//! With which key tombstones are found again: not the key, but a hash that only it makes, so that a service with another one is
//! stopped before it takes everybody who was erased for a stranger.

use sea_orm_migration::prelude::*;

use crate::column::required_bytes;

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
                    .table("key_mark")
                    .col(ColumnDef::new("only_row").integer().not_null())
                    .col(required_bytes("mark"))
                    .primary_key(Index::create().col("only_row"))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("key_mark").take()).await
    }
}
