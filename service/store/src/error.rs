//! What can go wrong in the store, without anything that the database said about people.
//!
//! A driver's message may quote a key or a value, so only its code is kept. "Not found" is an
//! `Option`, never an error.

use sea_orm::sqlx;
use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr};

/// Why the store did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// What was to be changed is not what the caller last saw, or is there already.
    #[error("the stored version is another one")]
    Conflict,
    /// The `request_id` was used before, with another content.
    #[error("the request id was used for another request")]
    RequestIdReused,
    /// The import's id is known for another header.
    #[error("the import id was used for another import")]
    ImportIdReused,
    /// The message was planned or sent: it can no longer be declared or changed.
    #[error("the message was planned or sent already")]
    Fixed,
    /// The database cannot be reached, or others stood in the way again and again. Trying later is useful.
    #[error("the database is not available")]
    Unavailable,
    /// A statement or transaction took longer than it may.
    #[error("the database took too long")]
    Timeout,
    /// An interaction occurred in a month that nobody made a partition for yet.
    #[error("the month of an interaction is missing")]
    MonthMissing,
    /// The database was never migrated, or only halfway.
    #[error("the database has no schema: run the migration first")]
    SchemaMissing,
    /// The database has a schema this program was not written for.
    #[error("the database has schema {found}; this program knows schema {known} and an expanded {}", known + 1)]
    SchemaUnknown {
        /// The schema found.
        found: i32,
        /// The schema this program was written for.
        known: i32,
    },
    /// A stored value is not one that this program writes.
    #[error("column {column} of table {table} holds a value that cannot be read")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// There is no key for tombstones, so that nobody can be erased.
    #[error("the key of the tombstones is not set")]
    KeyMissing,
    /// The key for tombstones is not the one that the database was first served with.
    #[error(
        "the key of the tombstones (secrets.tombstone_key) is not the one that the database was first served with"
    )]
    KeyChanged,
    /// A sequencer step would have numbered records that are numbered already.
    #[error("position {position} was about to be given to a record that has one")]
    Misnumbered {
        /// The first position of the step.
        position: u64,
    },
    /// The address is not one of a database that can be opened.
    #[error("the database address must begin with sqlite://, postgres:// or postgresql://")]
    Address,
    /// Anything else, by its code: an SQLSTATE on PostgreSQL, an extended result code on SQLite.
    #[error("the database refused with code {code}")]
    Driver {
        /// The code; `unknown` where the driver has none.
        code: String,
    },
}

/// What a failed statement means for the transaction it stood in.
pub(crate) enum Failed {
    /// Others stood in the way: the same transaction may succeed when run again.
    Contended,
    /// The connection is gone. Nothing was committed unless the commit itself failed.
    Lost,
    /// Running it again would not help.
    Final(StoreError),
}

/// Reads a driver's error. PostgreSQL's codes: <https://www.postgresql.org/docs/15/errcodes-appendix.html>;
/// SQLite's: <https://www.sqlite.org/rescode.html>.
pub(crate) fn read(error: &DbErr) -> Failed {
    match error {
        DbErr::ConnectionAcquire(ConnAcquireErr::Timeout | ConnAcquireErr::ConnectionClosed) => Failed::Lost,
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => read_driver(cause),
        DbErr::RecordNotInserted | DbErr::RecordNotUpdated => Failed::Final(StoreError::Conflict),
        _ => Failed::Final(StoreError::Driver { code: "unknown".to_owned() }),
    }
}

fn read_driver(cause: &sqlx::Error) -> Failed {
    match cause {
        sqlx::Error::Database(refusal) => match refusal.code() {
            Some(code) => read_code(&code),
            None => Failed::Final(StoreError::Driver { code: "unknown".to_owned() }),
        },
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => Failed::Lost,
        _ => Failed::Final(StoreError::Driver { code: "unknown".to_owned() }),
    }
}

fn read_code(code: &str) -> Failed {
    match code {
        // Serialization failure, deadlock; SQLITE_BUSY and SQLITE_LOCKED with their extensions.
        "40001" | "40P01" | "5" | "261" | "517" | "773" | "6" | "262" => Failed::Contended,
        // Unique violation; SQLITE_CONSTRAINT_PRIMARYKEY and _UNIQUE.
        "23505" | "1555" | "2067" => Failed::Final(StoreError::Conflict),
        // No partition for the row: nothing else in the schema checks a row.
        "23514" => Failed::Final(StoreError::MonthMissing),
        // Query cancelled by statement_timeout, lock not available, idle transaction ended; SQLITE_INTERRUPT.
        "57014" | "55P03" | "25P03" | "9" => Failed::Final(StoreError::Timeout),
        // SQLITE_CANTOPEN, SQLITE_IOERR and SQLITE_FULL.
        "14" | "10" | "13" => Failed::Lost,
        // A server that only reads: the one that was written to has handed over, and this one is not it.
        "25006" => Failed::Lost,
        // Connection exceptions, insufficient resources, shut down by an operator.
        code if code.len() == 5 && ["08", "53", "57"].iter().any(|class| code.starts_with(class)) => {
            Failed::Lost
        }
        // Extended SQLITE_CANTOPEN and SQLITE_IOERR: the primary code is the low byte.
        code if code
            .parse::<u32>()
            .is_ok_and(|code| code.to_string().len() < 5 && matches!(code & 0xff, 10 | 14)) =>
        {
            Failed::Lost
        }
        code => Failed::Final(StoreError::Driver { code: code.to_owned() }),
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match read(&error) {
            Failed::Contended | Failed::Lost => Self::Unavailable,
            Failed::Final(error) => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(code: &str) -> &'static str {
        match read_code(code) {
            Failed::Contended => "again",
            Failed::Lost => "lost",
            Failed::Final(StoreError::Conflict) => "conflict",
            Failed::Final(StoreError::Timeout) => "timeout",
            Failed::Final(_) => "driver",
        }
    }

    #[test]
    fn a_code_says_whether_to_run_the_transaction_again() {
        for code in ["40001", "40P01", "5", "517"] {
            assert_eq!(meaning(code), "again", "{code}");
        }
        for code in ["57P01", "53300", "08006", "14", "522"] {
            assert_eq!(meaning(code), "lost", "{code}");
        }
        for (code, expected) in
            [("23505", "conflict"), ("2067", "conflict"), ("57014", "timeout"), ("42601", "driver")]
        {
            assert_eq!(meaning(code), expected, "{code}");
        }
    }

    #[test]
    fn an_error_names_no_value_the_database_quoted() {
        let quoted = DbErr::Custom("Key (profile)=(someone@example.org) already exists".to_owned());
        assert_eq!(StoreError::from(quoted).to_string(), "the database refused with code unknown");
    }
}
