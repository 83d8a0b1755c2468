//! PostgreSQL samples the values of a table into its statistics, and leaves them there when the table has become empty: of whom the queue
//! of removals names, nothing may outlive their row.

use sea_orm_migration::prelude::*;

use crate::dying_young::on_postgres;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// No row is ever sought by them without `tenant`, so that the planner misses nothing.
const NAMING: [(&str, &str); 2] = [("profile", "text COLLATE \"C\""), ("person", "bigint")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (column, kind) in NAMING {
            // Naming its type anew takes away what was sampled of a column, and rewrites nothing.
            on_postgres(manager, &format!("ALTER TABLE removal ALTER COLUMN {column} TYPE {kind}")).await?;
            on_postgres(manager, &format!("ALTER TABLE removal ALTER COLUMN {column} SET STATISTICS 0"))
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (column, _) in NAMING {
            on_postgres(manager, &format!("ALTER TABLE removal ALTER COLUMN {column} SET STATISTICS -1"))
                .await?;
        }
        Ok(())
    }
}
