//! Where is searched.

use assent_tests::engine::Engine;

/// A place in which something that must not be kept could be found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// The rows of a table as text, bytes in hexadecimal digits.
    Table(String),
    /// A dump of the database, packed, as an operator makes it: `pg_dump`, or `VACUUM INTO` on SQLite.
    Dump,
    /// The files of the database as they lie on the disk, but for its log.
    DatabaseFile,
    /// The log that the database writes ahead: `pg_wal`, or the file `-wal`.
    WriteAheadLog,
    /// What PostgreSQL's server wrote about itself.
    ServerLog,
    /// What the service wrote to standard output and standard error.
    Log,
    /// The same of a service that ended, packed.
    PackedLog,
    /// Metrics, as a receiver of OpenTelemetry writes them down.
    Metrics,
    /// Traces, as it writes them down.
    Traces,
    /// The bytes that went to it.
    TelemetryWire,
    /// What callers were answered who asked for others.
    Export,
    /// The service's working folder and its folder for temporary files.
    TemporaryFile,
    /// What lies beside an SQLite file: the keys and the lock.
    BesideTheFile,
    /// The files of the journal of erasures, which outlives the database.
    Journal,
    /// The service's command line and environment.
    CommandLine,
}

impl Place {
    /// Every place of an engine but its tables.
    pub(super) fn beside_tables(engine: Engine) -> Vec<Self> {
        let own = match engine {
            Engine::Sqlite => Self::BesideTheFile,
            Engine::Postgres => Self::ServerLog,
        };
        vec![
            Self::Dump,
            Self::DatabaseFile,
            Self::WriteAheadLog,
            own,
            Self::Log,
            Self::PackedLog,
            Self::Metrics,
            Self::Traces,
            Self::TelemetryWire,
            Self::Export,
            Self::TemporaryFile,
            Self::Journal,
            Self::CommandLine,
        ]
    }

    /// Whether it belongs to the database, where what is permitted is kept.
    pub(super) const fn is_of_the_database(&self) -> bool {
        matches!(self, Self::Table(_) | Self::Dump | Self::DatabaseFile | Self::WriteAheadLog)
    }
}
