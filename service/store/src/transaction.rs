//! The one way to write: a named transaction, run again when others stood in its way.
//!
//! The name is the span's name, the metric's label and the first comment of every statement in it.

use std::time::Duration;

use assent_domain::id::TenantId;
use assent_domain::time::Span;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use tracing::Instrument;

use crate::Store;
use crate::error::{self, Failed, StoreError};
use crate::pace::pause_after;
use crate::profile::ProfileKey;
use crate::row::Row;
use crate::statement::{Column, Sql, Values};
use crate::tombstone::{TombstoneKey, marked_columns};

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
    tombstones: Option<TombstoneKey>,
    longest: Span,
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
        let rows = self.inner.query_all_raw(statement).await?;
        Ok(rows.into_iter().map(|row| Row::new(row, table)).collect())
    }

    /// People as the statements take them that load profiles.
    pub(crate) fn marked(&self, tenant: &TenantId, people: &[&ProfileKey]) -> [Column; 3] {
        marked_columns(self.tombstones.as_ref(), tenant, people)
    }

    /// The longest that a transaction can be under way.
    pub(crate) const fn longest(&self) -> Span {
        self.longest
    }

    /// The transaction as entities take it.
    pub(crate) const fn entities(&self) -> &DatabaseTransaction {
        &self.inner
    }
}

/// Runs `$work` in a transaction of that name, again from the start if others stood in its way, and
/// gives what it ended with: `transaction!(store, "upsert_consents", |tx| { … Ok(Ending::Commit(answer)) })`.
///
/// A caller that goes away drops the future; the transaction is then rolled back. It is a macro and not
/// a function because a closure's future that borrows the transaction cannot be promised to be `Send`.
macro_rules! transaction {
    ($store:expr, $name:literal, |$tx:ident| $work:expr) => {
        $crate::transaction::transaction!($store, name = $name, |$tx| $work)
    };
    ($store:expr, name = $name:expr, |$tx:ident| $work:expr) => {{
        let mut runs = $crate::transaction::Runs::new($store, $name);
        loop {
            let open = match runs.begin().await {
                Ok(Some(open)) => open,
                Ok(None) => continue,
                Err(error) => break Err(error),
            };
            let done = {
                let $tx = &open;
                runs.within(async { $work }).await
            };
            match runs.end(open, done).await {
                Ok(Some(answer)) => break Ok(answer),
                Ok(None) => {}
                Err(error) => break Err(error),
            }
        }
    }};
}
pub(crate) use transaction;

/// Asks an entity for what it reads, as [`Store::rows`] asks a statement: `read!(store, "read_notice", |db| …)`.
macro_rules! read {
    ($store:expr, $name:literal, |$db:ident| $query:expr) => {
        if $store.is_impatient() {
            $crate::transaction::transaction!($store, $name, |tx| {
                let $db = tx.entities();
                Ok($crate::transaction::Ending::Rollback($query.await?))
            })
        } else {
            let $db = &$store.connected().reader;
            $query.await.map_err($crate::error::StoreError::from)
        }
    };
}
pub(crate) use read;

/// The runs of one transaction.
#[derive(Debug)]
pub(crate) struct Runs<'a> {
    store: &'a Store,
    name: &'static str,
    span: tracing::Span,
    run: u32,
    /// When all runs together have taken as long as a transaction may.
    until: Duration,
}

impl<'a> Runs<'a> {
    pub(crate) fn new(store: &'a Store, name: &'static str) -> Self {
        let span = tracing::info_span!("store.transaction", otel.name = name, runs = tracing::field::Empty);
        let options = store.options();
        let latest = options.pace.monotonic().saturating_add(options.transaction_timeout);
        let until = store.until.map_or(latest, |until| until.min(latest));
        Self { store, name, span, run: 0, until }
    }

    fn left(&self) -> Duration {
        self.until.saturating_sub(self.store.options().pace.monotonic())
    }

    /// Begins the next run; `None`: another may succeed.
    pub(crate) async fn begin(&mut self) -> Result<Option<Tx>, StoreError> {
        self.run += 1;
        if self.run > RUNS_MAX {
            return Err(StoreError::Unavailable);
        }
        self.span.record("runs", i64::from(self.run));
        if self.run > 1 {
            let pause = pause_after(self.run - 1).min(self.left());
            self.store.options().pace.pause(pause).await;
        }
        if self.left().is_zero() {
            return Err(StoreError::Timeout);
        }
        for _ in 0..=self.store.options().connections_max {
            match self.store.connected().begin(self.store.patience()).instrument(self.span.clone()).await {
                Ok(inner) => {
                    let tombstones = self.store.options().tombstones.clone();
                    let longest = self.store.longest_transaction();
                    return Ok(Some(Tx { name: self.name, inner, tombstones, longest }));
                }
                Err(error) => match error::read(&error) {
                    Failed::Contended => return Ok(None),
                    // Nothing was done yet, so a connection that had died in the pool costs nothing.
                    Failed::Lost if is_stale(&error) => {}
                    Failed::Lost => return Err(StoreError::Unavailable),
                    Failed::Final(error) => return Err(error),
                },
            }
        }
        Err(StoreError::Unavailable)
    }

    /// Does the work of a run, for as long as is left of what a transaction may take.
    pub(crate) async fn within<T>(
        &self,
        work: impl Future<Output = Result<Ending<T>, Stop>>,
    ) -> Result<Ending<T>, Stop> {
        let work = tokio::time::timeout(self.left(), work).instrument(self.span.clone());
        work.await.unwrap_or(Err(Stop::Store(StoreError::Timeout)))
    }

    /// Ends a run: the answer, `None` if another may succeed, or the error it ends with.
    pub(crate) async fn end<T>(
        &self,
        tx: Tx,
        done: Result<Ending<T>, Stop>,
    ) -> Result<Option<T>, StoreError> {
        let end = async {
            match done {
                Ok(Ending::Commit(answer)) => tx.inner.commit().await.map(|()| answer).map_err(Stop::Driver),
                Ok(Ending::Rollback(answer)) => {
                    // The answer stands whether or not the rollback could be said: nothing was committed.
                    let _ = tx.inner.rollback().await;
                    Ok(answer)
                }
                Err(stop) => {
                    let _ = tx.inner.rollback().await;
                    Err(stop)
                }
            }
        };
        match end.instrument(self.span.clone()).await {
            Ok(answer) => Ok(Some(answer)),
            Err(Stop::Again) => Ok(None),
            Err(Stop::Store(error)) => Err(error),
            Err(Stop::Driver(error)) => match error::read(&error) {
                Failed::Contended => Ok(None),
                // If it was the commit, nobody knows whether it was done: the caller repeats the request_id.
                Failed::Lost => Err(StoreError::Unavailable),
                Failed::Final(error) => Err(error),
            },
        }
    }
}

/// Whether the connection had died in the pool, so that another one may be good: not when there was
/// none to be had at all.
pub(crate) fn is_stale(error: &DbErr) -> bool {
    !matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_))
}
