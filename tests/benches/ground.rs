//! The databases that are measured: the service's, and the ceiling's copy of it as it was seeded.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use assent_domain::id::TenantId;
use assent_domain::time::Instant;
use assent_service::credential::NewKey;
use assent_service::entropy::OsEntropy;
use assent_store::{ApiKey, Store, StoreOptions};
use assent_tests::engine::Engine;
use assent_tests::postgres::{Cluster, Settings};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tempfile::TempDir;

use crate::machine::Spent;

/// Whose people they are.
pub(crate) const TENANT: &str = "bench";

/// The service's database.
pub(crate) const SERVED: &str = "served";

/// The ceiling's copy.
pub(crate) const COPY: &str = "copy";

/// As a server of this size would be set, durability as by default.
const LINES: [&str; 4] =
    ["shared_buffers = 1GB", "max_wal_size = 8GB", "checkpoint_timeout = 15min", "jit = off"];

/// Where databases live.
#[derive(Debug)]
pub(crate) enum Ground {
    Sqlite(TempDir),
    Postgres(Cluster),
}

impl Ground {
    pub(crate) fn of(engine: Engine, commit_delay: u64) -> Self {
        match engine {
            Engine::Sqlite => Self::Sqlite(tempfile::tempdir().expect("a temporary folder")),
            Engine::Postgres => {
                let mut lines = LINES.map(str::to_owned).to_vec();
                // Whoever flushes waits first, for others or not: as if the disk took that much longer.
                lines.push(format!("commit_delay = {commit_delay}"));
                lines.push("commit_siblings = 0".to_owned());
                Self::Postgres(Cluster::start(Settings { fsync: true, lines }))
            }
        }
    }

    pub(crate) fn url(&self, name: &str) -> String {
        match self {
            Self::Sqlite(_) => format!("sqlite://{}?mode=rwc", self.file(name).display()),
            Self::Postgres(cluster) => cluster.url(name),
        }
    }

    /// The file of a database of SQLite.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        match self {
            Self::Sqlite(folder) => folder.path().join(name),
            Self::Postgres(_) => panic!("PostgreSQL has no file for a database"),
        }
    }

    /// Makes the service's database, with a key of [`TENANT`] that may do everything.
    pub(crate) async fn prepare(&self) -> String {
        if let Self::Postgres(cluster) = self {
            order(&cluster.url("postgres"), &format!("CREATE DATABASE {SERVED}")).await;
        }
        let store = Store::connect(&StoreOptions::new(self.url(SERVED))).await.expect("a new database opens");
        store.migrate().await.expect("a new database takes the schema");
        let tenant = TenantId::new(TENANT).expect("a tenant's id");
        let NewKey { id, secret_hash, shown } = NewKey::make(tenant, &OsEntropy);
        let key = ApiKey {
            tenant: id.tenant,
            id: id.id,
            secret_hash: secret_hash.to_vec(),
            roles: "consent,read,settings".to_owned(),
            label: "bench".to_owned(),
            created_at: Instant::from_micros(0).expect("1970"),
            revoked_at: None,
        };
        store.make_api_key(&key).await.expect("a key is stored");
        store.close().await;
        shown.reveal().to_owned()
    }

    /// Copies the service's database, which nobody may have open.
    pub(crate) async fn copy(&self) {
        match self {
            Self::Sqlite(_) => {
                fs::copy(self.file(SERVED), self.file(COPY)).expect("a file is copied");
                let log = self.file(&format!("{SERVED}-wal"));
                assert!(fs::metadata(log).map_or(0, |log| log.len()) == 0, "nothing is left in the log");
            }
            Self::Postgres(cluster) => {
                order(&cluster.url(SERVED), "VACUUM ANALYZE").await;
                let copy = format!("CREATE DATABASE {COPY} TEMPLATE {SERVED}");
                order(&cluster.url("postgres"), &copy).await;
                order(&cluster.url("postgres"), "CHECKPOINT").await;
            }
        }
    }

    /// CPU of the database's own processes so far.
    pub(crate) fn spent(&self) -> Duration {
        match self {
            Self::Sqlite(_) => Duration::ZERO,
            Self::Postgres(cluster) => {
                let file = PathBuf::from(cluster.server()).join("data/postmaster.pid");
                let text = fs::read_to_string(file).expect("the server runs");
                let process = text.lines().next().and_then(|line| line.trim().parse().ok());
                Spent::by_family(process.expect("the server says its process"))
            }
        }
    }

    /// What a commit waits for.
    pub(crate) async fn durability(&self) -> String {
        match self {
            // As the service opens it; the ceiling's file of settings says the same.
            Self::Sqlite(_) => "journal_mode wal, synchronous full, secure_delete on".to_owned(),
            Self::Postgres(cluster) => {
                let mut told = Vec::new();
                for setting in
                    ["fsync", "synchronous_commit", "full_page_writes", "wal_compression", "commit_delay"]
                {
                    let value = ask(&cluster.url("postgres"), &format!("SHOW {setting}")).await;
                    told.push(format!("{setting} {value}"));
                }
                told.join(", ")
            }
        }
    }

    /// The bytes of what the service stores of a grant: body, effects and states, in hexadecimal.
    pub(crate) async fn sample(&self) -> [String; 3] {
        let hex = match self {
            Self::Sqlite(_) => "hex(r.body) || ' ' || hex(r.effects) || ' ' || hex(p.states)",
            Self::Postgres(_) => {
                "encode(r.body, 'hex') || ' ' || encode(r.effects, 'hex') || ' ' || encode(p.states, 'hex')"
            }
        };
        let question = format!(
            "SELECT {hex} FROM record AS r JOIN profile AS p ON p.tenant = r.tenant \
             AND p.profile_table = r.profile_table AND p.profile = r.profile LIMIT 1"
        );
        let row = match self {
            Self::Sqlite(_) => shell(&self.file(COPY), &question),
            Self::Postgres(cluster) => ask(&cluster.url(COPY), &question).await,
        };
        let parts: Vec<String> = row.split_whitespace().map(str::to_owned).collect();
        parts.try_into().expect("body, effects and states")
    }
}

/// What the engine's own shell says to a question.
fn shell(file: &PathBuf, question: &str) -> String {
    let told = Command::new("sqlite3").arg(file).arg(question).stdin(Stdio::null()).output();
    let told = told.expect("the shell sqlite3 is installed (apt-get install sqlite3)");
    String::from_utf8(told.stdout).expect("text")
}

async fn order(url: &str, order: &str) {
    let mut connection = PgConnection::connect(url).await.expect("the cluster answers");
    connection.execute(AssertSqlSafe(order.to_owned())).await.expect("an administrator's order");
    connection.close().await.expect("a quiet end");
}

async fn ask(url: &str, question: &str) -> String {
    let mut connection = PgConnection::connect(url).await.expect("the cluster answers");
    let answer = sqlx::query_scalar(AssertSqlSafe(question.to_owned())).fetch_one(&mut connection).await;
    connection.close().await.expect("a quiet end");
    answer.expect("an answer of one text")
}
