//! The databases that are measured: the service's, and the ceiling's copy of it as it was seeded.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use assent_domain::id::TenantId;
use assent_domain::time::Instant;
use assent_service::credential::NewKey;
use assent_service::entropy::OsEntropy;
use assent_store::{ApiKey, Store, StoreOptions};
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::postgres::{Cluster, Settings};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tempfile::TempDir;

use crate::machine::Spent;
use crate::options::Options;

/// Whose people they are.
pub(crate) const TENANT: &str = "bench";

/// The service's database.
pub(crate) const SERVED: &str = "served";

/// The ceiling's copy.
pub(crate) const COPY: &str = "copy";

/// One that is smaller than the service's.
pub(crate) const SMALL: &str = "small";

/// As a server would be set whose memory holds what is looked up among 1,000,000 people, durability as by default.
const LINES: [&str; 4] =
    ["shared_buffers = 4GB", "max_wal_size = 8GB", "checkpoint_timeout = 15min", "jit = off"];

/// Where databases live.
#[derive(Debug)]
pub(crate) enum Ground {
    Sqlite(TempDir),
    Postgres(Cluster),
}

impl Ground {
    pub(crate) fn of(engine: Engine, options: &Options) -> Self {
        match engine {
            Engine::Sqlite => Self::Sqlite(tempfile::tempdir().expect("a temporary folder")),
            Engine::Postgres => Self::Postgres(Cluster::start(settings(options))),
        }
    }

