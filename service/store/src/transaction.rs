//! The one way to write: a named transaction, run again when others stood in its way.
//!
//! The name is the span's name, the metric's label and the first comment of every statement in it.

use std::pin::pin;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, QueryResult};
use tracing::Instrument;

use crate::Store;
use crate::error::{Failed, StoreError, read};
use crate::row::Row;
use crate::statement::{Sql, Values};

/// How often a transaction is run before it is given up. Locks are taken in one order, so that more
/// than a few runs mean that something else is wrong.
const RUNS_MAX: u32 = 10;

/// How a transaction ends when nothing failed.
#[derive(Debug)]
pub(crate) enum Ending<T> {
    /// What was written stays.
    Commit(T),
    /// What was written is undone, and the answer given all the same.
    Rollback(T),
}

/// Why a piece of work inside a transaction stopped.
#[derive(Debug)]
pub(crate) enum Stop {
    Driver(DbErr),
    Store(StoreError),
    /// What was found cannot be: somebody else was quicker. The transaction is run again.
    Again,
}

impl From<DbErr> for Stop {
    fn from(error: DbErr) -> Self {
        Self::Driver(error)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// An open transaction.
#[derive(Debug)]
pub(crate) struct Tx {
    name: &'static str,
    inner: DatabaseTransaction,
}

impl Tx {
    /// Runs a statement and says how many rows it touched.
    pub(crate) async fn execute(&self, sql: &Sql, values: Values) -> Result<u64, Stop> {
        let statement = sql.with(self.inner.get_database_backend(), Some(self.name), values);
        Ok(self.inner.execute_raw(statement).await?.rows_affected())
    }

    /// Runs a statement and gives its rows.
    pub(crate) async fn rows(
        &self,
        sql: &Sql,
        table: &'static str,
        values: Values,
    ) -> Result<Vec<Row>, Stop> {
        let statement = sql.with(self.inner.get_database_backend(), Some(self.name), values);
        Ok(wrap(self.inner.query_all_raw(statement).await?, table))
    }

    /// The transaction as entities take it.
    pub(crate) const fn entities(&self) -> &DatabaseTransaction {
        &self.inner
    }
}

fn wrap(rows: Vec<QueryResult>, table: &'static str) -> Vec<Row> {
    rows.into_iter().map(|row| Row::new(row, table)).collect()
}

impl Store {
    /// Runs `work` in a transaction of that name, again from the start if others stood in its way.
    ///
    /// A caller that goes away drops the future; the transaction is then rolled back.
    pub(crate) async fn transaction<T, W>(&self, name: &'static str, mut work: W) -> Result<T, StoreError>
    where
        W: AsyncFnMut(&Tx) -> Result<Ending<T>, Stop>,
    {
        let span = tracing::info_span!("store.transaction", otel.name = name, runs = tracing::field::Empty);
        let limit = self.options().transaction_timeout;
        let runs = async {
            for run in 1..=RUNS_MAX {
                tracing::Span::current().record("runs", run);
                match self.run_once(name, limit, &mut work).await {
                    Ok(Some(answer)) => return Ok(answer),
                    Ok(None) => {}
                    Err(error) => return Err(error),
                }
            }
            Err(StoreError::Unavailable)
        };
        runs.instrument(span).await
    }

    /// One run: an answer, `None` if it may be run again, or the error it ends with.
    async fn run_once<T, W>(
        &self,
        name: &'static str,
        limit: Duration,
        work: &mut W,
    ) -> Result<Option<T>, StoreError>
    where
        W: AsyncFnMut(&Tx) -> Result<Ending<T>, Stop>,
    {
        let inner = match self.connected().begin().await {
            Ok(inner) => inner,
            // Nothing was done yet, so a connection that had died in the pool costs nothing.
            Err(error) => {
                return match read(&error) {
                    Failed::Contended => Ok(None),
                    Failed::Lost if is_stale(&error) => Ok(None),
                    Failed::Lost => Err(StoreError::Unavailable),
                    Failed::Final(error) => Err(error),
                };
            }
        };
        let tx = Tx { name, inner };
        let done = match tokio::time::timeout(limit, pin!(work(&tx))).await {
            Ok(done) => done,
            Err(_) => return Err(StoreError::Timeout),
        };
        let ended = match done {
            Ok(Ending::Commit(answer)) => tx.inner.commit().await.map(|()| answer),
            Ok(Ending::Rollback(answer)) => {
                // The answer stands whether or not the rollback could be said: nothing was committed.
                let _ = tx.inner.rollback().await;
                return Ok(Some(answer));
            }
            Err(stop) => {
                let _ = tx.inner.rollback().await;
                return match stop {
                    Stop::Again => Ok(None),
                    Stop::Store(error) => Err(error),
                    Stop::Driver(error) => match read(&error) {
                        Failed::Contended => Ok(None),
                        Failed::Lost => Err(StoreError::Unavailable),
                        Failed::Final(error) => Err(error),
                    },
                };
            }
        };
        match ended {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => match read(&error) {
                Failed::Contended => Ok(None),
                // Whether it was committed cannot be known: the caller repeats the request_id.
                Failed::Lost => Err(StoreError::Unavailable),
                Failed::Final(error) => Err(error),
            },
        }
    }

    /// Runs a statement that only reads, outside any transaction.
    pub(crate) async fn rows(
        &self,
        sql: &Sql,
        table: &'static str,
        values: Values,
    ) -> Result<Vec<Row>, StoreError> {
        let reader = &self.connected().reader;
        let span = tracing::info_span!("store.read", otel.name = sql.name());
        let read_rows = async {
            for _ in 1..RUNS_MAX {
                let statement = sql.with(reader.get_database_backend(), None, values.clone());
                match reader.query_all_raw(statement).await {
                    Ok(rows) => return Ok(wrap(rows, table)),
                    Err(error) => match read(&error) {
                        Failed::Contended => {}
                        Failed::Lost if is_stale(&error) => {}
                        Failed::Lost => return Err(StoreError::Unavailable),
                        Failed::Final(error) => return Err(error),
                    },
                }
            }
            Err(StoreError::Unavailable)
        };
        read_rows.instrument(span).await
    }
}

/// Whether the connection had died in the pool, so that another one may be good: not when there was
/// none to be had at all.
fn is_stale(error: &DbErr) -> bool {
    !matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_))
}
