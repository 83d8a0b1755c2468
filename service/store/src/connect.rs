//! Opening a database by its address, with the settings that each engine needs.
//!
//! SQLite: one connection that writes and a few that read, so that no reader waits for the writer.
//! PostgreSQL: one pool. Nothing else in the crate but `statement.rs` knows which engine it is.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use tracing::Instrument;

use crate::error::StoreError;
use crate::pace::{Breathless, SharedPace};
use crate::statement::name_of;
use crate::tombstone::TombstoneKey;

/// Which database, and how much of it may be used.
#[derive(Clone)]
pub struct StoreOptions {
    /// `sqlite://path`, `postgres://…` or `postgresql://…`. It may hold a password, so it is never shown.
    pub url: String,
    /// The most connections held open to PostgreSQL. No effect on SQLite.
    pub connections_max: u32,
    /// The connections that read from SQLite, beside the one that writes. No effect on PostgreSQL.
    pub readers: u32,
    /// How long a statement may take (PostgreSQL) or wait for another process's writer (SQLite).
    pub statement_timeout: Duration,
    /// How long a transaction may take as a whole. Erasure counts on it: what was begun before it is over by then.
    pub transaction_timeout: Duration,
    /// How long to wait for a connection, being opened included.
    pub acquire_timeout: Duration,
    /// Told of every statement; absent: nobody is.
    pub observer: Option<Observer>,
    /// By what the erased are known again. Absent: nobody is known to be erased, and nobody can be.
    pub tombstones: Option<TombstoneKey>,
    /// How time passes.
    pub pace: SharedPace,
}

/// Told of every statement that was sent, with its outcome.
pub type Observer = Arc<dyn Fn(&Observed<'_>) + Send + Sync>;

/// One statement that was sent. Never its text or values.
#[derive(Clone, Copy, Debug)]
pub struct Observed<'a> {
    /// The name of the transaction it stood in, else its own: from a small closed set.
    pub name: &'a str,
    /// How long it took.
    pub elapsed: Duration,
    /// Whether it failed.
    pub failed: bool,
}

impl StoreOptions {
    /// The settings for a database at `url` that a small installation needs.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            connections_max: 16,
            readers: 3,
            statement_timeout: Duration::from_secs(10),
            transaction_timeout: Duration::from_secs(20),
            acquire_timeout: Duration::from_secs(5),
            observer: None,
            tombstones: None,
            pace: Arc::new(Breathless),
        }
    }
}

impl fmt::Debug for StoreOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreOptions").field("url", &"…").finish_non_exhaustive()
    }
}

/// The two sides of an open database.
#[derive(Debug)]
pub(crate) struct Connected {
    pub(crate) writer: DatabaseConnection,
    pub(crate) reader: DatabaseConnection,
    /// The reader's connections, of whose statements the observer is not told.
    pub(crate) silent_reader: DatabaseConnection,
}

/// How long a connection may lie idle and still be handed out unasked.
const TRUSTED_IDLE: Duration = Duration::from_secs(5);

pub(crate) async fn connect(options: &StoreOptions) -> Result<Connected, StoreError> {
    let Some((scheme, rest)) = options.url.split_once("://") else { return Err(StoreError::Address) };
    match scheme {
        "sqlite" => connect_sqlite(options).await,
        "postgres" | "postgresql" => connect_postgres(options, rest).await,
        _ => Err(StoreError::Address),
    }
}

async fn connect_postgres(options: &StoreOptions, rest: &str) -> Result<Connected, StoreError> {
    // sea-orm knows one of the two spellings.
    let mut settings = common(options, format!("postgres://{rest}"));
    let idle = options.transaction_timeout.as_millis().to_string();
    settings.max_connections(options.connections_max).statement_timeout(options.statement_timeout);
    settings.map_sqlx_postgres_opts(move |server| {
        server.options([
            // Sequencer steps rely on each statement seeing what was committed before it.
            ("default_transaction_isolation", "read committed"),
            ("idle_in_transaction_session_timeout", idle.as_str()),
            ("jit", "off"),
            // Every statement goes by an index. Of a table that was empty when its figures were taken last a plan would walk it, and
            // would be kept while it grows, until they are taken again; and so would one that joins all that a tenant has.
            // None of this keeps a nested loop from beginning with the table: statements say by LATERAL where they begin. The tests of
            // the plans set the same.
            ("enable_seqscan", "off"),
            ("enable_hashjoin", "off"),
            ("enable_mergejoin", "off"),
            ("enable_bitmapscan", "off"),
        ])
    });
    let silent_reader = Database::connect(settings).await?;
    let reader = observed(silent_reader.clone(), options);
    Ok(Connected { writer: reader.clone(), reader, silent_reader })
}

