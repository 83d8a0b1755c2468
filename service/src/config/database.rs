//! Which database, and how hard it may be leaned on.

use std::path::PathBuf;
use std::time::Duration;

use super::read::Reader;
use super::secret::{Secret, secret};
use super::setting;

/// The kinds of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// One file, one process: made and migrated by `serve` itself.
    Sqlite,
    /// A server shared by replicas: migrated by `assent migrate`.
    Postgres,
}

/// The database.
#[derive(Clone, Debug)]
pub struct Database {
    /// Its address, with its password.
    pub url: Secret,
    /// The most connections to PostgreSQL.
    pub max_connections: u32,
    /// The most connections that read from SQLite.
    pub read_connections: u32,
    /// How long a call waits for a connection.
    pub acquire_timeout: Duration,
    /// The longest a statement may run.
    pub statement_timeout: Duration,
    /// The longest a transaction may take as a whole.
    pub transaction_timeout: Duration,
}

impl Database {
    /// Its kind.
    #[must_use]
    pub fn engine(&self) -> Engine {
        if self.url.reveal().starts_with("sqlite:") { Engine::Sqlite } else { Engine::Postgres }
    }

    /// The file of a SQLite database; `None` for PostgreSQL.
    #[must_use]
    pub fn file(&self) -> Option<PathBuf> {
        let path = self.url.reveal().strip_prefix("sqlite://")?;
        Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
    }

    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let url = secret(reader, "database.url");
        if let Some(url) = &url
            && let Some(text) = refusal(url.reveal())
        {
            reader.problem("database.url", text);
        }
        let max_connections = reader.one("database.max_connections", setting::count(1, 1000));
        let read_connections = reader.one("database.read_connections", setting::count(1, 64));
        let acquire_timeout = reader.one("database.acquire_timeout_seconds", setting::seconds(1, 300));
        let statement_timeout = reader.one("database.statement_timeout_seconds", setting::seconds(1, 3600));
        let transaction_timeout =
            reader.one("database.transaction_timeout_seconds", setting::seconds(1, 3600));
        if let (Some(statement), Some(transaction)) = (statement_timeout, transaction_timeout)
            && statement > transaction
        {
            reader.problem(
                "database.statement_timeout_seconds",
                "must not be above database.transaction_timeout_seconds",
            );
        }
        Some(Self {
            url: url?,
            max_connections: max_connections?,
            read_connections: read_connections?,
            acquire_timeout: acquire_timeout?,
            statement_timeout: statement_timeout?,
            transaction_timeout: transaction_timeout?,
        })
    }
}

fn refusal(url: &str) -> Option<&'static str> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return None;
    }
    let Some(path) = url.strip_prefix("sqlite://") else {
        return Some("must begin with sqlite:// or postgresql://");
    };
    // A database in memory would be another one for each connection, and gone at the end.
    let nameless = path.is_empty() || path.starts_with('?') || path.contains(":memory:");
    nameless.then_some("must name the file of the SQLite database, such as sqlite://assent.db")
}
