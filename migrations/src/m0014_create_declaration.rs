//! What a tenant declares of its websites, campaigns and messages: one table, so that one statement loads all that an
//! interaction names.

use sea_orm_migration::prelude::*;

use crate::column::{add, required_number, required_text, text};

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
                    .table("declaration")
                    .col(required_text(manager, "tenant"))
                    // `website`, `campaign` or `message`.
                    .col(required_text(manager, "kind"))
                    .col(required_text(manager, "id"))
                    // 1 when it was made, one more with each change: what the etag says. 0 for a message that was
                    // planned or sent before anybody declared it.
                    .col(required_number("version"))
                    // Empty where the version is 0.
                    .col(required_text(manager, "body"))
                    // The campaign of a message; absent: none.
                    .col(text(manager, "campaign"))
                    // The website of a campaign or message; absent: none.
                    .col(text(manager, "website"))
                    // When a message was first planned or sent; absent: it was not.
                    .col(ColumnDef::new("fixed_at").big_integer())
                    .col(required_number("recorded_at"))
                    .primary_key(Index::create().col("tenant").col("kind").col("id"))
                    .take(),
            )
            .await?;
        // Answer: the messages of a campaign, and the campaigns and messages of a website.
        for (name, column) in [("declaration_of_campaign", "campaign"), ("declaration_of_website", "website")]
        {
            let mut index = Index::create();
            index.name(name).table("declaration").col("tenant").col(column);
            add(manager, index.and_where(Expr::col(column).is_not_null())).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("declaration").take()).await
    }
}
