//! Statements that only read: what is made of each row is made while the database finds the next ones.

use std::pin::pin;

use sea_orm::{Statement, StreamTrait};
use tokio_stream::StreamExt;
use tracing::Instrument;

use crate::Store;
use crate::error::{self, Failed, StoreError};
use crate::pace::pause_after;
use crate::row::Row;
use crate::statement::{Sql, Values};
use crate::transaction::{Ending, Stop, is_stale, transaction};

impl Store {
    /// Runs a statement that only reads, outside any transaction; for an impatient caller in one of its own, in which
    /// the server can be told how long it may take.
    pub(crate) async fn rows(
        &self,
        sql: &Sql,
        table: &'static str,
        values: Values,
    ) -> Result<Vec<Row>, StoreError> {
        self.each(sql, table, values, Ok).await
    }

    /// As [`Self::rows`], and makes something of each row as it comes.
    pub(crate) async fn each<T>(
        &self,
        sql: &Sql,
        table: &'static str,
        values: Values,
        make: impl Fn(Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        if !self.is_impatient() {
            return self.each_alone(sql, table, values, make).await;
        }
        transaction!(self, name = sql.name(), |tx| {
            Ok(Ending::Rollback(tx.each(sql, table, values.clone(), &make).await?))
        })
    }

    /// Whether reads are bounded by the caller's patience.
    pub(crate) fn is_impatient(&self) -> bool {
        self.connected().bounds_reads() && self.patience().is_some()
    }

    async fn each_alone<T>(
        &self,
        sql: &Sql,
        table: &'static str,
        values: Values,
        make: impl Fn(Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let reader = &self.connected().reader;
        // What nobody called for, such as looking five times a second whether anything waits, makes no trace of its own.
        let span = match tracing::Span::current().is_none() {
            true => tracing::Span::none(),
            false => tracing::info_span!("store.read", otel.name = sql.name()),
        };
        let read = async {
            for run in 0..=self.options().connections_max {
                let statement = sql.with(reader.get_database_backend(), None, values.clone());
                match each(reader, statement, table, &make).await {
                    Ok(made) => return Ok(made),
                    Err(Stop::Store(error)) => return Err(error),
                    Err(Stop::Again) => {}
                    Err(Stop::Driver(error)) => match error::read(&error) {
                        Failed::Contended => self.options().pace.pause(pause_after(run + 1)).await,
                        Failed::Lost if is_stale(&error) => {}
                        Failed::Lost => return Err(StoreError::Unavailable),
                        Failed::Final(error) => return Err(error),
                    },
                }
            }
            Err(StoreError::Unavailable)
        };
        read.instrument(span).await
    }
}

/// Makes something of each row while the database finds the next ones.
pub(crate) async fn each<T>(
    connection: &impl StreamTrait,
    statement: Statement,
    table: &'static str,
    make: &impl Fn(Row) -> Result<T, StoreError>,
) -> Result<Vec<T>, Stop> {
    let mut rows = pin!(connection.stream_raw(statement).await?);
    let mut made = Vec::new();
    while let Some(row) = rows.next().await {
        made.push(make(Row::new(row?, table))?);
    }
    Ok(made)
}
