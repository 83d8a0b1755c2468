//! Reading a row, column by column: a value that is not what this program writes is said by table and
//! column, never by value.

use sea_orm::{QueryResult, TryGetable};

use crate::error::StoreError;

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

    fn get<T: TryGetable>(&self, column: &'static str) -> Result<T, StoreError> {
        self.inner.try_get("", column).map_err(|_| self.wrong(column))
    }

    pub(crate) const fn wrong(&self, column: &'static str) -> StoreError {
        StoreError::Inconsistent { table: self.table, column }
    }

    pub(crate) fn text(&self, column: &'static str) -> Result<String, StoreError> {
        self.get(column)
    }

    pub(crate) fn text_or_none(&self, column: &'static str) -> Result<Option<String>, StoreError> {
        self.get(column)
    }

    pub(crate) fn number(&self, column: &'static str) -> Result<i64, StoreError> {
        self.get(column)
    }

    pub(crate) fn number_or_none(&self, column: &'static str) -> Result<Option<i64>, StoreError> {
        self.get(column)
    }

    /// A count, version or position: never negative.
    pub(crate) fn count(&self, column: &'static str) -> Result<u64, StoreError> {
        u64::try_from(self.number(column)?).map_err(|_| self.wrong(column))
    }

    pub(crate) fn bytes(&self, column: &'static str) -> Result<Vec<u8>, StoreError> {
        self.get(column)
    }

    pub(crate) fn bytes_or_none(&self, column: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
        self.get(column)
    }

    /// Exactly `N` bytes: an id or a hash.
    pub(crate) fn array<const N: usize>(&self, column: &'static str) -> Result<[u8; N], StoreError> {
        self.bytes(column)?.try_into().map_err(|_| self.wrong(column))
    }

    pub(crate) fn instant(&self, column: &'static str) -> Result<assent_domain::time::Instant, StoreError> {
        assent_domain::time::Instant::from_micros(self.number(column)?).ok_or_else(|| self.wrong(column))
    }
}
