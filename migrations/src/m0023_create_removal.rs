//! What a refusal, withdrawal or objection takes away of what was recorded before: a queue that names whom and what, until it is gone
//! from disk.

use sea_orm_migration::prelude::*;

use crate::column::{add, required_bytes, required_number, required_text};

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
                    .table("removal")
                    .col(required_text(manager, "tenant"))
                    // The record that turned the person away.
                    .col(required_bytes("record_id"))
                    // What turned, a bit for each: the lowest for marketing, then the scopes by their numbers.
                    .col(ColumnDef::new("series").small_integer().not_null())
                    .col(required_text(manager, "profile_table"))
                    .col(required_text(manager, "profile"))
                    // The same hash as in `interaction`.
                    .col(required_number("person"))
                    // When the answer takes effect.
                    .col(required_number("effective_at"))
                    // Whether what occurred before goes too: 1 where a policy in force erases, 0 where all keep.
                    .col(ColumnDef::new("erases").small_integer().not_null())
                    // When it is to be done next: at once, and a last time when no transaction from before can be under way.
                    .col(required_number("next_at"))
                    // The last time.
                    .col(required_number("last_at"))
                    .primary_key(Index::create().col("tenant").col("record_id"))
                    .take(),
            )
            .await?;
        // Answer: what is to be removed next; whose removals are to be forgotten with them.
        let mut due = Index::create();
        add(manager, due.name("removal_due").table("removal").col("tenant").col("next_at")).await?;
        let mut person = Index::create();
        add(manager, person.name("removal_of_person").table("removal").col("tenant").col("person")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("removal").take()).await
    }
}
