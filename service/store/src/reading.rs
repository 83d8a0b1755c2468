//! Statements that only read, outside any transaction of their caller's.

use std::pin::pin;

use sea_orm::{ConnectionTrait, Statement, StreamTrait};
use tokio_stream::StreamExt;
use tracing::Instrument;

use crate::error::{self, Failed, StoreError};
use crate::pace::pause_after;
use crate::row::Row;
use crate::statement::{Sql, Values};
use crate::transaction::{Ending, Stop, is_stale, transaction};
use crate::{Observed, Store};

/// Runs `$read` of a statement that only reads, again if others stood in its way: `again!(store, sql, values, |statement| …)`. A macro
/// for the same reason as `transaction!`.
macro_rules! again {
    ($store:expr, $sql:expr, $values:expr, |$statement:ident| $read:expr) => {{
        // What nobody called for, such as looking five times a second whether anything waits, makes no trace of its own.
        let span = match tracing::Span::current().is_none() {
            true => tracing::Span::none(),
            false => tracing::info_span!("store.read", otel.name = $sql.name()),
        };
        let runs = async {
            for run in 0..=$store.options().connections_max {
                let backend = ConnectionTrait::get_database_backend(&$store.connected().reader);
                let $statement = $sql.with(backend, None, $values.clone());
                let done: Result<_, Stop> = async { $read }.await;
                match done {
                    Ok(answer) => return Ok(answer),
                    Err(Stop::Store(error)) => return Err(error),
                    Err(Stop::Again) => $store.options().pace.pause(pause_after(run + 1)).await,
                    Err(Stop::Driver(error)) => match error::read(&error) {
                        Failed::Contended => $store.options().pace.pause(pause_after(run + 1)).await,
                        Failed::Lost if is_stale(&error) => {}
                        Failed::Lost => return Err(StoreError::Unavailable),
                        Failed::Final(error) => return Err(error),
                    },
                }
            }
            Err(StoreError::Unavailable)
        };
        runs.instrument(span).await
    }};
}

impl Store {
    /// Runs a statement that only reads, outside any transaction; for an impatient caller in one of its own, in which
    /// the server can be told how long it may take.
    pub(crate) async fn rows(
        &self,
        sql: &Sql,
        table: &'static str,
        values: Values,
    ) -> Result<Vec<Row>, StoreError> {
        if self.is_impatient() {
            return transaction!(self, name = sql.name(), |tx| {
                Ok(Ending::Rollback(tx.rows(sql, table, values.clone()).await?))
            });
        }
        again!(self, sql, values, |statement| {
            let rows = self.connected().reader.query_all_raw(statement).await?;
            Ok(rows.into_iter().map(|row| Row::new(row, table)).collect())
        })
    }

    /// As [`Self::rows`], and makes something of each row: unless the caller is impatient, while the database finds the next ones.
    pub(crate) async fn each<T>(
        &self,
        sql: &Sql,
        table: &'static str,
        values: Values,
        make: impl Fn(Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        if self.is_impatient() {
            return self.rows(sql, table, values).await?.into_iter().map(make).collect();
        }
        again!(self, sql, values, |statement| {
            let begun = self.options().pace.monotonic();
            let made = self.stream(statement, table, &make).await;
            // The driver would tell of the moments only in which a row was taken from it.
            if let Some(observer) = &self.options().observer {
                let elapsed = self.options().pace.monotonic().saturating_sub(begun);
                observer(&Observed {
                    name: sql.name(),
                    elapsed,
                    failed: matches!(made, Err(Stop::Driver(_))),
                });
            }
            made
        })
    }

    async fn stream<T>(
        &self,
        statement: Statement,
        table: &'static str,
        make: &impl Fn(Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, Stop> {
        let mut rows = pin!(self.connected().silent_reader.stream_raw(statement).await?);
        let mut made = Vec::new();
        while let Some(row) = rows.next().await {
            made.push(make(Row::new(row?, table))?);
        }
        Ok(made)
    }

    /// Whether reads are bounded by the caller's patience.
    pub(crate) fn is_impatient(&self) -> bool {
        self.connected().bounds_reads() && self.patience().is_some()
    }
}
