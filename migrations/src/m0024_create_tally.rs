//! The figures of campaigns, day by day: folded when something is recorded, never computed from rows, so that neither retention nor
//! erasure changes them. Nothing here names a person.
//!
//! Whoever counts only inserts: one entry for each figure that its transaction adds to. Entries are folded into their tally later, so
//! that nobody waits for anybody at a campaign's figures.

use sea_orm_migration::prelude::*;

use crate::column::{add, required_bytes, required_number, required_text};
use crate::dying_young::clean_early;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let figure = |table: &'static str| {
            Table::create()
                .table(table)
                .col(required_text(manager, "tenant"))
                .col(required_text(manager, "campaign"))
                // Days since 1970-01-01, in the zone of the policy that decided.
                .col(required_number("day"))
                // What is counted: a number that never changes (`assent_store`).
                .col(ColumnDef::new("measure").small_integer().not_null())
                // Of revenue its currency; else empty.
                .col(required_text(manager, "currency"))
                .col(required_number("amount"))
                .take()
        };
        let entry = figure("tally_entry")
            // The transaction that counted.
            .col(required_bytes("batch_id"))
            .primary_key(
                Index::create()
                    .col("tenant")
                    .col("campaign")
                    .col("batch_id")
                    .col("day")
                    .col("measure")
                    .col("currency"),
            )
            .take();
        let tally = figure("tally")
            .primary_key(
                Index::create().col("tenant").col("campaign").col("day").col("measure").col("currency"),
            )
            .take();
        // What was counted anonymously in the last 48 hours, so that sending it again does not count it twice.
        let counted = Table::create()
            .table("counted")
            .col(required_text(manager, "tenant"))
            // A keyed hash of the interaction's id and instant.
            .col(required_bytes("mark"))
            // Days since 1970-01-01 in UTC: the day on which it was counted.
            .col(required_number("day"))
            .primary_key(Index::create().col("tenant").col("mark"))
            .take();
        for table in [entry, tally, counted] {
            manager.create_table(table).await?;
        }
        clean_early(manager, "tally_entry").await?;
        let mut by_day = Index::create();
        add(manager, by_day.name("counted_by_day").table("counted").col("tenant").col("day")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["counted", "tally", "tally_entry"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}
