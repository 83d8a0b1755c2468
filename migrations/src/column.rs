//! The kinds of column the schema is made of.

use sea_orm_migration::prelude::{ColumnDef, DbErr, IndexCreateStatement, IntoIden, SchemaManager};
use sea_orm_migration::sea_orm::DbBackend;

/// A text compared bytewise. On SQLite that is the default; PostgreSQL has to be told.
pub(crate) fn text(manager: &SchemaManager<'_>, name: impl IntoIden) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.text();
    if manager.get_database_backend() == DbBackend::Postgres {
        column.extra("COLLATE \"C\"");
    }
    column
}

/// A text that is always there.
pub(crate) fn required_text(manager: &SchemaManager<'_>, name: impl IntoIden) -> ColumnDef {
    text(manager, name).not_null().take()
}

/// Bytes.
pub(crate) fn bytes(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).blob().take()
}

/// Bytes that are always there.
pub(crate) fn required_bytes(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).blob().not_null().take()
}

/// A whole number of 64 bits: a count, a version or microseconds.
pub(crate) fn required_number(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().take()
}

/// An index that a table is made with or gets after.
pub(crate) async fn add(manager: &SchemaManager<'_>, index: &mut IndexCreateStatement) -> Result<(), DbErr> {
    manager.create_index(index.take()).await
}
