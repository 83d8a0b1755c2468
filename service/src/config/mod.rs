//! What an operator may set: read once at the start from three sources, checked whole, then handed on.
//!
//! `assent.default.toml` is the documentation: each key stands there with unit, limits and what its
//! absence means. After [`Config::load`] nobody reads the environment. Deliberately not here: opening
//! what the settings name (databases, certificates); that is for `App::build`.

mod database;
mod feed;
mod imports;
mod interactions;
mod limits;
mod read;
mod secret;
mod secrets;
mod setting;
mod telemetry;
mod tls;
mod token_keys;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use database::{Database, Engine};
pub use feed::Feed;
pub use imports::Imports;
pub use interactions::Interactions;
pub use limits::Limits;
pub use read::{Problem, Problems};
pub use secret::{KeyBytes, Secret};
pub use secrets::Secrets;
pub use telemetry::{LogFormat, LogLevel, Telemetry};
pub use tls::Tls;
pub use token_keys::{TokenKey, TokenKeyId, TokenKeys};

use read::Reader;

/// The defaults, and their documentation.
pub const DEFAULTS: &str = include_str!("../../assent.default.toml");

/// All settings, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the service listens; port 0 takes any free one.
    pub listen: SocketAddr,
    /// What it remembers in.
    pub database: Database,
    /// The certificate it shows; `None` means plain text.
    pub tls: Option<Tls>,
    /// The keys it signs and hashes with.
    pub secrets: Secrets,
    /// The folder of the journal of erasures. Absent: beside the file on SQLite, none on PostgreSQL.
    pub erasure_journal: Option<PathBuf>,
    /// How much it takes on.
    pub limits: Limits,
    /// How much of it imports may take.
    pub imports: Imports,
    /// What bounds streams that record.
    pub interactions: Interactions,
    /// What it tells of itself.
    pub telemetry: Telemetry,
    /// How the feed of changes is kept.
    pub feed: Feed,
    /// How long calls under way may take to end after the signal to stop.
    pub drain: Duration,
    /// The policy of a profile table that names none.
    pub default_policy: DefaultPolicy,
}

/// The policy of a profile table that names none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultPolicy {
    /// `strict`: without a grant nothing is permitted.
    Strict,
    /// `legacy`: without an answer tracking is permitted, as before July 2026.
    Legacy,
}

impl DefaultPolicy {
    /// The policy's id.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Legacy => "legacy",
        }
    }
}

impl Config {
    /// Reads the defaults, then `file`, then `environment` (all of it; what does not begin with `ASSENT_` is passed over).
    ///
    /// # Errors
    /// Every problem at once: unknown keys, values that do not fit, files that cannot be read.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Problems> {
        let mut reader = Reader::new();
        reader.add_text("the defaults", DEFAULTS);
        if let Some(file) = file {
            reader.add_file(file);
        }
        reader.add_environment(environment);

        let listen = reader.one("listen.address", setting::address);
        let database = Database::read(&mut reader);
        let tls = Tls::read(&mut reader);
        let secrets = Secrets::read(&mut reader, database.as_ref().map(Database::engine));
        let erasure_journal = reader.maybe("erasure.journal", setting::path);
        let limits = Limits::read(&mut reader);
        let imports = Imports::read(&mut reader);
        let interactions = Interactions::read(&mut reader);
        let telemetry = Telemetry::read(&mut reader);
        let feed = Feed::read(&mut reader);
        let drain = reader.one("shutdown.drain_seconds", setting::seconds(0, 600));
        let default_policy = reader.one(
            "policy.of_tables_without_one",
            setting::choice(&[("strict", DefaultPolicy::Strict), ("legacy", DefaultPolicy::Legacy)]),
        );

        let whole = (|| {
            Some(Self {
                listen: listen?,
                database: database?,
                tls: tls?,
                secrets: secrets?,
                erasure_journal,
                limits: limits?,
                imports: imports?,
                interactions: interactions?,
                telemetry: telemetry?,
                feed: feed?,
                drain: drain?,
                default_policy: default_policy?,
            })
        })();
        reader.finish(whole)
    }
}

#[cfg(test)]
mod tests;