    /// Where a seed is made: nothing of it has to outlast a loss of power, and its log takes little room.
    pub(crate) fn of_seed(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::Sqlite(tempfile::tempdir().expect("a temporary folder")),
            Engine::Postgres => {
                let lines =
                    ["shared_buffers = 1GB", "jit = off", "wal_level = minimal", "max_wal_senders = 0"];
                let lines = lines.map(str::to_owned).to_vec();
                Self::Postgres(Cluster::start(Settings { fsync: false, lines }))
            }
        }
    }

    /// A copy of what [`Ground::keep`] put there.
    pub(crate) fn from(engine: Engine, kept: &Path, options: &Options) -> Self {
        match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().expect("a temporary folder");
                for file in databases(&[SERVED, SMALL].map(|name| kept.join(name))) {
                    copy_into(&file, folder.path());
                }
                Self::Sqlite(folder)
            }
            Engine::Postgres => Self::Postgres(Cluster::start_from(kept, &settings(options))),
        }
    }

    /// Ends it, and puts its databases there, which must not exist.
    pub(crate) fn keep(self, there: &Path) {
        match self {
            Self::Sqlite(_) => {
                fs::create_dir(there).expect("a new folder");
                for file in databases(&[SERVED, SMALL].map(|name| self.file(name))) {
                    shell(&file, "PRAGMA wal_checkpoint(TRUNCATE)");
                    copy_into(&file, there);
                }
            }
            Self::Postgres(cluster) => cluster.keep(there),
        }
    }

    pub(crate) const fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
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

    /// Makes an empty database; on SQLite whoever opens it does.
    pub(crate) async fn create(&self, database: &str) {
        if let Self::Postgres(cluster) = self {
            order(&cluster.url("postgres"), &format!("CREATE DATABASE {database}")).await;
        }
    }

    /// Makes a database for a service; says the key of [`Ground::make_key`].
    pub(crate) async fn prepare(&self, database: &str) -> String {
        self.create(database).await;
        let store =
            Store::connect(&StoreOptions::new(self.url(database))).await.expect("a new database opens");
        store.migrate().await.expect("a new database takes the schema");
        store.close().await;
        self.make_key(database).await
    }

    /// Makes a key of [`TENANT`] that may do everything.
    pub(crate) async fn make_key(&self, database: &str) -> String {
        let store = Store::connect(&StoreOptions::new(self.url(database))).await.expect("the database opens");
        let tenant = TenantId::new(TENANT).expect("a tenant's id");
        let NewKey { id, secret_hash, shown } = NewKey::make(tenant, &OsEntropy);
        let key = ApiKey {
            tenant: id.tenant,
            id: id.id,
            secret_hash: secret_hash.to_vec(),
            roles: "consent,plan,read,record,settings".to_owned(),
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

    /// Hands everybody out in thousands, for ceilings that ask about people. Says how many turns that makes.
    pub(crate) async fn hand_out(&self, database: &str, people: u64) -> u64 {
        let turns = (people / 1_000).max(1);
        let mut look = self.look(database).await;
        let name = |number| crate::caller::profile(number);
        look.run("CREATE TABLE bench_person (number BIGINT PRIMARY KEY, person BIGINT, profile TEXT)")
            .await
            .expect("a table");
        for from in (0..people).step_by(10_000) {
            let numbers = from..people.min(from + 10_000);
            let rows: Vec<String> = numbers
                .map(|number| format!("({number},{},'{}')", hash(&name(number)), name(number)))
                .collect();
            look.run(&format!("INSERT INTO bench_person VALUES {}", rows.join(","))).await.expect("people");
        }
        look.run(&self.sql("people").replace(":turns", &turns.to_string())).await.expect("turns");
        turns
    }

    /// A plain look at a database.
    pub(crate) async fn look(&self, database: &str) -> Look {
        Look::at(&self.url(database)).await.expect("the database opens")
    }

    /// The text of a file of `sql`, in the engine's dialect.
    pub(crate) fn sql(&self, name: &str) -> String {
        let file = crate::ceiling::file(name, self.engine().name());
        fs::read_to_string(file).expect("a committed file")
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

    /// The bytes of what the service stores of a grant: body, effects, states and history, in hexadecimal.
    pub(crate) async fn sample(&self) -> [String; 4] {
        let hex = match self {
            Self::Sqlite(_) => {
                "hex(r.body) || ' ' || hex(r.effects) || ' ' || hex(p.states) || ' ' || hex(p.history)"
            }
            Self::Postgres(_) => {
                "encode(r.body, 'hex') || ' ' || encode(r.effects, 'hex') || ' ' || encode(p.states, 'hex')
                 || ' ' || encode(p.history, 'hex')"
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
        parts.try_into().expect("body, effects, states and history")
    }
}

/// As a server of this size would be set, and what a commit waits for.
fn settings(options: &Options) -> Settings {
    let mut lines = LINES.map(str::to_owned).to_vec();
    // Whoever flushes waits first, for others or not: as if the disk took that much longer.
    lines.push(format!("commit_delay = {}", options.commit_delay));
    lines.push("commit_siblings = 0".to_owned());
    if options.statements {
        lines.push("shared_preload_libraries = 'pg_stat_statements'".to_owned());
    }
    Settings { fsync: true, lines }
}

/// The person of a profile in the rows of interactions, as the service hashes it: what the seed compares with what
/// the service wrote.
pub(crate) fn hash(profile: &str) -> i64 {
    let digest = Sha256::digest(format!("assent person v1\n{}\0{profile}", crate::caller::TABLE));
    i64::from_be_bytes(digest[..8].try_into().expect("eight bytes"))
}

fn databases(files: &[PathBuf]) -> Vec<PathBuf> {
    files.iter().filter(|file| file.exists()).cloned().collect()
}

fn copy_into(file: &Path, folder: &Path) {
    let name = file.file_name().expect("a file of a database");
    fs::copy(file, folder.join(name)).expect("a file is copied");
}

/// What the engine's own shell says to a question.
fn shell(file: &PathBuf, question: &str) -> String {
    // Whoever looked before may still be letting go of the file.
    let patient = ["-cmd", ".timeout 10000"];
    let told = Command::new("sqlite3").args(patient).arg(file).arg(question).stdin(Stdio::null()).output();
    let told = told.expect("the shell sqlite3 is installed (apt-get install sqlite3)");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
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