async fn connect_sqlite(options: &StoreOptions) -> Result<Connected, StoreError> {
    let busy = options.statement_timeout;
    let mut settings = common(options, options.url.clone());
    settings.max_connections(1).map_sqlx_sqlite_opts(move |file| {
        use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
        file.create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(busy)
            // What is deleted is overwritten, so that an erased person is not left in free pages.
            .pragma("secure_delete", "ON")
    });
    // The writer first: it makes the file.
    let writer = observed(Database::connect(settings).await?, options);
    let mut settings = common(options, options.url.clone());
    settings.max_connections(options.readers.max(1)).map_sqlx_sqlite_opts(move |file| {
        file.create_if_missing(false).foreign_keys(true).busy_timeout(busy).pragma("query_only", "ON")
    });
    let silent_reader = Database::connect(settings).await?;
    Ok(Connected { writer, reader: observed(silent_reader.clone(), options), silent_reader })
}

fn common(options: &StoreOptions, url: String) -> ConnectOptions {
    let mut settings = ConnectOptions::new(url);
    settings
        .min_connections(1)
        .acquire_timeout(options.acquire_timeout)
        .connect_timeout(options.acquire_timeout)
        // Statements and their values name people: neither logs nor spans may hold them.
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .test_before_acquire_if_idle_for(TRUSTED_IDLE);
    settings
}

fn observed(mut connection: DatabaseConnection, options: &StoreOptions) -> DatabaseConnection {
    if let Some(observer) = options.observer.clone() {
        connection.set_metric_callback(move |info| {
            observer(&Observed {
                name: name_of(&info.statement.sql),
                elapsed: info.elapsed,
                failed: info.failed,
            });
        });
    }
    connection
}

impl Connected {
    /// Whether a read can be ended by the server, if it is made in a transaction.
    pub(crate) fn bounds_reads(&self) -> bool {
        self.reader.get_database_backend() == DbBackend::Postgres
    }

    /// How many transactions can write at once: of SQLite's file there is one writer.
    pub(crate) fn writers_max(&self, options: &StoreOptions) -> usize {
        match self.writer.get_database_backend() {
            DbBackend::Sqlite => 1,
            _ => usize::try_from(options.connections_max).unwrap_or(usize::MAX),
        }
    }

    /// How many statements can read at once, where nobody writes.
    pub(crate) fn readers_max(&self, options: &StoreOptions) -> usize {
        let most = match self.reader.get_database_backend() {
            DbBackend::Sqlite => options.readers.max(1),
            _ => options.connections_max,
        };
        usize::try_from(most).unwrap_or(usize::MAX)
    }

    /// Begins a transaction that may write. On SQLite it holds the write lock from the start: one that
    /// begins by reading could not get it any more once another has written.
    ///
    /// It begins in a task of its own, which goes on when the caller goes away: a `BEGIN` that was sent and
    /// whose answer nobody waited for would leave the connection in a transaction that the driver does not
    /// know of, and whoever came next would commit, or never commit, with it. Once begun it is dropped there,
    /// and so rolled back.
    ///
    /// With `patience` PostgreSQL ends each of its statements after that long. SQLite's are not waited for elsewhere
    /// than here.
    pub(crate) async fn begin(&self, patience: Option<Duration>) -> Result<DatabaseTransaction, DbErr> {
        let sqlite_transaction_mode = match self.writer.get_database_backend() {
            DbBackend::Sqlite => Some(SqliteTransactionMode::Immediate),
            _ => None,
        };
        let writer = self.writer.clone();
        let begin = async move {
            let options = TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() };
            let begun = writer.begin_with_options(options).await?;
            if let Some(patience) = patience
                && begun.get_database_backend() == DbBackend::Postgres
            {
                // 0 would mean without end.
                let millis = patience.as_millis().max(1);
                let limit = format!("-- limit_statements\nSET LOCAL statement_timeout = {millis}");
                begun.execute_unprepared(&limit).await?;
            }
            Ok(begun)
        };
        let begun = tokio::spawn(begin.in_current_span()).await;
        begun.unwrap_or_else(|_| Err(DbErr::Custom("the task that begins a transaction ended".to_owned())))
    }

    /// Takes what was just deleted out of the write-ahead log too, where it would lie until the next
    /// checkpoint. PostgreSQL recycles its log by itself.
    ///
    /// Says whether it could: a reader that is at work keeps the log from being cut.
    pub(crate) async fn forget(&self) -> Result<bool, DbErr> {
        if self.writer.get_database_backend() != DbBackend::Sqlite {
            return Ok(true);
        }
        let cut = Statement::from_string(DbBackend::Sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
        let told = self.writer.query_one_raw(cut).await?;
        Ok(told.is_some_and(|told| told.try_get_by_index(0).is_ok_and(|busy: i64| busy == 0)))
    }
}
