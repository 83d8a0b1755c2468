//! Reading a row, column by column: a value that is not what this program writes is said by table and
//! column, never by value.

use sea_orm::QueryResult;
use sea_orm::sqlx::{Decode, Postgres, Row as _, Sqlite, Type};

use crate::error::StoreError;

/// What a column of both engines can be read as.
pub(crate) trait Value<'r>:
    Decode<'r, Postgres> + Type<Postgres> + Decode<'r, Sqlite> + Type<Sqlite>
{
}

impl<'r, T> Value<'r> for T where T: Decode<'r, Postgres> + Type<Postgres> + Decode<'r, Sqlite> + Type<Sqlite> {}

/// A row of a statement whose columns belong to one table.
#[derive(Debug)]
pub struct Row {
    inner: QueryResult,
    table: &'static str,
}

impl Row {
    pub(crate) const fn new(inner: QueryResult, table: &'static str) -> Self {
        Self { inner, table }
    }

    /// The same row, of another table.
    pub(crate) fn of(self, table: &'static str) -> Self {
        Self { table, ..self }
    }

    fn get<'r, T: Value<'r>>(&'r self, column: &'static str) -> Result<T, StoreError> {
        self.get_or_none(column)?.ok_or_else(|| self.wrong(column))
    }

    // Of the engine's own row: what is read of it can be borrowed from it. Always as what may be absent: SQLite's NULL would read as 0.
    fn get_or_none<'r, T: Value<'r>>(&'r self, column: &'static str) -> Result<Option<T>, StoreError> {
        let value = if let Some(row) = self.inner.try_as_pg_row() {
            row.try_get(column).ok()
        } else {
            self.inner.try_as_sqlite_row().and_then(|row| row.try_get(column).ok())
        };
        value.ok_or_else(|| self.wrong(column))
    }

    pub(crate) const fn wrong(&self, column: &'static str) -> StoreError {
        StoreError::Inconsistent { table: self.table, column }
    }

    pub(crate) fn text(&self, column: &'static str) -> Result<String, StoreError> {
        self.get(column)
    }

    pub(crate) fn text_or_none(&self, column: &'static str) -> Result<Option<String>, StoreError> {
        self.get_or_none(column)
    }

    pub(crate) fn number(&self, column: &'static str) -> Result<i64, StoreError> {
        self.get(column)
    }

    pub(crate) fn number_or_none(&self, column: &'static str) -> Result<Option<i64>, StoreError> {
        self.get_or_none(column)
    }

    /// A count, version or position: never negative.
    pub(crate) fn count(&self, column: &'static str) -> Result<u64, StoreError> {
        u64::try_from(self.number(column)?).map_err(|_| self.wrong(column))
    }

    pub(crate) fn bytes(&self, column: &'static str) -> Result<Vec<u8>, StoreError> {
        self.get(column)
    }

    pub(crate) fn bytes_or_none(&self, column: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
        self.get_or_none(column)
    }

    /// Bytes where they are, for who decodes them.
    pub(crate) fn slice(&self, column: &'static str) -> Result<&[u8], StoreError> {
        self.get(column)
    }

    pub(crate) fn slice_or_none(&self, column: &'static str) -> Result<Option<&[u8]>, StoreError> {
        self.get_or_none(column)
    }

    /// Exactly `N` bytes: an id or a hash.
    pub(crate) fn array<const N: usize>(&self, column: &'static str) -> Result<[u8; N], StoreError> {
        self.slice(column)?.try_into().map_err(|_| self.wrong(column))
    }

    pub(crate) fn instant(&self, column: &'static str) -> Result<assent_domain::time::Instant, StoreError> {
        assent_domain::time::Instant::from_micros(self.number(column)?).ok_or_else(|| self.wrong(column))
    }
}
