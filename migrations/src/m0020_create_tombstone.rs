//! What is left of people who were erased: that somebody was, not who. A tombstone is found by a keyed hash of the person
//! alone, so that whoever has the database and not the key cannot tell whose it is.

use sea_orm_migration::prelude::*;

use crate::column::{add, bytes, required_bytes, required_number, required_text};

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
                    .table("tombstone")
                    .col(required_text(manager, "tenant"))
                    // HMAC-SHA-256 of tenant, profile table and profile.
                    .col(required_bytes("mark"))
                    // The version that the erasure's record has; a new life goes on counting from it.
                    .col(required_number("version"))
                    // The logical clock of the erasure's record; a new life goes on from it.
                    .col(required_number("hlc"))
                    // When the person was last erased.
                    .col(required_number("erased_at"))
                    // The erasure's record, for as long as it names the person; absent afterwards.
                    .col(bytes("record_id"))
                    // From when what was written while the person was being erased is deleted; absent: it was.
                    .col(ColumnDef::new("delete_at").big_integer())
                    // From when the erasure's record names nobody; absent: it does not.
                    .col(ColumnDef::new("forget_at").big_integer())
                    .primary_key(Index::create().col("tenant").col("mark"))
                    .take(),
            )
            .await?;
        // Answer: whose deletion is to be repeated, whose name is to be forgotten. Few rows, whatever was erased before.
        for (name, column) in [("tombstone_to_delete", "delete_at"), ("tombstone_to_forget", "forget_at")] {
            let mut index = Index::create();
            index.name(name).table("tombstone").col("tenant").col(column);
            add(manager, index.and_where(Expr::col(column).is_not_null())).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("tombstone").take()).await
    }
}
